"""VIP companies, offers of partners, what was taken up."""

from datetime import date, datetime
from uuid import UUID

from sqlalchemy import CheckConstraint, Column, ForeignKey, Index, Named, Table, TypedColumns, Uuid, true

from b2b_dvizhenie.adapters.postgres.tables.metadata import MOMENT, metadata


class VipCompanyColumns(TypedColumns):
    """A company that is VIP. `agreement_id` is the agreement of its own that goes before the others while it is in
    force; where it is not, the usual rule decides. It counts as a member of the segment `segment_id`, its assortment.
    """

    company_id: Named[UUID] = Column(Uuid, ForeignKey("company.company_id", ondelete="CASCADE"), primary_key=True)
    agreement_id: Named[UUID | None] = Column(Uuid, ForeignKey("agreement.agreement_id", ondelete="SET NULL"))
    since: Named[datetime] = Column(MOMENT)
    segment_id: Named[UUID | None] = Column(Uuid, ForeignKey("segment.segment_id"))


vip_company = Table(
    "vip_company",
    metadata,
    VipCompanyColumns,
    Index("ix_vip_company_agreement_id", "agreement_id"),
    Index("ix_vip_company_segment_id", "segment_id"),
)


class PartnerOfferColumns(TypedColumns):
    """What a partner offers to VIP companies; days are the seller's, both ends belong. `for_all` says that it is for
    every VIP company, otherwise `partner_offer_company` lists them.
    """

    offer_id: Named[UUID] = Column(Uuid, primary_key=True)
    partner: Named[str]
    title: Named[str]
    text: Named[str]
    valid_from: Named[date | None]
    valid_to: Named[date | None]
    is_active: Named[bool] = Column(server_default=true())
    for_all: Named[bool] = Column(server_default=true())
    changed_at: Named[datetime] = Column(MOMENT)


partner_offer = Table(
    "partner_offer", metadata, PartnerOfferColumns, CheckConstraint("valid_to >= valid_from", name="period")
)


class PartnerOfferCompanyColumns(TypedColumns):
    """A company that an offer lists."""

    offer_id: Named[UUID] = Column(Uuid, ForeignKey("partner_offer.offer_id", ondelete="CASCADE"), primary_key=True)
    company_id: Named[UUID] = Column(Uuid, ForeignKey("company.company_id", ondelete="CASCADE"), primary_key=True)


partner_offer_company = Table(
    "partner_offer_company",
    metadata,
    PartnerOfferCompanyColumns,
    Index("ix_partner_offer_company_company_id", "company_id"),
)


class OfferActivationColumns(TypedColumns):
    """A company took an offer up: once, which the key sees to; `user_id` did it. It outlives VIP."""

    offer_id: Named[UUID] = Column(Uuid, ForeignKey("partner_offer.offer_id"), primary_key=True)
    company_id: Named[UUID] = Column(Uuid, ForeignKey("company.company_id", ondelete="CASCADE"), primary_key=True)
    user_id: Named[UUID] = Column(Uuid, ForeignKey("app_user.user_id"))
    at: Named[datetime] = Column(MOMENT)


offer_activation = Table(
    "offer_activation",
    metadata,
    OfferActivationColumns,
    Index("ix_offer_activation_company_id", "company_id"),
    Index("ix_offer_activation_at", "at"),
)
