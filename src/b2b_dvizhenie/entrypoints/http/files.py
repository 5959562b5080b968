"""Pictures of the catalogue, named by their content: what is under an address never changes."""

from typing import Any

from litestar import Request, Response, get
from litestar.di import NamedDependency
from litestar.params import FromPath
from litestar.response import File

from b2b_dvizhenie.application.catalog import ShowPicture
from b2b_dvizhenie.application.shared.actor import Actor
from b2b_dvizhenie.domain.hierarchy import Permission

_FOREVER = "private, max-age=31536000, immutable"


@get("/files/pictures/{sha256:str}", permission=Permission.CATALOG_VIEW, include_in_schema=False)
async def picture(
    request: Request[Actor, Any, Any], sha256: FromPath[str], show_picture: NamedDependency[ShowPicture]
) -> File | Response[None]:
    """A picture; the club is closed, so only the visitor's own browser may keep it."""
    path, media_type = await show_picture(request.user, sha256)
    headers = {"cache-control": _FOREVER, "etag": f'"{sha256}"'}
    if f'"{sha256}"' in request.headers.get("if-none-match", ""):
        return Response(None, status_code=304, headers=headers)
    return File(path, media_type=media_type, filename=None, content_disposition_type="inline", headers=headers)


ROUTES = [picture]
