"""What an observer asks a world: the same questions in every world, at least two hundred, each after the last answer.

Every GET route of the application is among them, own and foreign objects alike, so that new routes are asked too.
"""

from collections.abc import Awaitable, Callable, Iterable, Iterator
from datetime import timedelta
from urllib.parse import quote

from closed_goods import NOTHING_ASKED
from club import RELATIONS
from doors import Answered, Asked, as_json, ask
from litestar import Litestar
from matrix import Route, question, relations_of, routes_of
from worlds import NOON, Stopped, World

from b2b_dvizhenie.domain.catalog import Sort

Ask = Callable[[Asked], Awaitable[Answered]]
TEXTS = ("болт", "гайка м1", "саморез", "ankr", "ART-0003", "дюбел", "ермак", "ничего такого", "секрт", "анкр гайк")
RANGES = ("price_to=200", "price_from=200&price_to=500&sort=price", "price_from=500&sort=-price")
"""Prices to narrow by: where one ends tells of every price on its sides."""
FORM = ("content-type", "application/x-www-form-urlencoded")


async def observe(
    app: Litestar, world: World, clock: Stopped, about: tuple[str, ...] = ()
) -> list[tuple[Asked, Answered]]:
    """Play the script; every question with its answer.

    Args:
        app: the application over the world.
        world: whom to ask as, and about what.
        clock: stands at the same moment for the same question of every world.
        about: ask only what begins with one of these; everything, writing too, where there are none.
    """
    told: list[tuple[Asked, Answered]] = []
    person = tuple(world.person.headers.items())

    async def asking(asked: Asked) -> Answered:
        clock.now = NOON + timedelta(seconds=len(told))
        request_id = ("x-request-id", f"question-{len(told):06d}")
        full = Asked(asked.method, asked.path, (*person, request_id, *asked.headers), asked.body)
        answer = await ask(app, full)
        told.append((full, answer))
        return answer

    for one in _questions(app, world):
        if one.path.startswith(about or "/"):
            await asking(one)
    if not about:
        await _pages_on(asking, world)
        await _keep_lists(asking, world)
        await _orders(asking, world)
    return told


def _questions(app: Litestar, world: World) -> Iterator[Asked]:
    yield from _catalogue(world)
    yield from _lists(world)
    for route in routes_of(app):
        if route.method == "GET" and route.permission is not None:
            yield from _route(route, world)


def _route(route: Route, world: World) -> Iterator[Asked]:
    role = world.observer.role
    relations: Iterable[str] = relations_of(route)
    for relation in relations:
        named = "own" if relation not in RELATIONS else relation
        yield Asked("GET", question(route, world.club, role, named, None).path)


def _catalogue(world: World) -> Iterator[Asked]:
    # What is closed is asked for by those to whom it is closed.
    closed = world.closed.asked if world.observer.buys else NOTHING_ASKED
    places = [*world.sections, *closed.sections]
    sections = ["", *(f"&section={one}" for one in places)]
    for section in sections:
        for sort in Sort:
            yield Asked("GET", f"/api/v1/catalog/products?limit=5&sort={quote(sort)}{section}")
        for stock in ("", "&in_stock=true"):
            yield Asked("GET", f"/api/v1/catalog/products?limit=50{section}{stock}")
            yield Asked("GET", f"/api/v1/catalog/facets?q={section}{stock}")
        for brand in (*world.brands, *closed.brands):
            yield Asked("GET", f"/api/v1/catalog/products?limit=5&brand={brand}{section}")
        for prices in RANGES:
            yield Asked("GET", f"/api/v1/catalog/products?limit=5&{prices}{section}")
    for text in TEXTS:
        yield Asked("GET", f"/api/v1/catalog/products?q={quote(text)}")
        yield Asked("GET", f"/api/v1/catalog/facets?q={quote(text)}")
        yield Asked("GET", f"/search?q={quote(text)}", (("accept", "text/html"),))
        yield Asked("GET", f"/search/suggest?q={quote(text)}", (("accept", "text/html"),))
    for place in closed.sections:
        yield Asked("GET", f"/catalog/{place}", (("accept", "text/html"),))
    for brand in closed.brands:
        yield Asked("GET", f"/api/v1/catalog/facets?brand={brand}")
    goods = [*world.products, *closed.goods]
    for product in goods:
        yield Asked("GET", f"/api/v1/catalog/products/{product}")
        yield Asked("GET", f"/products/{product}", (("accept", "text/html"),))
    for quantity in ("1", "10", "1000"):
        lines = [{"variant_id": one, "quantity": quantity} for one in goods]
        yield Asked("POST", "/api/v1/prices", *as_json({"lines": lines}))


