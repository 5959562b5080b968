"""What a person sees when a page is refused."""

from collections.abc import Callable
from typing import Any

from litestar import Request

from b2b_dvizhenie.entrypoints.http.pages.errors import ErrorView
from b2b_dvizhenie.entrypoints.http.portal.frame import bare_shell
from b2b_dvizhenie.entrypoints.http.portal.site import Site
from b2b_dvizhenie.entrypoints.http.problems import Problem
from b2b_dvizhenie.entrypoints.http.responses import language_of


def error_page(site: Site) -> Callable[[Request[Any, Any, Any], Problem], str]:
    """The function that `problems` asks for the page of a problem."""

    def render(request: Request[Any, Any, Any], problem: Problem) -> str:
        retry_after = problem.params.get("retry_after")
        view = ErrorView(
            status=problem.status,
            detail=problem.detail,
            code=problem.code,
            request_id=problem.request_id,
            retry_after=int(retry_after) if retry_after else None,
        )
        context = {"shell": bare_shell(request, site), "view": view}
        return site.renderer.render("pages/error.html", language_of(request), context)

    return render
