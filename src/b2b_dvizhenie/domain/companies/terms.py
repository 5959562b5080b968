"""Agreement: the trading terms under which a buyer company buys."""

from enum import StrEnum

from msgspec import Struct

from b2b_dvizhenie.domain.shared.errors import DomainError, Kind
from b2b_dvizhenie.domain.shared.ids import AgreementId, CompanyId, PriceTypeId, SegmentId, WarehouseId
from b2b_dvizhenie.domain.shared.money import RoundingPolicy


class CompanyKind(StrEnum):
    """Legal form of a buyer company (DESIGN §6.7)."""

    LEGAL = "legal"
    ENTREPRENEUR = "entrepreneur"
    PERSON = "person"


class CompanyRequired(DomainError):
    """The actor has no buyer company selected, so there are no prices and nothing can be ordered."""

    code = "companies.company_required"
    kind = Kind.CONFLICT


class CompanyUnnamed(DomainError):
    """Who buys for several companies names the one that a change of the cart or an order is for (MUL-4)."""

    code = "companies.company_unnamed"
    kind = Kind.CONFLICT


class Terms(Struct, frozen=True):
    """What decides a price for a company: price type, currency, rounding. Equal terms give equal prices.

    `is_vip` says that the agreement is the one an administrator chose for a VIP company (VIP-2).
    `segments` are those the company is in: discounts can be for a segment.
    """

    company_id: CompanyId
    agreement_id: AgreementId | None
    price_type_id: PriceTypeId
    currency: str = "RUB"
    rounding: RoundingPolicy = RoundingPolicy.LINE_EACH_DISCOUNT
    vat_included: bool = True
    warehouse_id: WarehouseId | None = None
    is_vip: bool = False
    segments: frozenset[SegmentId] = frozenset()