def _specifications(world: World, page: tuple[tuple[str, str], ...]) -> Iterator[Asked]:
    for query in ("", "?q=List", "?q=Mine", "?q=Company", "?whose=shared", "?limit=1"):
        yield Asked("GET", f"/api/v1/specifications{query}")
        yield Asked("GET", f"/specifications{query}", page)
        yield Asked("GET", f"/panel/specifications{query}", page)
    for key in world.club.specifications.values():
        yield Asked("GET", f"/api/v1/specifications/{key}")
        yield Asked("GET", f"/specifications/{key}", page)


def _lists(world: World) -> Iterator[Asked]:
    page = (("accept", "text/html"),)
    for path in ("/api/v1/orders", "/orders"):
        for query in ("", "?status=new", "?status=cancelled", "?since=2026-11-01", "?until=2026-11-24", "?q=B-0"):
            yield Asked("GET", path + query, page if path == "/orders" else ())
    for query in ("", "?kind=vat", "?since=2026-11-25&until=2026-11-25"):
        yield Asked("GET", f"/api/v1/drifts{query}")
        yield Asked("GET", f"/panel/drift{query}", page)
    yield from _documents(world, page)
    for company in world.club.companies.values():
        yield Asked("GET", f"/api/v1/companies/{company}/balance")
        yield Asked("GET", f"/panel/companies/{company}/balance", page)
        yield Asked("GET", "/api/v1/balance", (("x-company-id", str(company)),))
    for query in ("", "?payments=2&documents=2"):
        yield Asked("GET", f"/balance{query}", page)
    for number in world.club.numbers.values():
        yield Asked("GET", f"/api/v1/orders?q={number}")
    for order in world.club.orders.values():
        yield Asked("GET", f"/api/v1/orders/{order}")
        yield Asked("GET", f"/orders/{order}", page)
    yield from _specifications(world, page)
    for company in world.club.companies.values():
        # Acting for a company that is not one's own is acting for none.
        yield Asked("GET", "/api/v1/orders", (("x-company-id", str(company)),))
        yield Asked("GET", "/api/v1/catalog/products?limit=3", (("x-company-id", str(company)),))
    for query in (
        "",
        "?q=Company",
        "?q=own",
        "?q=7700",
        "?q=other",
        "?q=Фирма",
        "?limit=1",
        "?limit=3",
        "?limit=4",
        "?q=hidden",
        "?q=foreign",
        "?limit=2",
    ):
        yield Asked("GET", f"/api/v1/companies/directory{query}")
        yield Asked("GET", f"/panel/companies{query}", page)
    for text in ("", "?text=Company", "?text=77", "?role=client", "?state=active", "?q=Company", "?q=7700"):
        yield Asked("GET", f"/api/v1/users{text}")
        yield Asked("GET", f"/panel/users{text}", page)
    for path in (
        "/",
        "/catalog",
        "/cart",
        "/account",
        "/account/sessions",
        "/panel",
        "/panel/audit",
        "/panel/exchange",
    ):
        yield Asked("GET", path, page)


def _documents(world: World, page: tuple[tuple[str, str], ...]) -> Iterator[Asked]:
    for query in ("?q=Paper", "?kind=upd", "?state=paid", "?amount_from=1&amount_to=50000", "?since=2026-11-20"):
        yield Asked("GET", f"/api/v1/documents{query}")
    for path in ("/documents", "/panel/documents"):
        yield Asked("GET", f"{path}?client=Company", page)
    for document, file in zip(world.club.documents.values(), world.club.files.values(), strict=True):
        yield Asked("GET", f"/documents/{document}/files/{file}")
        yield Asked("GET", f"/api/v1/documents/{document}")
    for number in world.club.numbers.values():
        yield Asked("GET", f"/api/v1/documents?order={number}")


async def _pages_on(asking: Ask, world: World) -> None:
    """Follow cursors to their end: where a page ends must not tell of what is not on it."""
    for path in (
        "/api/v1/orders?limit=1",
        "/api/v1/documents?limit=1",
        "/api/v1/audit?limit=2",
        "/api/v1/catalog/products?limit=4&sort=-name",
    ):
        cursor, turns = "", 0
        while turns < 8:
            answer = await asking(Asked("GET", path + (f"&cursor={quote(cursor)}" if cursor else "")))
            if answer.status != 200:
                break
            body = answer.json()
            cursor = str(body.get("next_cursor") or body.get("next") or "")
            turns += 1
            if not cursor:
                break


