"""Prices for a company: one port, one price function, whoever asks."""

from b2b_dvizhenie.application.pricing.items import ItemRequest, PriceAnswer, PriceItems
from b2b_dvizhenie.application.pricing.ports import PriceSource
from b2b_dvizhenie.application.pricing.use_cases import LineRequest, PriceLines

__all__ = ["ItemRequest", "LineRequest", "PriceAnswer", "PriceItems", "PriceLines", "PriceSource"]
