"""Specifications: making one, its name and access, a line's comment, goods put into one from where they are seen."""

from datetime import datetime
from typing import Any
from uuid import UUID

from litestar import Request, Response, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath, FromQuery
from litestar.response import Redirect

from b2b_dvizhenie.application.ordering import (
    ChangeSpecification,
    DeleteSpecification,
    ListSpecifications,
    MakeSpecification,
    PricedLine,
    PutSpecificationLines,
    RequestedLine,
    ShowSpecification,
    SpecificationDetails,
    SpecificationQuery,
)
from b2b_dvizhenie.application.shared.actor import Actor
from b2b_dvizhenie.domain.hierarchy import Permission
from b2b_dvizhenie.domain.ordering import MAX_SPECIFICATION_NAME, PutMode, Sharing
from b2b_dvizhenie.domain.shared.errors import DomainError, Invalid, NotFound
from b2b_dvizhenie.domain.shared.ids import SpecificationId, VariantId, new_id
from b2b_dvizhenie.entrypoints.container import utc_now
from b2b_dvizhenie.entrypoints.http.authentication import for_company
from b2b_dvizhenie.entrypoints.http.filters import id_of
from b2b_dvizhenie.entrypoints.http.formats import Formats
from b2b_dvizhenie.entrypoints.http.pages.forms import Form
from b2b_dvizhenie.entrypoints.http.pages.parts import Choice, Link
from b2b_dvizhenie.entrypoints.http.pages.specifications import AddingView, LineCommentView
from b2b_dvizhenie.entrypoints.http.portal.cart_pages import UNPROCESSABLE, typed_quantity
from b2b_dvizhenie.entrypoints.http.portal.frame import Frame
from b2b_dvizhenie.entrypoints.http.portal.specification_pages import ONE, SpecificationPages, refused, version_of
from b2b_dvizhenie.entrypoints.http.portal.specifications import HOME
from b2b_dvizhenie.entrypoints.http.rendering import DEFAULT_ZONE
from b2b_dvizhenie.entrypoints.http.responses import language_of, local_path
from b2b_dvizhenie.entrypoints.texts import error_text

_LISTED = 200


def _wrong(error: DomainError, language: str, values: dict[str, str]) -> Form:
    """The form as it comes back: what was typed, and what is wrong with which field."""
    refused(error, language)  # raises what is no refusal of what was typed
    faults = error.errors if isinstance(error, Invalid) else [error]
    errors = {
        (one.field or "").rpartition(".")[2] if (one.field or "").rpartition(".")[2] in values else "": error_text(
            one.code, one.params, language
        )
        for one in faults
    }
    return Form(values, errors)


def _to(request: Request[Actor, Any, Any], key: UUID) -> Redirect:
    return Redirect(for_company(request, f"{HOME}/{key}"), status_code=303)


@post(HOME, permission=Permission.CART_EDIT, names_company=True, status_code=200, include_in_schema=False)
async def make(
    request: Request[Actor, Any, Any],
    frame: NamedDependency[Frame],
    make_specification: NamedDependency[MakeSpecification],
    list_specifications: NamedDependency[ListSpecifications],
) -> Response[Any]:
    """Make a list; what is wrong comes back with the form."""
    form, key = await request.form(), SpecificationId(new_id())
    name = str(form.get("name") or "")
    try:
        await make_specification(request.user, key, name, from_cart=bool(form.get("from_cart")))
    except DomainError as error:
        back = _wrong(error, language_of(request), {"name": name})
        return await SpecificationPages(frame).many(request, list_specifications, form=back)
    return _to(request, key)


@post("/cart/specification", permission=Permission.CART_EDIT, names_company=True, include_in_schema=False)
async def save_cart(
    request: Request[Actor, Any, Any],
    frame: NamedDependency[Frame],
    make_specification: NamedDependency[MakeSpecification],
) -> Redirect:
    """Save the cart as a list, named by the day; its page renames it."""
    language, key = language_of(request), SpecificationId(new_id())
    said = frame.site.texts(language).gettext("Cart of {day}")
    name = said.format(day=_moment(utc_now(), language))
    await make_specification(request.user, key, name, from_cart=True)
    return _to(request, key)


