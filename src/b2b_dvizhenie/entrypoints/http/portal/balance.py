"""The buyer's balance: seven fields, the schedule of payments, open documents (BAL, ux.md B15)."""

from typing import Any

from litestar import Request, Response, get
from litestar.di import NamedDependency
from litestar.params import FromQuery

from b2b_dvizhenie.application.balances import ShowBalance
from b2b_dvizhenie.application.shared.actor import Actor
from b2b_dvizhenie.domain.companies import CompanyRequired
from b2b_dvizhenie.domain.hierarchy import Permission
from b2b_dvizhenie.entrypoints.http.balance_sheets import sheet_of
from b2b_dvizhenie.entrypoints.http.pages.balance import BalanceView
from b2b_dvizhenie.entrypoints.http.portal.frame import Frame

HERE = "/balance"


@get(HERE, permission=Permission.BALANCE_VIEW, include_in_schema=False)
async def balance(
    request: Request[Actor, Any, Any],
    frame: NamedDependency[Frame],
    show_balance: NamedDependency[ShowBalance],
    payments: FromQuery[int] = 1,
    documents: FromQuery[int] = 1,
) -> Response[str]:
    """The balance of the selected company."""
    try:
        sheet = await sheet_of(request.user, show_balance, HERE, payments=payments, documents=documents)
    except CompanyRequired:
        sheet = None
    shell = await frame.shell(request, "balance")
    view = BalanceView(company=shell.company.name if shell.company else "", sheet=sheet)
    return frame.page(request, "pages/balance.html", {"shell": shell, "view": view})


ROUTES = [balance]
