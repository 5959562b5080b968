"""Nothing flows from what is closed to an observer into any byte he gets (reliability.md Z5, LVL, HIER-3).

All variations of a base world are compared with the base, so any two of them are a pair that is equal as well; only
the comparisons that were made are counted.
"""

from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from typing import Any

import pytest
from litestar import Litestar
from market import Market
from scripts import differences, observe
from snapshots import Snapshot
from sqlalchemy import true
from worlds import OBSERVERS, Observer, Stopped, World, forget_caches, hide, standing_container

from b2b_dvizhenie.adapters.postgres import documents_scope, ordering_carts, pricing_books
from b2b_dvizhenie.adapters.postgres.closings import OPEN, Closing
from b2b_dvizhenie.adapters.postgres.views import balances as balance_reads
from b2b_dvizhenie.adapters.postgres.views import catalog_sql
from b2b_dvizhenie.adapters.postgres.views import drift as drift_reads
from b2b_dvizhenie.adapters.postgres.views import orders as order_reads
from b2b_dvizhenie.adapters.postgres.views import sessions as session_reads
from b2b_dvizhenie.adapters.postgres.views import vip as vip_reads
from b2b_dvizhenie.application.shared.actor import Actor
from b2b_dvizhenie.domain.pricing import Target
from b2b_dvizhenie.domain.shared import ids
from b2b_dvizhenie.entrypoints.container import Container, running
from b2b_dvizhenie.entrypoints.settings import Settings

pytestmark = [pytest.mark.anyio, pytest.mark.postgres, pytest.mark.slow]
PAIRS, NIGHTLY_PAIRS = 10, 200
"""Of each observer. Five of them, so fifty pairs by day and a thousand at night (reliability.md Z5)."""
QUESTIONS = 200
NEWCOMER, CLIENT, MANAGER, HEAD, DIRECTOR = OBSERVERS


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Stopped:
    one = Stopped()
    for name, stand_in in zip(("os", "time"), one.patched(), strict=True):
        monkeypatch.setattr(ids, name, stand_in)
    return one


class Theatre:
    """One base world over one database, in which variations are played."""

    def __init__(self, world: World, app: Litestar, clock: Stopped, snapshot: Snapshot) -> None:
        self.world, self._app, self._clock, self._snapshot = world, app, clock, snapshot

    async def play(self, seed: int, about: tuple[str, ...] = ()) -> list:
        """What the observer gets in the variation of this seed, of all he can ask or only about something."""
        self._snapshot.restore()
        hide(self.world, self._snapshot, seed)
        self._clock.restart()
        forget_caches(self.world.market.container)
        return await observe(self._app, self.world, self._clock, about)


Opening = Callable[[Observer], AbstractAsyncContextManager[Theatre]]


@pytest.fixture
def opening(
    app_settings: Settings, database_url: str, clock: Stopped, stage: Container, application: Litestar
) -> Opening:
    """Opens a theatre for an observer, over the application that all tests share."""

    @asynccontextmanager
    async def opened(observer: Observer) -> AsyncIterator[Theatre]:
        async with running(standing_container(app_settings, database_url, clock)) as container:
            stage.override(container)
            try:
                world = await World(await Market(container).open(), observer, observer.level).open()
                with Snapshot(database_url) as snapshot:
                    yield Theatre(world, application, clock, snapshot)
            finally:
                stage.reset_override()

    return opened


@pytest.mark.parametrize("observer", OBSERVERS, ids=lambda one: one.name)
async def test_what_is_closed_changes_no_byte(
    opening: Opening,
    observer: Observer,
    request: pytest.FixtureRequest,
    capsys: pytest.CaptureFixture[str],
) -> None:
    pairs = NIGHTLY_PAIRS if request.config.getoption("--nightly") else PAIRS
    async with opening(observer) as stage:
        base = await stage.play(0)
        answers = sum(answer.status < 400 for _, answer in base)
        for seed in range(1, pairs + 1):
            found = differences(base, await stage.play(seed))
            assert not found, f"variation {seed}: {len(found)} answers differ\n" + "\n".join(found[:20])
    with capsys.disabled():
        print(  # noqa: T201
            f"\nnoninterference, {observer.name}: {pairs} pairs of worlds × {len(base)} requests"
            f" ({answers} answered, {len(base) - answers} refused), 0 bytes differ"
        )
    assert answers >= QUESTIONS


async def _noticed(stage: Theatre, *about: str) -> list[str]:
    base = await stage.play(0, about)
    for seed in range(1, PAIRS + 1):
        found = differences(base, await stage.play(seed, about))
        if found:
            return found
    return []


