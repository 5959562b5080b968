"""Prices: one function, whoever asks."""

import secrets
from datetime import timedelta

from dependency_injector import providers

from b2b_dvizhenie.adapters.postgres.pricing_currencies import (
    PostgresDisplayTransaction,
    PostgresRatesTransaction,
)
from b2b_dvizhenie.adapters.postgres.pricing_live import PostgresLiveReferences
from b2b_dvizhenie.adapters.postgres.pricing_references import PostgresReferences
from b2b_dvizhenie.adapters.postgres.pricing_rule_sets import PostgresRuleSetTransaction
from b2b_dvizhenie.adapters.postgres.pricing_terms import PostgresTerms
from b2b_dvizhenie.adapters.postgres.pricing_what_if import PostgresOrderHistory, PostgresWhatIfTransaction
from b2b_dvizhenie.adapters.postgres.pricing_witnesses import PostgresWitnesses
from b2b_dvizhenie.adapters.spreadsheets import XlsxSheets
from b2b_dvizhenie.application import pricing
from b2b_dvizhenie.application.settings import CurrentSettings
from b2b_dvizhenie.application.shared.breaker import Breaker
from b2b_dvizhenie.application.shared.clock import Clock
from b2b_dvizhenie.entrypoints.live_watch import MeteredWatch
from b2b_dvizhenie.entrypoints.parts.base import Base
from b2b_dvizhenie.entrypoints.parts.catalog import Catalog
from b2b_dvizhenie.entrypoints.parts.messaging import chosen

JITTER_MS = 5000


def live_prices(
    source: pricing.LivePriceSource,
    references: pricing.LiveReferences,
    current: CurrentSettings,
    clock: Clock,
    watch: pricing.LiveWatch,
) -> pricing.LivePrices:
    """Live prices behind a breaker of this process."""

    def jitter() -> timedelta:
        return timedelta(milliseconds=secrets.randbelow(JITTER_MS))

    breaker = Breaker(jitter, lambda state: watch.breaker(state.value))
    return pricing.LivePrices(source, references, current, clock, breaker, watch)


