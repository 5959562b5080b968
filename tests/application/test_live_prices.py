"""Live prices: asked once for all lines, told in time or not at all, only to who may hear them (LIV-1, LIV-2)."""

import asyncio
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any
from uuid import UUID

import pytest
from msgspec.structs import replace

from b2b_dvizhenie.application.pricing import LineRequest, LivePrices, LiveReferences, LiveWatch
from b2b_dvizhenie.application.settings import CurrentSettings
from b2b_dvizhenie.application.shared.actor import Actor
from b2b_dvizhenie.application.shared.breaker import COOL_DOWN, Breaker
from b2b_dvizhenie.domain.companies import Terms
from b2b_dvizhenie.domain.hierarchy import Permission, Scope
from b2b_dvizhenie.domain.pricing import LIVE_DEADLINE, LIVE_PAUSED, AskedLine, LiveKey, Question, Told
from b2b_dvizhenie.domain.shared.ids import CompanyId, PriceTypeId, UserId, VariantId, new_id
from b2b_dvizhenie.domain.visibility import EVERYTHING, HiddenPrices, Information
from b2b_dvizhenie.testing.twins import LivePricesInMemory

pytestmark = pytest.mark.anyio
DAY = datetime(2026, 11, 25, tzinfo=UTC)
GOODS = [VariantId(UUID(int=number)) for number in range(4)]
LINES = [LineRequest(variant, Decimal(2)) for variant in GOODS]


class Watch(LiveWatch):
    def __init__(self) -> None:
        self.outcomes: list[str] = []
        self.states: list[str] = []
        self.skips = 0

    def asked(self, outcome: str, took: timedelta, lines: int) -> None:
        self.outcomes.append(outcome)
        assert lines
        assert took >= timedelta(0)

    def skipped(self) -> None:
        self.skips += 1

    def breaker(self, state: str) -> None:
        self.states.append(state)


class Names(LiveReferences):
    """The ERP calls goods by their number."""

    def __init__(self) -> None:
        self.broken = False

    async def question(self, terms: Terms, lines: Sequence[LiveKey], node: str, request_id: str) -> Question | None:
        if self.broken:
            raise ConnectionError(node)
        asked = tuple(AskedLine(one, quantity, str(one.int), "") for one, quantity in lines)
        return Question(request_id, str(terms.company_id), "", "", "", "", "RUB", terms.vat_included, asked)

    async def ages(self, terms: Terms, variants: Sequence[VariantId]) -> Mapping[VariantId, datetime]:
        return dict.fromkeys(variants, DAY) if terms else {}


class World:
    """Live prices over the twin, with a clock and settings of the test's own."""

    def __init__(self) -> None:
        self.now = DAY
        self.settings: dict[str, Any] = {LIVE_DEADLINE.key: 5000}
        self.erp = LivePricesInMemory({(str(one.int), ""): Decimal(10 + one.int) for one in GOODS})
        self.names, self.watch = Names(), Watch()
        self.breaker = Breaker(lambda: timedelta(0), self.watch.breaker)
        current = CurrentSettings(self, self.clock)  # type: ignore[arg-type]  # the test itself holds the values
        self.live = LivePrices(self.erp, self.names, current, self.clock, self.breaker, self.watch)

    def clock(self) -> datetime:
        return self.now

    async def values(self) -> Mapping[str, Any]:
        return self.settings

    async def until_asked(self, times: int) -> None:
        for _ in range(1000):
            if len(self.erp.questions) >= times:
                return
            await asyncio.sleep(0)
        pytest.fail("nobody asked")


def person(company: int = 1, **changes: Any) -> Actor:
    terms = Terms(CompanyId(UUID(int=company)), None, PriceTypeId(UUID(int=7)))
    actor = Actor(
        UserId(new_id()), "Anna", "client", {Permission.PRICES_VIEW: Scope.OWN}, opened=EVERYTHING, terms=terms
    )
    return replace(actor, **changes)


def amounts(found: Mapping[LiveKey, Any]) -> list[int]:
    return sorted(int(one.price) for one in found.values())


async def test_one_question_for_all_and_fresh_answers_are_shared() -> None:
    world = World()
    answer = await world.live(person(), [*LINES, LINES[0]])
    assert answer.asked
    assert amounts(answer.prices) == [10, 11, 12, 13]
    assert [len(one.lines) for one in world.erp.questions] == [4]
    colleague = person()
    assert amounts((await world.live(colleague, LINES)).prices) == [10, 11, 12, 13]
    assert amounts(world.live.fresh(colleague, LINES[:2])) == [10, 11]
    assert world.live.fresh(person(company=2), LINES) == {}, "what one company was told is nobody else's"
    assert len(world.erp.questions) == 1
    await world.live(person(company=2), LINES[:1])
    await world.live(person(), LINES, again=True)
    assert [len(one.lines) for one in world.erp.questions] == [4, 1, 4], "an order asks whatever was told before"
    world.now += timedelta(seconds=5)
    assert world.live.fresh(colleague, LINES) == {}
    other = [LineRequest(GOODS[0], Decimal(3))]
    await world.live(person(), other)
    assert world.erp.questions[-1].lines[0].quantity == 3
    assert world.watch.outcomes == ["answered"] * 4
    await world.live(person(), LINES)
    world.erp.prices.clear()
    await world.live(person(), LINES, again=True)
    assert world.live.fresh(colleague, LINES) == {}, "what it does not tell any more is forgotten"


