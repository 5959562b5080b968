"""The panel's list of clients' specifications, by the scope of whoever looks."""

from typing import Any
from urllib.parse import urlencode

from litestar import Request, Response, get
from litestar.di import NamedDependency
from litestar.params import FromQuery

from b2b_dvizhenie.application.ordering import ListSpecifications, SpecificationQuery
from b2b_dvizhenie.application.shared.actor import Actor
from b2b_dvizhenie.domain.hierarchy import Permission
from b2b_dvizhenie.domain.shared.ids import CompanyId
from b2b_dvizhenie.entrypoints.http.filters import id_of
from b2b_dvizhenie.entrypoints.http.pages.parts import pages as numbered
from b2b_dvizhenie.entrypoints.http.pages.specifications import SpecificationsView
from b2b_dvizhenie.entrypoints.http.panel.frame import panel_shell
from b2b_dvizhenie.entrypoints.http.portal.frame import Frame
from b2b_dvizhenie.entrypoints.http.portal.specifications import row_of

HERE = "/panel/specifications"
ROWS = 50


@get(HERE, permission=Permission.SPECIFICATIONS_VIEW, include_in_schema=False)
async def many(
    request: Request[Actor, Any, Any],
    frame: NamedDependency[Frame],
    list_specifications: NamedDependency[ListSpecifications],
    q: FromQuery[str] = "",
    company: FromQuery[str] = "",
    page: FromQuery[int] = 1,
) -> Response[str]:
    """Lists of clients, those that were changed last first."""
    number, asked = max(page, 1), id_of(company)
    of = None if asked is None else CompanyId(asked)
    query = SpecificationQuery(text=q, company_id=of, limit=ROWS, offset=(number - 1) * ROWS)
    found = await list_specifications(request.user, query)
    kept = {name: value for name, value in (("q", q.strip()), ("company", str(of or ""))) if value}
    url = f"{HERE}?{urlencode(kept)}" if kept else HERE
    here = url.replace("{", "{{").replace("}", "}}")
    view = SpecificationsView(
        rows=tuple(map(row_of, found.specifications)),
        pager=numbered(
            found.total,
            number,
            ROWS,
            f"{here}{'&' if kept else '?'}page={{page}}",
            more=None if found.exact else found.more,
        ),
        url=url,
        query=q,
        company=str(of or ""),
        filtered=bool(kept),
    )
    shell = await panel_shell(frame, request, "specifications")
    return frame.page(request, "pages/client_specifications.html", {"shell": shell, "view": view})


ROUTES = [many]
