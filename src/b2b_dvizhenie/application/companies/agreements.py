"""Agreements of a company: made, changed, closed; what is priced follows them with the next read (PRC-2)."""

from typing import Any

from msgspec import to_builtins
from msgspec.structs import replace

from b2b_dvizhenie.application.companies.ports import TradeWork
from b2b_dvizhenie.application.companies.trade import held
from b2b_dvizhenie.application.shared.actor import Actor
from b2b_dvizhenie.application.shared.audit import Change
from b2b_dvizhenie.domain.companies import Agreement, TradingTerms, checked_terms
from b2b_dvizhenie.domain.shared.errors import NotFound
from b2b_dvizhenie.domain.shared.ids import AgreementId, CompanyId, new_id


def told(agreement: Agreement) -> dict[str, Any]:
    """An agreement as the audit trail keeps it: what was agreed, without what was left open."""
    whole: dict[str, Any] = to_builtins(agreement.terms)
    return {"company_agreement": str(agreement.agreement_id)} | {
        name: value for name, value in whole.items() if value not in (None, "", [], ())
    }


class PutAgreement:
    """Make an agreement, or change one."""

    def __init__(self, work: TradeWork) -> None:
        self._work = work

    async def __call__(
        self, actor: Actor, company_id: CompanyId, typed: TradingTerms, agreement_id: AgreementId | None = None
    ) -> AgreementId:
        """The agreement, in force from its first day.

        The first active agreement of a company is the default one whatever was asked; a default one takes the place of
        the former default.

        Args:
            actor: who decides.
            company_id: whose agreement.
            typed: all of it.
            agreement_id: the agreement to change; None makes one.

        Raises:
            Forbidden, NotFound: no right, no such company within its scope, no such agreement of this company; a price
                type, firm, warehouse or payment method that does not exist is named by its field.
            Invalid: what `checked_terms` refuses, by its fields.
        """
        async with self._work() as work:
            await held(work, actor, company_id)
            terms = checked_terms(typed)
            agreements = await work.companies.agreements(company_id)
            before = next((one for one in agreements if one.agreement_id == agreement_id), None)
            if agreement_id is not None and before is None:
                raise NotFound("agreement_id")
            others = [one for one in agreements if one.agreement_id != agreement_id and one.is_active]
            if not any(one.terms.is_default for one in others):
                terms = replace(terms, is_default=True)
            made = Agreement(agreement_id=AgreementId(new_id()), terms=terms)
            after = made if before is None else replace(before, terms=terms, is_active=True)
            if after == before:
                return after.agreement_id
            await work.companies.put_agreement(company_id, after)
            action = "companies.agreement_made" if before is None else "companies.agreement_changed"
            was = None if before is None else told(before)
            await work.audit.record(actor, Change(action, "company", str(company_id), was, told(after)))
            await work.commit()
        return after.agreement_id


class CloseAgreement:
    """End an agreement at once, whatever its period."""

    def __init__(self, work: TradeWork) -> None:
        self._work = work

    async def __call__(self, actor: Actor, company_id: CompanyId, agreement_id: AgreementId) -> None:
        """Close it; a closed one stays closed. Of the others the rule of `in_force` takes over.

        Raises:
            Forbidden, NotFound: no right, no such company within its scope, no such agreement of this company.
        """
        async with self._work() as work:
            await held(work, actor, company_id)
            agreements = await work.companies.agreements(company_id)
            found = next((one for one in agreements if one.agreement_id == agreement_id), None)
            if found is None:
                raise NotFound("agreement_id")
            if not found.is_active:
                return
            await work.companies.put_agreement(company_id, replace(found, is_active=False))
            was, now = told(found) | {"is_active": True}, told(found) | {"is_active": False}
            change = Change("companies.agreement_closed", "company", str(company_id), was, now)
            await work.audit.record(actor, change)
            await work.commit()
