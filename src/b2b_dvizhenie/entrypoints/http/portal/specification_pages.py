"""Specifications: the list of them, one with its lines, and what is done with the lines."""

from typing import Any, Literal
from urllib.parse import urlencode
from uuid import UUID

from litestar import Request, Response, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath, FromQuery
from litestar.response import Redirect, Stream

from b2b_dvizhenie.application.ordering import (
    ListSpecifications,
    PutSpecificationIntoCart,
    PutSpecificationLines,
    RequestedLine,
    ShowSpecification,
    SpecificationDetails,
    SpecificationQuery,
    TakeCartIntoSpecification,
)
from b2b_dvizhenie.application.shared.actor import Actor
from b2b_dvizhenie.domain.hierarchy import Permission
from b2b_dvizhenie.domain.shared.errors import DomainError, Kind
from b2b_dvizhenie.domain.shared.ids import SpecificationId, VariantId
from b2b_dvizhenie.entrypoints.http.authentication import for_company
from b2b_dvizhenie.entrypoints.http.filters import id_of
from b2b_dvizhenie.entrypoints.http.pages.forms import Form
from b2b_dvizhenie.entrypoints.http.pages.parts import Link
from b2b_dvizhenie.entrypoints.http.pages.parts import pages as numbered
from b2b_dvizhenie.entrypoints.http.pages.shell import Flash, PortalShell
from b2b_dvizhenie.entrypoints.http.pages.specifications import (
    AddingView,
    LineCommentView,
    ReadingView,
    SpecificationsView,
    SpecificationView,
)
from b2b_dvizhenie.entrypoints.http.portal.cart_pages import (
    UNPROCESSABLE,
    asked_quantities,
    faults_of,
    told_differences,
)
from b2b_dvizhenie.entrypoints.http.portal.carts import rounded
from b2b_dvizhenie.entrypoints.http.portal.frame import Frame
from b2b_dvizhenie.entrypoints.http.portal.live import pushed
from b2b_dvizhenie.entrypoints.http.portal.specifications import HOME, keeps_lists, row_of, specification_view
from b2b_dvizhenie.entrypoints.http.responses import language_of, wants_fragment

ROWS = 50
ONE = HOME + "/{specification_id:uuid}"
_WHOSE = ("", "mine", "shared")


class SpecificationPages:
    """Answers with lists and with one list."""

    def __init__(self, frame: Frame) -> None:
        self._frame = frame

    async def many(
        self,
        request: Request[Actor, Any, Any],
        list_specifications: ListSpecifications,
        *,
        query: SpecificationQuery | None = None,
        form: Form | None = None,
    ) -> Response[str]:
        """The page of lists."""
        asked = query or SpecificationQuery(limit=ROWS)
        found = await list_specifications(request.user, asked)
        number = asked.offset // ROWS + 1

        def url(**changes: str) -> str:
            kept = {"q": asked.text.strip(), "whose": asked.whose} | changes
            pairs = {name: value for name, value in kept.items() if value}
            return f"{HOME}?{urlencode(pairs)}" if pairs else HOME

        here = url().replace("{", "{{").replace("}", "}}")
        keeps = keeps_lists(request.user)
        shell = await self._frame.shell(request, "specifications")
        view = SpecificationsView(
            rows=tuple(map(row_of, found.specifications)),
            pager=numbered(
                found.total,
                number,
                ROWS,
                f"{here}{'&' if '?' in here else '?'}page={{page}}",
                more=None if found.exact else found.more,
            ),
            url=url(),
            whose=tuple(Link(one, url(whose=one), one == asked.whose) for one in _WHOSE) if keeps else (),
            query=asked.text,
            filtered=bool(asked.text.strip() or asked.whose),
            form=(form or Form()) if keeps else None,
            cart_filled=bool(shell.cart and shell.cart.positions),
        )
        context = {"shell": shell, "view": view}
        fragment = "pages/specifications/fragment.html"
        answer = self._frame.page(request, "pages/specifications.html", context, fragment=fragment)
        answer.status_code = UNPROCESSABLE if form else 200
        return answer

    async def one(
        self,
        request: Request[Actor, Any, Any],
        found: SpecificationDetails,
        flashes: tuple[Flash, ...] = (),
        *,
        status: int = 200,
        form: Form | None = None,
    ) -> Response[str]:
        """The page of a list, or its body where htmx asked."""
        shell = await self._frame.shell(request, "specifications", flashes=flashes)
        view = await self.view(request, found, shell, form)
        context = {"shell": shell, "view": view}
        fragment = "pages/specification/fragment.html"
        answer = self._frame.page(request, "pages/specification.html", context, fragment=fragment)
        answer.status_code = status
        return answer

    async def form(
        self,
        request: Request[Actor, Any, Any],
        template: str,
        view: AddingView | LineCommentView | ReadingView,
        *,
        is_refused: bool,
    ) -> Response[str]:
        """The page of a form, as it is first asked for or as it comes back with what is wrong."""
        shell = await self._frame.shell(request, "specifications")
        answer = self._frame.page(request, template, {"shell": shell, "view": view})
        answer.status_code = UNPROCESSABLE if is_refused else 200
        return answer

    async def view(
        self,
        request: Request[Actor, Any, Any],
        found: SpecificationDetails,
        shell: PortalShell,
        form: Form | None = None,
    ) -> SpecificationView:
        """What the page of a list shows."""
        actor, language = request.user, language_of(request)
        live = ""
        if found.is_priced and await self._frame.live.is_on(actor):
            live = f"{HOME}/{found.listed.specification_id}/live{shell.company_part}"
        shown = await self._frame.shown(actor, found.goods)
        company = shell.company.name if shell.company and found.is_priced else ""
        texts = self._frame.site.texts(language)
        return specification_view(found, shown, actor, language, texts, company=company, live=live, form=form)


