"""Prices for a company: one use case, one port, one price function."""

from b2b_dvizhenie.application.pricing.ports import PriceSource
from b2b_dvizhenie.application.pricing.use_cases import LineRequest, PriceLines

__all__ = ["LineRequest", "PriceLines", "PriceSource"]
