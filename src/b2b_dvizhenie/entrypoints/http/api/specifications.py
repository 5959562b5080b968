"""API: specifications, lists of goods that a person keeps and may share with colleagues."""

from decimal import Decimal
from typing import Any, Literal
from uuid import UUID

from litestar import Request, Response, delete, get, patch, post, put
from litestar.di import NamedDependency
from litestar.params import FromPath, FromQuery, JSONBody
from msgspec import Struct

from b2b_dvizhenie.application.ordering import (
    ChangeSpecification,
    DeleteSpecification,
    LinesPut,
    ListedSpecification,
    ListSpecifications,
    MakeSpecification,
    PricedLine,
    PutSpecificationIntoCart,
    PutSpecificationLines,
    ReadIntoSpecification,
    ReadList,
    Repeated,
    ShowSpecification,
    SpecificationDetails,
    SpecificationQuery,
    TakeCartIntoSpecification,
)
from b2b_dvizhenie.application.shared.actor import Actor
from b2b_dvizhenie.domain.hierarchy import Permission
from b2b_dvizhenie.domain.ordering import PutMode, Sharing
from b2b_dvizhenie.domain.shared.ids import CompanyId, SpecificationId, VariantId, new_id
from b2b_dvizhenie.entrypoints.http.api.carts import LineBody, requested
from b2b_dvizhenie.entrypoints.http.api.cursors import cursor_behind, read_cursor

_ALL = "/api/v1/specifications"
_ONE = _ALL + "/{specification_id:uuid}"


class SpecificationBody(Struct, frozen=True, forbid_unknown_fields=True):
    """A new list: empty, with the lines of the cart, or a copy of a list you may read."""

    name: str
    from_cart: bool = False
    copy_of: UUID | None = None


class ChangeBody(Struct, frozen=True, forbid_unknown_fields=True):
    """What is to be another one; null leaves it. `version` is the one you saw: 409 if the list has changed since."""

    version: int
    name: str | None = None
    sharing: Sharing | None = None


class ReplaceBody(Struct, frozen=True, forbid_unknown_fields=True):
    """All lines of a list; `version` is the one you saw: 409 if the list has changed since."""

    version: int
    lines: list[LineBody]


class PutBody(Struct, frozen=True, forbid_unknown_fields=True):
    """Lines to be put and variants to be taken out. `mode` says how quantities meet those in the list.

    With a `version` the change is refused with 409 if the list is another one meanwhile.
    """

    lines: list[LineBody] = []
    mode: PutMode = PutMode.SET
    remove: list[UUID] = []
    version: int | None = None


class ChosenBody(Struct, frozen=True, forbid_unknown_fields=True):
    """Which lines go into the cart; null for all."""

    variants: list[UUID] | None = None


class TextBody(Struct, frozen=True, forbid_unknown_fields=True):
    """Lines of "article quantity" in any order, as pasted. With `replace` every other line leaves the list."""

    text: str
    replace: bool = False
    version: int | None = None


class SpecificationList(Struct, frozen=True):
    """A page of lists, those changed last first. `next_cursor` continues behind the last one; null at the end.

    Where `total_is_exact` is false, there are at least `total`: many lists are not counted to their end.
    """

    specifications: tuple[ListedSpecification, ...]
    total: int
    next_cursor: str | None
    total_is_exact: bool = True


class SpecificationAnswer(Struct, frozen=True, kw_only=True):
    """A list with its lines at the prices of the company you buy for. Sums and prices are null for whom there are none
    to see; `moved` counts prices that differ from what you were shown, which `previous_price` of the line tells.
    """

    specification: ListedSpecification
    currency: str
    lines: tuple[PricedLine, ...]
    units: Decimal
    amount: Decimal | None
    vat_amount: Decimal | None
    vat_included: bool
    total: Decimal | None
    discount: Decimal | None
    moved: int

    @classmethod
    def of(cls, found: SpecificationDetails) -> "SpecificationAnswer":
        """What is told of a list."""
        goods = found.goods
        return cls(
            specification=found.listed,
            currency=goods.currency,
            lines=goods.lines,
            units=goods.units,
            amount=goods.amount,
            vat_amount=goods.vat_amount,
            vat_included=goods.vat_included,
            total=goods.total,
            discount=goods.discount,
            moved=found.moved,
        )


@get(_ALL, permission=Permission.SPECIFICATIONS_VIEW, tags=["ordering"])
async def list_(
    request: Request[Actor, Any, Any],
    list_specifications: NamedDependency[ListSpecifications],
    q: FromQuery[str] = "",
    whose: FromQuery[Literal["mine", "shared"] | None] = None,
    company_id: FromQuery[UUID | None] = None,
    limit: FromQuery[int] = 50,
    cursor: FromQuery[str | None] = None,
) -> SpecificationList:
    """Lists you may see: your own, what colleagues share, those of your clients."""
    read = read_cursor(cursor)
    query = SpecificationQuery(
        text=q,
        whose=whose or "",
        company_id=CompanyId(company_id) if company_id else None,
        limit=limit,
        after=(read[0], SpecificationId(read[1])) if read else None,
    )
    page = await list_specifications(request.user, query)
    last = page.specifications[-1] if page.more else None
    following = cursor_behind(last.updated_at, last.specification_id) if last else None
    return SpecificationList(page.specifications, page.total, following, page.exact)


