"""What administrators decide about hidden information."""

from typing import Any

from b2b_dvizhenie.domain.settings import Choice, Setting
from b2b_dvizhenie.domain.visibility.information import HiddenPrices

HIDDEN_PRICE_POLICY = Choice(
    key="visibility.hidden_price_policy",
    group="hidden",
    default=HiddenPrices.DEFAULT_PRICE_TYPE.value,
    choices=tuple(policy.value for policy in HiddenPrices),
)
"""At what price a buyer orders whose level does not open the prices of the agreement (A4)."""

SETTINGS: tuple[Setting[Any], ...] = (HIDDEN_PRICE_POLICY,)
