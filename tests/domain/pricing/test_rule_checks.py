"""What people type for a rule: every fault is told with its field, and what is meant comes out as it was typed."""

from datetime import UTC, datetime, timedelta, timezone
from decimal import Decimal
from typing import Any
from uuid import UUID

import pytest

from b2b_dvizhenie.domain.pricing import Effect, Kind, Rule, RuleInput, Target, rule_of
from b2b_dvizhenie.domain.shared.errors import Invalid

ID, SECTION, BRAND = UUID(int=1), UUID(int=2), UUID(int=3)
NOW = datetime(2026, 11, 25, 12, tzinfo=UTC)


def typed(kind: Kind = Kind.CATEGORY_BRAND, **more: Any) -> RuleInput:
    named = {"value": Decimal(5), "category_id": SECTION, "brand_id": BRAND, "articles": (" A-1 ", "B", " ")}
    return RuleInput(kind=kind, **(named | more))


def faults(one: RuleInput) -> list[tuple[str, str | None, Any]]:
    with pytest.raises(Invalid) as refused:
        rule_of(one, ID)
    return [(fault.code, fault.field, fault.params.get("maximum")) for fault in refused.value.errors]


@pytest.mark.parametrize(
    ("kind", "kept"),
    [
        (Kind.CATEGORY, (SECTION, None, frozenset())),
        (Kind.BRAND, (None, BRAND, frozenset())),
        (Kind.CATEGORY_BRAND, (SECTION, BRAND, frozenset())),
        (Kind.ARTICLES, (None, None, frozenset({"A-1", "B"}))),
    ],
)
def test_a_kind_keeps_what_it_asks_for(kind: Kind, kept: tuple[UUID | None, UUID | None, frozenset[str]]) -> None:
    rule = rule_of(typed(kind), ID)
    assert (rule.category_id, rule.brand_id, rule.articles) == kept


def test_what_is_not_typed_is_as_a_plain_rule_has_it() -> None:
    plain = Rule(ID, Kind.BRAND, Effect.PERCENT, Decimal(5), brand_id=BRAND)
    assert rule_of(RuleInput(kind=Kind.BRAND, value=Decimal(5), brand_id=BRAND), ID) == plain
    assert (plain.minimum, plain.priority, plain.order, plain.is_active) == (0, 0, 0, True)
    assert {plain.stop_level, plain.stop_all, plain.exclusive} == {False}


def test_everything_typed_comes_out() -> None:
    moscow = timezone(timedelta(hours=3))
    as_typed: dict[str, Any] = {
        "effect": Effect.AMOUNT,
        "currency": "USD",
        "ends_at": NOW + timedelta(days=1),
        "minimum": Decimal("0.125"),
        "priority": -1_000_000,
        "order": 1_000_000,
        "stop_level": True,
        "stop_all": True,
        "exclusive": True,
        "is_active": False,
    }
    named = [UUID(int=number) for number in (5, 6, 7)]
    buyers = dict(zip(("companies", "agreements", "segments"), ((one,) for one in named), strict=True))
    rule = rule_of(typed(Kind.BRAND, starts_at=NOW.astimezone(moscow), **as_typed, **buyers), ID)
    target = Target(*(frozenset({one}) for one in named))
    wanted: dict[str, Any] = {"kind": Kind.BRAND, "value": Decimal(5), "brand_id": BRAND, "starts_at": NOW}
    assert rule == Rule(rule_id=ID, target=target, **wanted, **as_typed)
    assert rule.starts_at is not None
    assert rule.starts_at.tzinfo is UTC


@pytest.mark.parametrize(
    ("more", "told"),
    [
        ({"value": Decimal("-0.01")}, ("pricing.value_invalid", "value", "100")),
        ({"value": Decimal("100.0001")}, ("pricing.value_invalid", "value", "100")),
        ({"value": Decimal("0.00001")}, ("pricing.value_invalid", "value", "100")),
        ({"value": Decimal("NaN")}, ("pricing.value_invalid", "value", "100")),
        (
            {"value": Decimal(100_000_000_000_000), "effect": Effect.FIXED_PRICE},
            ("pricing.value_invalid", "value", "99999999999999"),
        ),
        ({"minimum": Decimal(-1)}, ("pricing.minimum_invalid", "minimum", None)),
        ({"minimum": Decimal("0.0001")}, ("pricing.minimum_invalid", "minimum", None)),
        ({"minimum": Decimal(1_000_000_000_000)}, ("pricing.minimum_invalid", "minimum", None)),
        ({"minimum": Decimal("Infinity")}, ("pricing.minimum_invalid", "minimum", None)),
        ({"priority": 1_000_001}, ("pricing.rank_invalid", "priority", 1_000_000)),
        ({"order": -1_000_001}, ("pricing.rank_invalid", "order", 1_000_000)),
        ({"category_id": None}, ("pricing.section_required", "category_id", None)),
        ({"brand_id": None}, ("pricing.brand_required", "brand_id", None)),
        ({"kind": Kind.CATEGORY, "category_id": None}, ("pricing.section_required", "category_id", None)),
        ({"kind": Kind.BRAND, "brand_id": None}, ("pricing.brand_required", "brand_id", None)),
        ({"kind": Kind.ARTICLES, "articles": (" ",)}, ("pricing.articles_required", "articles", 10_000)),
        (
            {"kind": Kind.ARTICLES, "articles": tuple(map(str, range(10_001)))},
            ("pricing.articles_required", "articles", 10_000),
        ),
        ({"starts_at": NOW, "ends_at": NOW}, ("pricing.period_invalid", "ends_at", None)),
        ({"starts_at": NOW, "ends_at": NOW - timedelta(1)}, ("pricing.period_invalid", "ends_at", None)),
        ({"currency": "rub"}, ("pricing.currency_invalid", "currency", None)),
        ({"currency": "RU"}, ("pricing.currency_invalid", "currency", None)),
        ({"currency": "RU1"}, ("pricing.currency_invalid", "currency", None)),
        ({"currency": "\N{CYRILLIC CAPITAL LETTER ER}UB"}, ("pricing.currency_invalid", "currency", None)),
    ],
)
def test_a_fault_names_its_field_and_no_other(more: dict[str, Any], told: tuple[str, str, Any]) -> None:
    assert faults(typed(**more)) == [told]


def test_every_fault_is_told_at_once() -> None:
    many = faults(typed(value=Decimal(-1), minimum=Decimal(-1), priority=2_000_000, order=2_000_000, currency=""))
    assert [field for _, field, _ in many] == ["value", "minimum", "priority", "order", "currency"]


@pytest.mark.parametrize(
    "more",
    [
        {"value": Decimal(0)},
        {"value": Decimal(100)},
        {"value": Decimal("1E+1")},
        {"value": Decimal("0.000100000")},
        {"value": Decimal(99_999_999_999_999), "effect": Effect.AMOUNT},
        {"minimum": Decimal(999999999999)},
        {"minimum": Decimal("0.001")},
        {"kind": Kind.ARTICLES, "articles": ("A",)},
        {"kind": Kind.ARTICLES, "articles": tuple(map(str, range(10_000)))},
        {"starts_at": NOW},
        {"ends_at": NOW},
    ],
)
def test_the_outermost_values_are_taken(more: dict[str, Any]) -> None:
    rule_of(typed(**more), ID)
