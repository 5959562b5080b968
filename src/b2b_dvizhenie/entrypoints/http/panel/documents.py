"""The panel's documents: those of the viewer's scope, with the same filters as in the portal."""

from typing import Any

from litestar import Request, Response, get
from litestar.di import NamedDependency
from litestar.params import FromQuery

from b2b_dvizhenie.application.documents import ListDocuments
from b2b_dvizhenie.application.shared.actor import Actor
from b2b_dvizhenie.domain.hierarchy import Permission
from b2b_dvizhenie.entrypoints.http.panel.frame import panel_shell
from b2b_dvizhenie.entrypoints.http.portal.document_pages import listed
from b2b_dvizhenie.entrypoints.http.portal.frame import Frame

HERE = "/panel/documents"


@get(HERE, permission=Permission.DOCUMENTS_VIEW, include_in_schema=False)
async def list_(
    request: Request[Actor, Any, Any],
    frame: NamedDependency[Frame],
    list_documents: NamedDependency[ListDocuments],
    page: FromQuery[int] = 1,
) -> Response[str]:
    """Documents of companies in the viewer's scope, the latest first."""
    view = await listed(request, list_documents, page, HERE)
    context = {"shell": await panel_shell(frame, request, "documents"), "view": view}
    return frame.page(request, "pages/document_list.html", context, fragment="pages/documents/fragment.html")


ROUTES = [list_]
