"""What a buyer may see: groups of information opened by access levels, closed by segments (LVL, HIER-7)."""

from b2b_dvizhenie.domain.visibility.information import (
    EVERYTHING,
    NOTHING,
    PRICE_GROUPS,
    HiddenPrices,
    Information,
    Opened,
    known_information,
    opened_to_buyer,
    priced_by,
    sums_are_open,
)
from b2b_dvizhenie.domain.visibility.levels import (
    FIRST_LEVEL,
    LAST_LEVEL,
    AccessLevel,
    FirstLevelStays,
    LevelExists,
    LevelInUse,
    LevelNameInvalid,
    LevelNumberInvalid,
    checked_name,
    checked_number,
)
from b2b_dvizhenie.domain.visibility.settings import HIDDEN_PRICE_POLICY, SETTINGS

__all__ = [
    "EVERYTHING",
    "FIRST_LEVEL",
    "HIDDEN_PRICE_POLICY",
    "LAST_LEVEL",
    "NOTHING",
    "PRICE_GROUPS",
    "SETTINGS",
    "AccessLevel",
    "FirstLevelStays",
    "HiddenPrices",
    "Information",
    "LevelExists",
    "LevelInUse",
    "LevelNameInvalid",
    "LevelNumberInvalid",
    "Opened",
    "checked_name",
    "checked_number",
    "known_information",
    "opened_to_buyer",
    "priced_by",
    "sums_are_open",
]