def refused(error: DomainError, language: str) -> tuple[Flash, ...]:
    """What a refused change tells on the page; what is no refusal of what was typed is raised again."""
    if error.kind not in (Kind.INVALID, Kind.CONFLICT):
        raise error
    return faults_of(error, language)


@get(HOME, permission=Permission.SPECIFICATIONS_VIEW, include_in_schema=False)
async def many(
    request: Request[Actor, Any, Any],
    frame: NamedDependency[Frame],
    list_specifications: NamedDependency[ListSpecifications],
    q: FromQuery[str] = "",
    whose: FromQuery[Literal["", "mine", "shared"]] = "",
    page: FromQuery[int] = 1,
) -> Response[str]:
    """Lists the actor may see, those that were changed last first."""
    query = SpecificationQuery(text=q, whose=whose, limit=ROWS, offset=(max(page, 1) - 1) * ROWS)
    return await SpecificationPages(frame).many(request, list_specifications, query=query)


@get(ONE, permission=Permission.SPECIFICATIONS_VIEW, include_in_schema=False)
async def show(
    request: Request[Actor, Any, Any],
    specification_id: FromPath[UUID],
    frame: NamedDependency[Frame],
    show_specification: NamedDependency[ShowSpecification],
) -> Response[str]:
    """One list at today's prices."""
    found = await show_specification(request.user, SpecificationId(specification_id), live="aged")
    return await SpecificationPages(frame).one(request, found)


@get(ONE + "/live", permission=Permission.SPECIFICATIONS_VIEW, include_in_schema=False)
async def live(
    request: Request[Actor, Any, Any],
    specification_id: FromPath[UUID],
    frame: NamedDependency[Frame],
    show_specification: NamedDependency[ShowSpecification],
) -> Response[Any] | Stream:
    """The open list at prices of this moment."""
    actor, language, key = request.user, language_of(request), SpecificationId(specification_id)
    await show_specification(actor, key)  # whose list it is not is told so before the stream begins
    if not await frame.live.is_on(actor):
        return Response(None, status_code=204)

    async def told() -> tuple[str, str]:
        found = await show_specification(actor, key, live="asked")
        shell = await frame.shell(request, "specifications")
        view = await SpecificationPages(frame).view(request, found, shell)
        context = {"shell": shell, "view": view}
        fragment = frame.site.renderer.render("fragments/live_specification.html", language, context)
        return fragment, view.live.key if view.live else ""

    return pushed(request, told)