@post(_ALL, permission=Permission.CART_EDIT, names_company=True, tags=["ordering"])
async def make(
    request: Request[Actor, Any, Any],
    data: JSONBody[SpecificationBody],
    make_specification: NamedDependency[MakeSpecification],
    show_specification: NamedDependency[ShowSpecification],
) -> Response[SpecificationAnswer]:
    """Make a list."""
    key = SpecificationId(new_id())
    copied = SpecificationId(data.copy_of) if data.copy_of else None
    await make_specification(request.user, key, data.name, from_cart=data.from_cart, copy_of=copied)
    answer = SpecificationAnswer.of(await show_specification(request.user, key))
    return Response(answer, status_code=201, headers={"location": f"{_ALL}/{key}"})


@get(_ONE, permission=Permission.SPECIFICATIONS_VIEW, tags=["ordering"])
async def show(
    request: Request[Actor, Any, Any],
    specification_id: FromPath[UUID],
    show_specification: NamedDependency[ShowSpecification],
    *,
    live: FromQuery[bool] = False,
) -> SpecificationAnswer:
    """A list with its lines. With `live` the ERP is asked for prices first, where that is connected."""
    key = SpecificationId(specification_id)
    return SpecificationAnswer.of(await show_specification(request.user, key, live="asked" if live else "known"))


@patch(_ONE, permission=Permission.CART_EDIT, names_company=True, tags=["ordering"])
async def change(
    request: Request[Actor, Any, Any],
    specification_id: FromPath[UUID],
    data: JSONBody[ChangeBody],
    change_specification: NamedDependency[ChangeSpecification],
    show_specification: NamedDependency[ShowSpecification],
) -> SpecificationAnswer:
    """Rename your list, or share it with those who buy for the same company."""
    key = SpecificationId(specification_id)
    await change_specification(request.user, key, data.version, name=data.name, sharing=data.sharing)
    return SpecificationAnswer.of(await show_specification(request.user, key))


@delete(_ONE, permission=Permission.CART_EDIT, names_company=True, tags=["ordering"])
async def remove(
    request: Request[Actor, Any, Any],
    specification_id: FromPath[UUID],
    delete_specification: NamedDependency[DeleteSpecification],
    version: FromQuery[int | None] = None,
) -> None:
    """Delete your list; with a `version` only if it has not changed since."""
    await delete_specification(request.user, SpecificationId(specification_id), version)


@put(_ONE + "/lines", permission=Permission.CART_EDIT, names_company=True, tags=["ordering"])
async def replace_lines(
    request: Request[Actor, Any, Any],
    specification_id: FromPath[UUID],
    data: JSONBody[ReplaceBody],
    put_specification_lines: NamedDependency[PutSpecificationLines],
) -> LinesPut:
    """Make the list exactly these lines: all of them or, on an error, none."""
    key, lines = SpecificationId(specification_id), requested(data.lines)
    return await put_specification_lines(request.user, key, lines, replace=True, version=data.version)


@patch(_ONE + "/lines", permission=Permission.CART_EDIT, names_company=True, tags=["ordering"])
async def put_lines(
    request: Request[Actor, Any, Any],
    specification_id: FromPath[UUID],
    data: JSONBody[PutBody],
    put_specification_lines: NamedDependency[PutSpecificationLines],
) -> LinesPut:
    """Put lines into the list and leave the others: all of them or, on an error, none."""
    return await put_specification_lines(
        request.user,
        SpecificationId(specification_id),
        requested(data.lines),
        mode=data.mode,
        without={VariantId(one) for one in data.remove},
        version=data.version,
    )


@post(_ONE + "/from-cart", permission=Permission.CART_EDIT, names_company=True, status_code=200, tags=["ordering"])
async def take_cart(
    request: Request[Actor, Any, Any],
    specification_id: FromPath[UUID],
    take_cart_into_specification: NamedDependency[TakeCartIntoSpecification],
) -> LinesPut:
    """Put what is in the cart into the list, in the larger of both quantities."""
    return await take_cart_into_specification(request.user, SpecificationId(specification_id))


@post(_ONE + "/to-cart", permission=Permission.CART_EDIT, names_company=True, status_code=200, tags=["ordering"])
async def to_cart(
    request: Request[Actor, Any, Any],
    specification_id: FromPath[UUID],
    data: JSONBody[ChosenBody],
    put_specification_into_cart: NamedDependency[PutSpecificationIntoCart],
) -> Repeated:
    """Put the list, or some of its lines, into the cart at today's prices; tells what could not go as it is."""
    chosen = None if data.variants is None else {VariantId(one) for one in data.variants}
    return await put_specification_into_cart(request.user, SpecificationId(specification_id), chosen)


@post(_ONE + "/import", permission=Permission.CART_EDIT, names_company=True, status_code=200, tags=["ordering"])
async def read(
    request: Request[Actor, Any, Any],
    specification_id: FromPath[UUID],
    data: JSONBody[TextBody],
    read_into_specification: NamedDependency[ReadIntoSpecification],
) -> ReadList:
    """Read pasted lines into the list: those that are understood, and what became of each of them."""
    return await read_into_specification(
        request.user, SpecificationId(specification_id), text=data.text, replace=data.replace, version=data.version
    )


@post(
    _ONE + "/seen",
    permission=Permission.SPECIFICATIONS_VIEW,
    names_company=True,
    status_code=204,
    tags=["ordering"],
)
async def seen(
    request: Request[Actor, Any, Any],
    specification_id: FromPath[UUID],
    show_specification: NamedDependency[ShowSpecification],
) -> None:
    """Take today's prices for seen: changes are marked from now on against them."""
    await show_specification.agree(request.user, SpecificationId(specification_id))


ROUTES = [list_, make, show, change, remove, replace_lines, put_lines, take_cart, to_cart, read, seen]