def _moment(now: datetime, language: str) -> str:
    return Formats(language, DEFAULT_ZONE).moment(now)


@post(ONE + "/change", permission=Permission.CART_EDIT, names_company=True, status_code=200, include_in_schema=False)
async def change(
    request: Request[Actor, Any, Any],
    specification_id: FromPath[UUID],
    frame: NamedDependency[Frame],
    change_specification: NamedDependency[ChangeSpecification],
    show_specification: NamedDependency[ShowSpecification],
) -> Response[Any]:
    """Rename the list, or share it."""
    form, key = await request.form(), SpecificationId(specification_id)
    name, shared = str(form.get("name") or ""), str(form.get("sharing") or "")
    sharing = Sharing(shared) if shared in set(Sharing) else None
    try:
        await change_specification(request.user, key, version_of(form) or 0, name=name, sharing=sharing)
    except DomainError as error:
        back = _wrong(error, language_of(request), {"name": name, "sharing": shared})
        found = await show_specification(request.user, key)
        return await SpecificationPages(frame).one(request, found, status=UNPROCESSABLE, form=back)
    return _to(request, key)


@post(ONE + "/copy", permission=Permission.CART_EDIT, names_company=True, include_in_schema=False)
async def copy(
    request: Request[Actor, Any, Any],
    specification_id: FromPath[UUID],
    frame: NamedDependency[Frame],
    make_specification: NamedDependency[MakeSpecification],
    show_specification: NamedDependency[ShowSpecification],
) -> Redirect:
    """Make a list of the same lines."""
    original, key = SpecificationId(specification_id), SpecificationId(new_id())
    found = await show_specification(request.user, original)
    said = frame.site.texts(language_of(request)).gettext("Copy of {name}").format(name=found.listed.name)
    await make_specification(request.user, key, said[:MAX_SPECIFICATION_NAME], copy_of=original)
    return _to(request, key)


@post(ONE + "/delete", permission=Permission.CART_EDIT, names_company=True, status_code=200, include_in_schema=False)
async def delete(
    request: Request[Actor, Any, Any],
    specification_id: FromPath[UUID],
    frame: NamedDependency[Frame],
    delete_specification: NamedDependency[DeleteSpecification],
    show_specification: NamedDependency[ShowSpecification],
) -> Response[Any]:
    """Delete the list, unless somebody changed it since the page was made."""
    form, key = await request.form(), SpecificationId(specification_id)
    try:
        await delete_specification(request.user, key, version_of(form))
    except DomainError as error:
        flashes = refused(error, language_of(request))
        found = await show_specification(request.user, key)
        return await SpecificationPages(frame).one(request, found, flashes, status=UNPROCESSABLE)
    return Redirect(for_company(request, HOME), status_code=303)


def _line(found: SpecificationDetails, variant_id: UUID) -> PricedLine:
    line = next((line for line in found.goods.lines if line.variant_id == variant_id), None)
    if line is None:
        raise NotFound("variant_id")
    return line


async def _comment_page(
    request: Request[Actor, Any, Any], frame: Frame, found: SpecificationDetails, variant_id: UUID, form: Form | None
) -> Response[str]:
    line, here = _line(found, variant_id), f"{HOME}/{found.listed.specification_id}"
    view = LineCommentView(
        back=Link(found.listed.name, here),
        action=f"{here}/lines/{variant_id}",
        title=line.name,
        article=line.article,
        version=found.listed.version,
        form=form or Form({"comment": line.comment}),
    )
    return await SpecificationPages(frame).form(
        request, "pages/specification_comment.html", view, is_refused=form is not None
    )


@get(ONE + "/lines/{line_id:uuid}", permission=Permission.SPECIFICATIONS_VIEW, include_in_schema=False)
async def comment_of(
    request: Request[Actor, Any, Any],
    specification_id: FromPath[UUID],
    line_id: FromPath[UUID],
    frame: NamedDependency[Frame],
    show_specification: NamedDependency[ShowSpecification],
) -> Response[str]:
    """The comment of a line."""
    found = await show_specification(request.user, SpecificationId(specification_id))
    return await _comment_page(request, frame, found, line_id, None)


