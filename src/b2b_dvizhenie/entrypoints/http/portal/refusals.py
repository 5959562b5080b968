"""What a person sees when a page is refused, or a part of it that htmx asked for."""

from collections.abc import Callable
from typing import Any

from litestar import Request
from msgspec.structs import replace

from b2b_dvizhenie.entrypoints.http.pages.errors import ErrorView
from b2b_dvizhenie.entrypoints.http.pages.shell import Flash
from b2b_dvizhenie.entrypoints.http.portal.frame import bare_shell
from b2b_dvizhenie.entrypoints.http.portal.site import Site
from b2b_dvizhenie.entrypoints.http.problems import Problem
from b2b_dvizhenie.entrypoints.http.responses import language_of, wants_fragment


def error_page(site: Site) -> Callable[[Request[Any, Any, Any], Problem], str]:
    """The function that `problems` asks for the page of a problem."""

    def render(request: Request[Any, Any, Any], problem: Problem) -> str:
        shell, language = bare_shell(request, site), language_of(request)
        if wants_fragment(request):
            # Nothing but out-of-band content: htmx appends the message and leaves its target as it is.
            said = replace(shell, flashes=(Flash(text=problem.detail, tone="bad"),))
            return site.renderer.render("fragments/toasts.html", language, {"shell": said})
        retry_after = problem.params.get("retry_after")
        view = ErrorView(
            status=problem.status,
            detail=problem.detail,
            code=problem.code,
            request_id=problem.request_id,
            retry_after=int(retry_after) if retry_after else None,
        )
        return site.renderer.render("pages/error.html", language, {"shell": shell, "view": view})

    return render