@post(ONE + "/items", permission=Permission.CART_EDIT, names_company=True, status_code=200, include_in_schema=False)
async def items(
    request: Request[Actor, Any, Any],
    specification_id: FromPath[UUID],
    frame: NamedDependency[Frame],
    put_specification_lines: NamedDependency[PutSpecificationLines],
    show_specification: NamedDependency[ShowSpecification],
) -> Response[Any]:
    """Save typed quantities: rounded up to the pack, zero removes."""
    form, key, language = await request.form(), SpecificationId(specification_id), language_of(request)
    flashes: tuple[Flash, ...] = ()
    status = 200
    try:
        asked = asked_quantities(form)
        lines = [RequestedLine(f"q.{one}", put, VariantId(one)) for one, put in asked.items() if put > 0]
        gone = {VariantId(one) for one, put in asked.items() if put == 0}
        version = version_of(form)
        await put_specification_lines(request.user, key, lines, round_up=True, without=gone, version=version)
        found = await show_specification(request.user, key, live="aged")
        changed = {line.variant_id for line in lines if line.variant_id}
        flashes = rounded(found.goods, asked, changed, frame.site.texts(language))
    except DomainError as error:
        status, flashes = UNPROCESSABLE, refused(error, language)
        found = await show_specification(request.user, key, live="aged")
    if status == 200 and not wants_fragment(request):
        return Redirect(for_company(request, f"{HOME}/{key}"), status_code=303)
    return await SpecificationPages(frame).one(request, found, flashes, status=status)


def version_of(form: Any) -> int | None:
    """The version of the list that the page was made of; None where it says none."""
    text = str(form.get("version") or "")
    return int(text) if text.isascii() and text.isdigit() and len(text) < 10 else None


@post(ONE + "/remove", permission=Permission.CART_EDIT, names_company=True, status_code=200, include_in_schema=False)
async def remove(
    request: Request[Actor, Any, Any],
    specification_id: FromPath[UUID],
    frame: NamedDependency[Frame],
    put_specification_lines: NamedDependency[PutSpecificationLines],
    show_specification: NamedDependency[ShowSpecification],
) -> Response[Any]:
    """Take a line out."""
    key, variant = SpecificationId(specification_id), id_of(str((await request.form()).get("remove", "")))
    gone = {VariantId(variant)} if variant else set()
    await put_specification_lines(request.user, key, [], without=gone)
    if wants_fragment(request):
        return await SpecificationPages(frame).one(request, await show_specification(request.user, key, live="aged"))
    return Redirect(for_company(request, f"{HOME}/{key}"), status_code=303)


@post(ONE + "/cart", permission=Permission.CART_EDIT, names_company=True, status_code=200, include_in_schema=False)
async def to_cart(
    request: Request[Actor, Any, Any],
    specification_id: FromPath[UUID],
    frame: NamedDependency[Frame],
    put_specification_into_cart: NamedDependency[PutSpecificationIntoCart],
    show_specification: NamedDependency[ShowSpecification],
) -> Response[Any]:
    """Put all lines, or the chosen ones, into the cart, and tell what could not go as it is."""
    form, key, language = await request.form(), SpecificationId(specification_id), language_of(request)
    texts = frame.site.texts(language)
    chosen = [one for one in (id_of(str(text)) for name, text in form.multi_items() if name == "line") if one]
    if not chosen and not form.get("all"):
        flashes: tuple[Flash, ...] = (Flash(text=texts.gettext("Choose the lines first."), tone="info"),)
    else:
        wanted = None if form.get("all") else {VariantId(one) for one in chosen}
        try:
            put = await put_specification_into_cart(request.user, key, wanted)
        except DomainError as error:
            flashes = refused(error, language)
        else:
            said = texts.ngettext("{count} line is in the cart.", "{count} lines are in the cart.", put.put)
            done = Flash(text=said.format(count=put.put), tone="ok" if put.put else "info")
            flashes = (done, *told_differences(put.differences, frame, language))
    found = await show_specification(request.user, key, live="aged")
    return await SpecificationPages(frame).one(request, found, flashes)


@post(ONE + "/from-cart", permission=Permission.CART_EDIT, names_company=True, include_in_schema=False)
async def from_cart(
    request: Request[Actor, Any, Any],
    specification_id: FromPath[UUID],
    take_cart_into_specification: NamedDependency[TakeCartIntoSpecification],
) -> Redirect:
    """Put what is in the cart into the list."""
    await take_cart_into_specification(request.user, SpecificationId(specification_id))
    return Redirect(for_company(request, f"{HOME}/{specification_id}"), status_code=303)


@post(ONE + "/seen", permission=Permission.SPECIFICATIONS_VIEW, names_company=True, include_in_schema=False)
async def seen(
    request: Request[Actor, Any, Any],
    specification_id: FromPath[UUID],
    show_specification: NamedDependency[ShowSpecification],
) -> Redirect:
    """Take today's prices for seen."""
    await show_specification.agree(request.user, SpecificationId(specification_id))
    return Redirect(for_company(request, f"{HOME}/{specification_id}"), status_code=303)


ROUTES = [many, show, live, items, remove, to_cart, from_cart, seen]
