"""Prices: one function, whoever asks."""

from dependency_injector import providers

from b2b_dvizhenie.adapters.postgres.pricing import PostgresPrices
from b2b_dvizhenie.application import pricing
from b2b_dvizhenie.entrypoints.parts.base import Base
from b2b_dvizhenie.entrypoints.parts.catalog import Catalog


class Pricing(Catalog):
    """Prices: one function, whoever asks."""

    price_source = providers.Singleton(PostgresPrices, Base.database)
    price_lines = providers.Factory(pricing.PriceLines, price_source, Base.clock)
    price_items = providers.Factory(pricing.PriceItems, Catalog.item_finder, price_lines)
