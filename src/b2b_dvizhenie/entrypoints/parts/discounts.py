"""Discounts as everybody who shows a price takes them: the catalogue, carts, orders, the API."""

from dependency_injector import providers

from b2b_dvizhenie.adapters.postgres.pricing import PostgresPrices
from b2b_dvizhenie.adapters.postgres.pricing_books import PostgresRuleBooks
from b2b_dvizhenie.application import pricing
from b2b_dvizhenie.entrypoints.parts.balances import Balances
from b2b_dvizhenie.entrypoints.parts.base import Base


class CurrentPrices(Balances):
    """Stored prices, published rules, and what of them holds for whom."""

    price_source = providers.Singleton(PostgresPrices, Base.database)
    rule_books = providers.Singleton(PostgresRuleBooks, Base.database)
    current_discounts = providers.Factory(pricing.CurrentDiscounts, price_source, rule_books, Base.clock)
