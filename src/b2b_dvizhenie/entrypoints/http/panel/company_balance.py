"""The panel's balance of a company, with what does not add up in it (BAL-5, HIER-3)."""

from typing import Any
from uuid import UUID

from litestar import Request, Response, get
from litestar.di import NamedDependency
from litestar.params import FromPath, FromQuery

from b2b_dvizhenie.application.balances import ShowBalance, ShowFindings, StoredFinding
from b2b_dvizhenie.application.companies import ShowCompany
from b2b_dvizhenie.application.shared.actor import Actor
from b2b_dvizhenie.domain.balances import FindingCode
from b2b_dvizhenie.domain.hierarchy import Permission, Scope
from b2b_dvizhenie.domain.shared.ids import CompanyId
from b2b_dvizhenie.domain.shared.money import Money
from b2b_dvizhenie.entrypoints.http.balance_sheets import sheet_of
from b2b_dvizhenie.entrypoints.http.pages.balance import CompanyBalanceView, FindingLine
from b2b_dvizhenie.entrypoints.http.panel.company_forms import head_of
from b2b_dvizhenie.entrypoints.http.panel.frame import panel_shell
from b2b_dvizhenie.entrypoints.http.portal.frame import Frame

_IN_DAYS = {FindingCode.OVERDUE_WITHOUT_DAYS, FindingCode.DAYS_WITHOUT_OVERDUE}


def _line(one: StoredFinding) -> FindingLine:
    finding = one.finding
    in_days = finding.code in _IN_DAYS
    return FindingLine(
        code=finding.code.value,
        told=Money(finding.told, one.currency),
        found=None if in_days else Money(finding.found, one.currency),
        days=int(finding.found) if in_days else 0,
        since=one.since,
        contract=finding.contract_ref,
    )


@get("/panel/companies/{company_id:uuid}/balance", permission=Permission.BALANCE_VIEW, include_in_schema=False)
async def show(
    request: Request[Actor, Any, Any],
    company_id: FromPath[UUID],
    frame: NamedDependency[Frame],
    show_company: NamedDependency[ShowCompany],
    show_balance: NamedDependency[ShowBalance],
    show_findings: NamedDependency[ShowFindings],
    payments: FromQuery[int] = 1,
    documents: FromQuery[int] = 1,
) -> Response[str]:
    """The balance of a company within the viewer's scope."""
    actor, company = request.user, CompanyId(company_id)
    card = await show_company(actor, company)
    here = f"/panel/companies/{company_id}/balance"
    sheet = await sheet_of(actor, show_balance, here, company_id=company, payments=payments, documents=documents)
    # Who sees balances of his own company alone is told its numbers, not what is wrong with them.
    told = () if actor.require(Permission.BALANCE_VIEW) is Scope.OWN else await show_findings(actor, company)
    view = CompanyBalanceView(head=head_of(card, actor, "balance"), sheet=sheet, findings=tuple(map(_line, told)))
    shell = await panel_shell(frame, request, "companies")
    return frame.page(request, "pages/company/balance.html", {"shell": shell, "view": view})


ROUTES = [show]