async def _closed(asking: Ask, world: World) -> None:
    """Look at a cart with a line of what was closed since, try to order that and other closed goods, take it out."""
    await asking(Asked("GET", "/cart", (("accept", "text/html"),)))
    await asking(Asked("GET", "/api/v1/cart"))
    await asking(Asked("POST", "/api/v1/orders", *as_json({"accept_prices": True})))
    for good in world.closed.asked.goods:
        lines = [{"variant_id": good, "quantity": "2"}]
        await asking(Asked("POST", "/api/v1/orders", *as_json({"lines": lines, "accept_prices": True})))
    await asking(Asked("DELETE", f"/api/v1/cart/lines/{world.closed.kept}"))


async def _keep_lists(asking: Ask, world: World) -> None:
    """Make a list, fill it, copy, share and order from it; try the same with what is somebody else's."""
    made = await asking(Asked("POST", "/api/v1/specifications", *as_json({"name": "Of the cart", "from_cart": True})))
    keys = list(world.club.specifications.values())
    if made.status == 201:
        keys.insert(0, made.json()["specification"]["specification_id"])
    lines = [{"variant_id": one, "quantity": "3"} for one in world.products[:3]]
    for key in keys:
        here = f"/api/v1/specifications/{key}"
        await asking(Asked("PATCH", f"{here}/lines", *as_json({"lines": lines, "mode": "add"})))
        await asking(Asked("PATCH", here, *as_json({"version": 2, "sharing": "edit"})))
        await asking(Asked("POST", "/api/v1/specifications", *as_json({"name": "Copy", "copy_of": str(key)})))
        await asking(Asked("POST", f"{here}/to-cart", *as_json({})))
        await asking(Asked("POST", f"{here}/seen", *as_json({})))
        await asking(Asked("GET", here))
        await asking(Asked("GET", f"/specifications/{key}", (("accept", "text/html"),)))
    await asking(Asked("GET", "/api/v1/specifications"))


async def _orders(asking: Ask, world: World) -> None:
    """Fill the cart, order, cancel, repeat; also what is somebody else's."""
    if world.observer.buys:
        await _closed(asking, world)
    lines = [{"variant_id": one, "quantity": "2"} for one in world.products[:4]]
    await asking(Asked("PUT", "/api/v1/cart", *as_json({"lines": lines})))
    await asking(Asked("GET", "/api/v1/cart"))
    await asking(Asked("GET", "/cart", (("accept", "text/html"),)))
    await asking(Asked("GET", "/checkout", (("accept", "text/html"),)))
    await asking(Asked("POST", "/cart/items", (FORM,), f"q.{world.products[5]}=3".encode()))
    await asking(Asked("DELETE", f"/api/v1/cart/lines/{world.products[1]}"))
    answer = await asking(Asked("POST", "/api/v1/orders", *as_json({"accept_prices": True})))
    placed = [answer.json()["id"]] if answer.status == 201 else []
    for order in [*placed, *world.club.orders.values()]:
        await asking(Asked("GET", f"/api/v1/orders/{order}"))
        await asking(Asked("POST", f"/api/v1/orders/{order}/repeat", *as_json({})))
    await asking(Asked("GET", "/api/v1/cart"))
    for order in placed:
        await asking(Asked("POST", f"/api/v1/orders/{order}/cancel"))
        await asking(Asked("GET", f"/orders/{order}", (("accept", "text/html"),)))
    await asking(Asked("GET", "/api/v1/orders"))


def differences(one: list[tuple[Asked, Answered]], other: list[tuple[Asked, Answered]]) -> list[str]:
    """Where two observations differ, in words; also which bytes."""
    found = []
    for (asked, first), (again, second) in zip(one, other, strict=False):
        if asked != again:
            found.append(f"{asked}: the next question was another one: {again}")
            break
        if first != second:
            found.append(f"{asked}: {first.status}/{second.status} {_apart(first, second)}")
    if not found and len(one) != len(other):
        found.append(f"{len(one)} questions, {len(other)} questions")
    return found


def _apart(one: Answered, other: Answered) -> str:
    if one.headers != other.headers:
        return str(sorted(set(one.headers) ^ set(other.headers)))
    start = next(
        (at for at, pair in enumerate(zip(one.body, other.body, strict=False)) if pair[0] != pair[1]),
        min(len(one.body), len(other.body)),
    )
    cut = slice(max(start - 60, 0), start + 60)
    return f"…{one.body[cut].decode(errors='replace')}… / …{other.body[cut].decode(errors='replace')}…"