class Pricing(Catalog):
    """Prices: one function, whoever asks."""

    live_source = providers.Singleton(chosen, "live_prices", Base.settings, Base.clock)
    live_references = providers.Singleton(PostgresLiveReferences, Base.database)
    live_watch = providers.Singleton(MeteredWatch)
    live_prices = providers.Singleton(
        live_prices, live_source, live_references, Catalog.current_settings, Base.clock, live_watch
    )
    price_locks = providers.Factory(pricing.PriceLocks, Base.sealer, Catalog.current_settings, Base.clock)

    price_lines = providers.Factory(pricing.PriceLines, Catalog.current_discounts, live_prices, Base.clock)
    terms_source = providers.Singleton(PostgresTerms, Base.database, Base.settings.provided.exchange.zone)
    find_buyers = providers.Factory(pricing.FindBuyers, terms_source)
    explain_for = providers.Factory(
        pricing.ExplainFor,
        Catalog.item_finder,
        Catalog.price_source,
        Catalog.rule_books,
        terms_source,
        Base.clock,
    )

    currency_rates = providers.Singleton(chosen, "currency_rates", Base.settings, Base.clock)
    rates_work = providers.Factory(PostgresRatesTransaction, Base.database, Base.clock)
    fetch_rates = providers.Factory(
        pricing.FetchRates, currency_rates, rates_work.provider, Catalog.current_settings, Base.clock
    )
    show_currencies = providers.Factory(
        pricing.ShowCurrencies,
        rates_work.provider,
        Catalog.current_settings,
        Base.clock,
        Base.settings.provided.exchange.zone,
    )
    explain_own_price = providers.Factory(
        pricing.ExplainOwnPrice,
        Catalog.item_finder,
        Catalog.current_discounts,
        Catalog.rule_books,
        live_prices,
        Base.clock,
    )
    show_live_prices = providers.Factory(pricing.ShowLivePrices, Catalog.item_finder, price_lines, live_prices)
    price_items = providers.Factory(
        pricing.PriceItems, Catalog.item_finder, price_lines, show_currencies, live_prices, price_locks
    )
    show_rates = providers.Factory(pricing.ShowRates, show_currencies, currency_rates, rates_work.provider, Base.clock)
    show_display = providers.Factory(pricing.ShowDisplay, show_currencies)
    display_work = providers.Factory(PostgresDisplayTransaction, Base.database, Base.clock)
    choose_currency = providers.Factory(pricing.ChooseCurrency, display_work.provider)
    confirm_rate = providers.Factory(pricing.ConfirmRate, rates_work.provider)
    refuse_rate = providers.Factory(pricing.RefuseRate, rates_work.provider)

    rule_set_work = providers.Factory(PostgresRuleSetTransaction, Base.database, Base.clock)
    list_rule_sets = providers.Factory(pricing.ListRuleSets, rule_set_work.provider, Base.clock)
    show_rule_set = providers.Factory(pricing.ShowRuleSet, rule_set_work.provider)
    show_rule = providers.Factory(pricing.ShowRule, rule_set_work.provider)
    create_draft = providers.Factory(pricing.CreateDraft, rule_set_work.provider, Base.clock)
    change_rule_set = providers.Factory(pricing.ChangeRuleSet, rule_set_work.provider, Base.clock)
    discard_draft = providers.Factory(pricing.DiscardDraft, rule_set_work.provider)
    put_group = providers.Factory(pricing.PutGroup, rule_set_work.provider, Base.clock)
    drop_group = providers.Factory(pricing.DropGroup, rule_set_work.provider, Base.clock)
    put_rule = providers.Factory(pricing.PutRule, rule_set_work.provider, Base.clock)
    references = providers.Singleton(PostgresReferences, Base.database)
    sheets = providers.Singleton(XlsxSheets)
    import_rules = providers.Factory(
        pricing.ImportRules,
        rule_set_work.provider,
        Base.clock,
        references,
        sheets,
        Base.settings.provided.exchange.zone,
    )
    export_rules = providers.Factory(
        pricing.ExportRules, rule_set_work.provider, references, sheets, Base.settings.provided.exchange.zone
    )
    rule_words = providers.Factory(pricing.RuleWords, references, Catalog.rule_books)
    put_named_rule = providers.Factory(pricing.PutNamedRule, references, put_rule, Base.settings.provided.exchange.zone)
    drop_rules = providers.Factory(pricing.DropRules, rule_set_work.provider, Base.clock)
    apply_preset = providers.Factory(pricing.ApplyPreset, rule_set_work.provider, Base.clock)
    rule_witnesses = providers.Singleton(PostgresWitnesses, Base.database, Base.settings.provided.exchange.zone)
    check_rule_set = providers.Factory(
        pricing.CheckRuleSet, rule_set_work.provider, Catalog.rule_books, rule_witnesses, Base.clock
    )
    publish_rule_set = providers.Factory(pricing.PublishRuleSet, rule_set_work.provider, Base.clock, check_rule_set)
    roll_back = providers.Factory(pricing.RollBack, rule_set_work.provider, Base.clock)
    cancel_start = providers.Factory(pricing.CancelStart, rule_set_work.provider, Base.clock)

    order_history = providers.Singleton(PostgresOrderHistory, Base.database)
    what_if_work = providers.Factory(PostgresWhatIfTransaction, Base.database, Base.clock)
    replay = providers.Factory(pricing.Replay, Catalog.rule_books, Catalog.price_source, order_history, Base.clock)
    ask_what_if = providers.Factory(pricing.AskWhatIf, what_if_work.provider, Base.clock)
    show_what_if = providers.Factory(pricing.ShowWhatIf, what_if_work.provider)
    run_what_if = providers.Factory(pricing.RunWhatIf, what_if_work.provider, replay, Base.clock)
