"""Pictures of goods: named by the hash of their content, so a browser may keep them for ever."""

from litestar import Response, get
from litestar.di import NamedDependency
from litestar.params import FromPath, SkipValidation

from b2b_dvizhenie.application.catalog import PICTURES
from b2b_dvizhenie.application.shared.files import FileStore
from b2b_dvizhenie.domain.shared.errors import NotFound
from b2b_dvizhenie.entrypoints.http.responses import FOREVER


# A name of 256 bits cannot be guessed: who knows it was shown the goods, or given the address on purpose.
@get(PICTURES + "{name:str}", public=True, exclude_from_auth=True, include_in_schema=False, sync_to_thread=True)
def picture(name: FromPath[str], files: NamedDependency[SkipValidation[FileStore]]) -> Response[bytes]:
    """A stored picture."""
    found = files.picture(name)
    if found is None:
        raise NotFound("name")
    path, media_type = found
    return Response(path.read_bytes(), media_type=media_type, headers={"Cache-Control": FOREVER})


ROUTES = [picture]