async def test_documents_of_other_companies_are_noticed(opening: Opening, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(documents_scope, "visible_orders", lambda *_, **__: true())
    async with opening(MANAGER) as stage:
        found = await _noticed(stage, "/api/v1/documents", "/documents")
    assert any("GET /documents" in one for one in found)
    assert any("GET /api/v1/documents" in one for one in found)


async def test_documents_shown_below_their_level_are_noticed(opening: Opening, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Actor, "opens", lambda *_: True)
    async with opening(NEWCOMER) as stage:
        found = await _noticed(stage, "/api/v1/documents")
    assert found


async def test_sums_of_colleagues_unmasked_are_noticed(opening: Opening, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(order_reads, "sums_are_open", lambda *_, **__: True)
    async with opening(NEWCOMER) as stage:
        found = await _noticed(stage, "/api/v1/orders")
        monkeypatch.setattr(Actor, "opens", lambda *_: True)
        found += await _noticed(stage, "/api/v1/balance")
    assert any("/api/v1/orders" in one for one in found)
    assert any("/api/v1/balance" in one for one in found)


async def test_prices_of_the_agreement_shown_to_the_first_level_are_noticed(
    opening: Opening, monkeypatch: pytest.MonkeyPatch
) -> None:
    closed = "'individual_prices' = ANY (l.opens)"
    assert closed in session_reads._ACTOR
    monkeypatch.setattr(session_reads, "_ACTOR", session_reads._ACTOR.replace(closed, "true"))
    async with opening(NEWCOMER) as stage:
        found = await _noticed(stage, "/api/v1/catalog/products?limit=50")
    assert any("/api/v1/catalog/products" in one for one in found)


async def test_a_count_without_the_predicate_is_noticed(opening: Opening, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(order_reads, "visible_orders", lambda *_: true())
    async with opening(MANAGER) as stage:
        found = await _noticed(stage, "/api/v1/orders")
    assert any("/api/v1/orders" in one for one in found)


async def test_a_cabinet_that_is_open_while_any_company_is_vip_is_noticed(
    opening: Opening, monkeypatch: pytest.MonkeyPatch
) -> None:
    """VIP-1."""
    own = "v.company_id IS NOT NULL,"
    for name in ("_ACTOR_OF", "_ACTOR"):
        statement = getattr(session_reads, name)
        assert own in statement
        monkeypatch.setattr(session_reads, name, statement.replace(own, "EXISTS (SELECT FROM vip_company),"))
    async with opening(CLIENT) as stage:
        found = await _noticed(stage, "/api/v1/vip", "/vip")
    assert any("vip" in one for one in found)


async def test_activations_drifts_and_balances_without_their_predicates_are_noticed(
    opening: Opening, monkeypatch: pytest.MonkeyPatch
) -> None:
    """VIP-3, the report of drifts, balances: three leaks in one world."""
    monkeypatch.setattr(vip_reads, "visible_companies", lambda *_: true())
    monkeypatch.setattr(drift_reads, "visible_orders", lambda *_: true())
    monkeypatch.setattr(balance_reads, "visible_companies", lambda *_: true())
    async with opening(MANAGER) as stage:
        found = await _noticed(stage, "/api/v1/vip-activations", "/api/v1/drifts", "/api/v1/companies")
    assert any("/api/v1/vip-activations" in one for one in found)
    assert any("/api/v1/drifts" in one for one in found)
    assert any("/balance" in one for one in found)


def _everything_known(_: Closing) -> str:
    return catalog_sql.KNOWN


def _whole_cart(_: Closing, made: Callable[[Closing], Any] = ordering_carts._cart_sql) -> Any:
    return made(OPEN)


@pytest.mark.parametrize(
    ("module", "name", "without", "about", "where"),
    [
        (catalog_sql, "known", _everything_known, ("/api/v1/catalog/products?q=", "/search"), "q="),
        (ordering_carts, "_cart_sql", _whole_cart, ("/cart", "/api/v1/cart"), "/cart"),
    ],
    ids=["words", "cart"],
)
async def test_a_reader_without_the_predicate_of_closed_goods_is_noticed(
    opening: Opening,
    monkeypatch: pytest.MonkeyPatch,
    module: Any,
    name: str,
    without: Callable[[Closing], Any],
    about: tuple[str, ...],
    where: str,
) -> None:
    """HIER-7: what a misspelt word was taken for, what a line of a cart costs."""
    monkeypatch.setattr(module, name, without)
    async with opening(CLIENT) as stage:
        found = await _noticed(stage, *about)
    assert any(where in one for one in found), found


async def test_discounts_of_other_companies_are_noticed(opening: Opening, monkeypatch: pytest.MonkeyPatch) -> None:
    """PRC-3: rules for any company are read as one's own, and nobody asks for whom they are."""
    own = "r.companies @> ARRAY[%(company)s]::uuid[]"
    assert own in pricing_books._OWN
    monkeypatch.setattr(pricing_books, "_OWN", pricing_books._OWN.replace(own, "r.companies <> '{}'"))
    monkeypatch.setattr(Target, "covers", lambda *_: True)
    async with opening(CLIENT) as stage:
        found = await _noticed(stage, "/api/v1/catalog/products?limit=50")
    assert any("/api/v1/catalog/products" in one for one in found)