async def test_twenty_pages_at_once_ask_each_line_once() -> None:
    """The control shares nothing: twenty pages are twenty questions."""

    async def pages(*, shared: bool) -> int:
        worlds = [World()] if shared else [World() for _ in range(20)]
        erp = worlds[0].erp
        for one in worlds:
            one.live._source = erp
        erp.gate = asyncio.Event()
        overlapping = [LINES[number % 3 : number % 3 + 2] for number in range(20)]
        asking = [
            asyncio.create_task(worlds[number % len(worlds)].live(person(), lines))
            for number, lines in enumerate(overlapping)
        ]
        await worlds[0].until_asked(3)
        await asyncio.sleep(0)
        erp.gate.set()
        for answer, lines in zip(await asyncio.gather(*asking), overlapping, strict=True):
            assert amounts(answer.prices) == sorted(10 + line.variant_id.int for line in lines)
        return sum(len(one.lines) for one in erp.questions)

    assert await pages(shared=True) == len(GOODS)
    assert await pages(shared=False) == 40


async def test_who_leaves_takes_nobody_along() -> None:
    world = World()
    world.erp.gate = asyncio.Event()
    first = asyncio.create_task(world.live(person(), LINES))
    await world.until_asked(1)
    second = asyncio.create_task(world.live(person(), LINES))
    await asyncio.sleep(0)
    first.cancel()
    world.erp.gate.set()
    assert amounts((await second).prices) == [10, 11, 12, 13]
    assert len(world.erp.questions) == 1


async def test_the_deadline_is_for_the_whole_and_the_breaker_ends_the_waiting() -> None:
    world = World()
    world.settings[LIVE_DEADLINE.key] = 100
    world.erp.gate = asyncio.Event()
    loop = asyncio.get_running_loop()
    began = loop.time()
    answers = await asyncio.gather(*(world.live(person(number), LINES) for number in range(1, 6)))
    assert all(answer.asked and not answer.prices for answer in answers)
    assert loop.time() - began < 1
    assert world.watch.states == ["open"]
    began = loop.time()
    assert (await world.live(person(), LINES)).asked
    assert loop.time() - began < 0.05, "an open breaker costs no waiting"
    assert (world.watch.skips, len(world.erp.questions)) == (1, 5)
    world.erp.gate.set()
    world.now += COOL_DOWN
    for number in range(3):
        assert amounts((await world.live(person(), LINES, again=True)).prices) == [10, 11, 12, 13], number
    assert world.watch.states == ["open", "trying", "closed"]


async def test_whatever_goes_wrong_is_the_stored_price() -> None:
    def another_company(told: Told) -> Told:
        return replace(told, company_ref="another")

    def broken(told: Told) -> Told:
        raise RuntimeError(told.request_id)

    world = World()
    for bend, outcome in ((another_company, "company"), (broken, "error RuntimeError")):
        world.erp.bending = bend
        assert (await world.live(person(), LINES)).prices == {}
        assert world.watch.outcomes[-1] == outcome
    world.names.broken = True
    assert (await world.live(person(), LINES)).prices == {}
    assert len(world.watch.outcomes) == 2, "our own fault is not the ERP's"
    world.names.broken = False
    world.erp.bending = lambda told: replace(told, ttl_seconds=10**30)
    assert len((await world.live(person(), LINES)).prices) == 4
    world.now += timedelta(seconds=299)
    assert len(world.live.fresh(person(), LINES)) == 4
    world.now += timedelta(seconds=1)
    assert world.live.fresh(person(), LINES) == {}


@pytest.mark.parametrize(
    "changes",
    [
        {"opened": EVERYTHING - {Information.INDIVIDUAL_PRICES}},
        {"opened": EVERYTHING - {Information.DISCOUNTS}},
        {"opened": frozenset(), "hidden_prices": HiddenPrices.CONCEAL},
        {"grants": {}},
        {"terms": None},
    ],
)
async def test_who_may_not_see_the_agreements_prices_hears_none(changes: dict[str, Any]) -> None:
    world = World()
    await world.live(person(), LINES)
    stranger = person(**changes)
    assert not world.live.may_hear(stranger)
    answer = await world.live(stranger, LINES)
    assert (answer.asked, answer.prices, world.live.fresh(stranger, LINES)) == (False, {}, {})
    assert len(world.erp.questions) == 1


async def test_an_administrator_can_switch_it_off() -> None:
    world = World()
    world.settings[LIVE_PAUSED.key] = True
    assert not (await world.live(person(), LINES)).asked
    assert world.erp.questions == []
