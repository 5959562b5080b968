"""VIP: companies that an administrator chose, what partners offer them, who could be chosen next."""

from b2b_dvizhenie.domain.vip.offers import (
    AgreementNotInForce,
    AssortmentUnknown,
    NobodyChosen,
    OfferDraft,
    OfferPeriodReversed,
    OfferState,
    checked_offer,
    is_offered,
    state_of_offer,
)
from b2b_dvizhenie.domain.vip.settings import CANDIDATE_AMOUNT, CANDIDATE_DAYS, CANDIDATE_ORDERS, SETTINGS

__all__ = [
    "CANDIDATE_AMOUNT",
    "CANDIDATE_DAYS",
    "CANDIDATE_ORDERS",
    "SETTINGS",
    "AgreementNotInForce",
    "AssortmentUnknown",
    "NobodyChosen",
    "OfferDraft",
    "OfferPeriodReversed",
    "OfferState",
    "checked_offer",
    "is_offered",
    "state_of_offer",
]