@post(
    ONE + "/lines/{line_id:uuid}",
    permission=Permission.CART_EDIT,
    names_company=True,
    status_code=200,
    include_in_schema=False,
)
async def comment(
    request: Request[Actor, Any, Any],
    specification_id: FromPath[UUID],
    line_id: FromPath[UUID],
    frame: NamedDependency[Frame],
    put_specification_lines: NamedDependency[PutSpecificationLines],
    show_specification: NamedDependency[ShowSpecification],
) -> Response[Any]:
    """Save the comment of a line."""
    text, key = str((await request.form()).get("comment") or ""), SpecificationId(specification_id)
    found = await show_specification(request.user, key)
    asked = RequestedLine("", _line(found, line_id).quantity, VariantId(line_id), comment=text.strip())
    try:
        await put_specification_lines(request.user, key, [asked])
    except DomainError as error:
        back = _wrong(error, language_of(request), {"comment": text})
        return await _comment_page(request, frame, found, line_id, back)
    return _to(request, specification_id)


async def _adding(
    request: Request[Actor, Any, Any],
    frame: Frame,
    list_specifications: ListSpecifications,
    values: dict[str, str],
    form: Form | None = None,
) -> Response[str]:
    found = await list_specifications(request.user, SpecificationQuery(limit=_LISTED))
    lists = [one for one in found.specifications if one.access.edits]
    view = AddingView(
        variant=values["variant"],
        quantity=values["quantity"],
        lists=tuple(Choice(str(one.specification_id), one.name) for one in lists),
        back=values["next"],
        form=form or Form({"quantity": values["quantity"]}),
    )
    return await SpecificationPages(frame).form(
        request, "pages/specification_add.html", view, is_refused=form is not None
    )


@get(HOME + "/add", permission=Permission.CART_EDIT, include_in_schema=False)
async def adding(
    request: Request[Actor, Any, Any],
    frame: NamedDependency[Frame],
    list_specifications: NamedDependency[ListSpecifications],
    variant: FromQuery[str] = "",
) -> Response[Any]:
    """Into which list the goods go."""
    if id_of(variant) is None:
        return Redirect(HOME, status_code=303)
    values = {"variant": variant, "quantity": "1", "next": "/catalog"}
    return await _adding(request, frame, list_specifications, values)


@post(HOME + "/add", permission=Permission.CART_EDIT, names_company=True, status_code=200, include_in_schema=False)
async def add(
    request: Request[Actor, Any, Any],
    frame: NamedDependency[Frame],
    list_specifications: NamedDependency[ListSpecifications],
    make_specification: NamedDependency[MakeSpecification],
    put_specification_lines: NamedDependency[PutSpecificationLines],
) -> Response[Any]:
    """Put goods into a list; where the form names none, ask into which."""
    form, language = await request.form(), language_of(request)
    variant = id_of(str(form.get("variant") or ""))
    if variant is None:
        return Redirect(for_company(request, HOME), status_code=303)
    typed = str(form.get("quantity") or form.get(f"q.{variant}") or "1")
    values = {"variant": str(variant), "quantity": typed, "next": local_path(str(form.get("next") or "/"), "/")}
    name, listed = str(form.get("name") or "").strip(), id_of(str(form.get("specification") or ""))
    if not name and listed is None:
        return await _adding(request, frame, list_specifications, values)
    try:
        line = RequestedLine("", typed_quantity(typed, "quantity"), VariantId(variant))
        key = SpecificationId(listed or new_id())
        if name:
            key = SpecificationId(new_id())
            await make_specification(request.user, key, name, lines=[line])
        else:
            await put_specification_lines(request.user, key, [line], mode=PutMode.ADD, round_up=True)
    except DomainError as error:
        kept = values | {"name": name, "specification": str(listed or "")}
        return await _adding(request, frame, list_specifications, values, _wrong(error, language, kept))
    return _to(request, key)


ROUTES = [make, save_cart, change, copy, delete, comment_of, comment, adding, add]
