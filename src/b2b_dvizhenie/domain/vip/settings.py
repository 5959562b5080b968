"""From where on a company is a candidate for VIP (VIP-5): how often it orders, for how much, over which time."""

from typing import Any

from b2b_dvizhenie.domain.settings import Number, Setting

CANDIDATE_DAYS = Number(key="vip.candidate_days", group="vip", default=90, maximum=366)
"""How many days back orders are counted."""
CANDIDATE_ORDERS = Number(key="vip.candidate_orders", group="vip", default=10, maximum=10_000)
"""How many orders in these days; cancelled ones do not count."""
CANDIDATE_AMOUNT = Number(key="vip.candidate_amount", group="vip", default=1_000_000, maximum=10**12)
"""For how many whole roubles together, VAT included as the prices hold it; orders in other currencies do not count."""

SETTINGS: tuple[Setting[Any], ...] = (CANDIDATE_DAYS, CANDIDATE_ORDERS, CANDIDATE_AMOUNT)
