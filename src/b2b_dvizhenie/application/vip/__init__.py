"""VIP: which companies are, what they buy at, what partners offer them, who could be next (VIP-1…VIP-5)."""

from b2b_dvizhenie.application.vip.cabinet import ActivateOffer, Cabinet, ShowCabinet
from b2b_dvizhenie.application.vip.candidates import Candidate, Candidates, FindCandidates, Thresholds
from b2b_dvizhenie.application.vip.offers import ListActivations, ListOffers, PutOffer
from b2b_dvizhenie.application.vip.ports import (
    Activation,
    ActivationPage,
    Addressee,
    CabinetOffer,
    CandidateQuery,
    Offer,
    VipBook,
    VipCompany,
    VipReader,
    VipTransaction,
    VipWork,
)
from b2b_dvizhenie.application.vip.standing import SetVip, ShowVip, VipStanding

__all__ = [
    "ActivateOffer",
    "Activation",
    "ActivationPage",
    "Addressee",
    "Cabinet",
    "CabinetOffer",
    "Candidate",
    "CandidateQuery",
    "Candidates",
    "FindCandidates",
    "ListActivations",
    "ListOffers",
    "Offer",
    "PutOffer",
    "SetVip",
    "ShowCabinet",
    "ShowVip",
    "Thresholds",
    "VipBook",
    "VipCompany",
    "VipReader",
    "VipStanding",
    "VipTransaction",
    "VipWork",
]
