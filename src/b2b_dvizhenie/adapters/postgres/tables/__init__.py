"""Typed Core tables, one module per context. `metadata` knows them all."""

from b2b_dvizhenie.adapters.postgres.tables import (
    balances,
    catalog,
    companies,
    currencies,
    documents,
    drift,
    exchange,
    gateway,
    identity,
    operations,
    ordering,
    pricing,
    pricing_rules,
    pricing_what_if,
    specifications,
    vip,
    visibility,
)
from b2b_dvizhenie.adapters.postgres.tables.metadata import metadata

__all__ = [
    "balances",
    "catalog",
    "companies",
    "currencies",
    "documents",
    "drift",
    "exchange",
    "gateway",
    "identity",
    "metadata",
    "operations",
    "ordering",
    "pricing",
    "pricing_rules",
    "pricing_what_if",
    "specifications",
    "vip",
    "visibility",
]
