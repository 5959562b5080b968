"""Carts, orders and specifications."""

from dependency_injector import providers

from b2b_dvizhenie.adapters.postgres.ordering import PostgresOrderingTransaction
from b2b_dvizhenie.adapters.postgres.ordering_carts import PostgresCartReader
from b2b_dvizhenie.adapters.postgres.views.orders import PostgresOrderReader
from b2b_dvizhenie.adapters.postgres.views.payments import PostgresPaymentReader
from b2b_dvizhenie.adapters.postgres.views.specifications import PostgresSpecificationReader
from b2b_dvizhenie.application import ordering
from b2b_dvizhenie.entrypoints.parts.balances import Balances
from b2b_dvizhenie.entrypoints.parts.base import Base
from b2b_dvizhenie.entrypoints.parts.pricing import Pricing


class Ordering(Pricing):
    """Carts, orders and specifications."""

    ordering_work = providers.Factory(PostgresOrderingTransaction, Base.database, Base.clock)
    order_reader = providers.Singleton(PostgresOrderReader, Base.database, Base.settings.provided.exchange.zone)
    confirm_delivery = providers.Factory(ordering.HandOverOrders, ordering_work.provider, Base.clock)
    cart_reader = providers.Singleton(PostgresCartReader, Base.database)
    show_cart = providers.Factory(
        ordering.ShowCart,
        cart_reader,
        ordering_work.provider,
        Pricing.price_lines,
        Pricing.live_prices,
        Pricing.price_locks,
    )
    put_lines = providers.Factory(ordering.PutLines, ordering_work.provider, Pricing.price_lines, Base.clock)
    remove_line = providers.Factory(ordering.RemoveLine, ordering_work.provider, Pricing.price_lines, Base.clock)
    accept_prices = providers.Factory(
        ordering.AcceptPrices, ordering_work.provider, Pricing.price_lines, Pricing.price_locks
    )
    clear_cart = providers.Factory(ordering.ClearCart, ordering_work.provider)
    place_order = providers.Factory(
        ordering.PlaceOrder,
        ordering_work.provider,
        Pricing.price_lines,
        Pricing.live_prices,
        Pricing.price_locks,
        Pricing.show_display,
        Balances.credit_control,
        Base.clock,
        cards_connected=Pricing.cards_connected,
    )
    payment_reader = providers.Singleton(PostgresPaymentReader, Base.database)
    offer_payments = providers.Factory(ordering.OfferPayments, payment_reader, cards_connected=Pricing.cards_connected)
    list_orders = providers.Factory(ordering.ListOrders, order_reader)
    show_order = providers.Factory(ordering.ShowOrder, order_reader)
    explain_order_line = providers.Factory(ordering.ExplainOrderLine, order_reader, Pricing.rule_books)
    cancel_order = providers.Factory(ordering.CancelOrder, ordering_work.provider, Base.clock)
    repeat_order = providers.Factory(
        ordering.RepeatOrder, order_reader, ordering_work.provider, Pricing.price_lines, Base.clock
    )
    specification_reader = providers.Singleton(PostgresSpecificationReader, Base.database)
    list_specifications = providers.Factory(ordering.ListSpecifications, specification_reader)
    show_specification = providers.Factory(
        ordering.ShowSpecification,
        specification_reader,
        ordering_work.provider,
        Pricing.price_lines,
        Pricing.live_prices,
        Base.clock,
    )
    make_specification = providers.Factory(ordering.MakeSpecification, ordering_work.provider, Base.clock)
    change_specification = providers.Factory(ordering.ChangeSpecification, ordering_work.provider, Base.clock)
    delete_specification = providers.Factory(ordering.DeleteSpecification, ordering_work.provider)
    put_specification_lines = providers.Factory(ordering.PutSpecificationLines, ordering_work.provider, Base.clock)
    take_cart_into_specification = providers.Factory(
        ordering.TakeCartIntoSpecification, ordering_work.provider, Base.clock
    )
    put_specification_into_cart = providers.Factory(
        ordering.PutSpecificationIntoCart, ordering_work.provider, Pricing.price_lines, Base.clock
    )
    read_into_specification = providers.Factory(
        ordering.ReadIntoSpecification, ordering_work.provider, Pricing.sheets, Base.clock
    )
    export_specification = providers.Factory(ordering.ExportSpecification, show_specification, Pricing.sheets)
