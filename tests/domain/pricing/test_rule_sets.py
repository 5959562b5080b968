"""A rule set as people write it: limits that make sense, groups that make one tree, prices that limits are told by."""

from decimal import Decimal
from typing import Any
from uuid import UUID

import pytest
from pricing_worlds import TYPE

from b2b_dvizhenie.domain.pricing import (
    Effect,
    Group,
    GroupNode,
    GroupTreeInvalid,
    Kind,
    LimitInvalid,
    Limits,
    PricePoint,
    Rule,
    SetLimits,
    Strategy,
    limits_of,
    tree,
)
from b2b_dvizhenie.domain.shared.ids import PriceTypeId

COST = PriceTypeId(UUID(int=70))
OTHER = PriceTypeId(UUID(int=71))


def node(number: int, parent: int | None = None, **more: Any) -> GroupNode:
    return GroupNode(group_id=UUID(int=number), parent_id=None if parent is None else UUID(int=parent), **more)


def rule(number: int, **more: Any) -> Rule:
    return Rule(UUID(int=number), Kind.BRAND, Effect.PERCENT, Decimal(5), brand_id=UUID(int=9), **more)


@pytest.mark.parametrize(
    ("more", "field", "maximum"),
    [
        ({"max_total_percent": Decimal("-0.01")}, "max_total_percent", "100"),
        ({"max_total_percent": Decimal("100.01")}, "max_total_percent", "100"),
        ({"max_total_percent": Decimal("NaN")}, "max_total_percent", "100"),
        ({"minimal_margin": Decimal(-1), "cost_price_type_id": COST}, "minimal_margin", "10000"),
        ({"minimal_margin": Decimal(10_001), "cost_price_type_id": COST}, "minimal_margin", "10000"),
        ({"minimal_margin": Decimal("Infinity"), "cost_price_type_id": COST}, "minimal_margin", "10000"),
        ({"minimal_margin": Decimal(5)}, "cost_price_type_id", "10000"),
        ({"cost_price_type_id": COST}, "minimal_margin", "10000"),
    ],
)
def test_limits_that_make_no_sense_name_their_field(more: dict[str, Any], field: str, maximum: str) -> None:
    with pytest.raises(LimitInvalid) as refused:
        SetLimits(**more)
    assert (refused.value.field, refused.value.params) == (field, {"maximum": maximum})


def test_the_outermost_limits_are_taken() -> None:
    for percent, margin in ((0, 0), (100, 10_000)):
        SetLimits(cost_price_type_id=COST, minimal_margin=Decimal(margin), max_total_percent=Decimal(percent))


def test_a_tree_has_its_groups_and_rules_where_they_were_put() -> None:
    nodes = [
        node(1, strategy=Strategy.BY_KIND, inner=Strategy.MIN, kind_order=(Kind.BRAND,)),
        node(2, 1, strategy=Strategy.SUM, cap_percent=None, ignore_zero=False, priority=3, order=4, exclusive=True),
        node(3, 2),
        node(4, 1),
    ]
    placed = [(UUID(int=1), rule(11)), (UUID(int=3), rule(12)), (UUID(int=3), rule(13))]
    deepest = Group(UUID(int=3), (rule(12), rule(13)))
    second = Group(
        UUID(int=2),
        (),
        (deepest,),
        Strategy.SUM,
        cap_percent=None,
        ignore_zero=False,
        priority=3,
        order=4,
        exclusive=True,
    )
    below = (second, Group(UUID(int=4)))
    root = Group(UUID(int=1), (rule(11),), below, Strategy.BY_KIND, Strategy.MIN, kind_order=(Kind.BRAND,))
    assert tree(nodes, placed) == root
    assert tree([node(1)]) == Group(UUID(int=1)), "a node says nothing else than a group that nothing is said of"


@pytest.mark.parametrize(
    ("nodes", "reason"),
    [
        ([], "no_root"),
        ([node(1, 2), node(2, 1)], "no_root"),
        ([node(1), node(2)], "many_roots"),
        ([node(1), node(2, 7)], "unknown_parent"),
        ([node(1), node(2, 3), node(3, 2)], "cycle"),
        ([node(1), *(node(at + 1, at) for at in range(1, 9))], "too_deep"),
        ([node(1), *(node(at, 1) for at in range(2, 202))], "too_many"),
    ],
)
def test_groups_that_make_no_tree_are_refused(nodes: list[GroupNode], reason: str) -> None:
    with pytest.raises(GroupTreeInvalid) as refused:
        tree(nodes)
    assert refused.value.params["reason"] == reason


def test_eight_levels_and_two_hundred_groups_are_taken() -> None:
    deep = tree([node(1), *(node(at + 1, at) for at in range(1, 8))])
    for _ in range(7):
        (deep,) = deep.groups
    assert len(tree([node(1), *(node(at, 1) for at in range(2, 201))]).groups) == 199


def test_a_rule_of_no_group_is_refused() -> None:
    with pytest.raises(GroupTreeInvalid) as refused:
        tree([node(1)], [(UUID(int=2), rule(11))])
    assert refused.value.params == {"reason": "unknown_parent"}


def test_limits_of_a_line_are_told_by_its_quantity_and_currency() -> None:
    guards = (
        PricePoint(TYPE, Decimal(80), "RUB"),
        PricePoint(TYPE, Decimal(70), "RUB", Decimal(10)),
        PricePoint(TYPE, Decimal(75), "RUB", Decimal(5)),
        PricePoint(TYPE, Decimal(1), "USD", Decimal(10)),
        PricePoint(COST, Decimal(60), "RUB"),
        PricePoint(OTHER, Decimal(2), "RUB", Decimal(10)),
    )
    every = SetLimits(TYPE, COST, Decimal(5), Decimal(20))
    told = [limits_of(every, guards, Decimal(quantity), "RUB") for quantity in (9, 10)]
    assert told == [
        Limits(Decimal(floor), cost=Decimal(60), minimal_margin=Decimal(5), max_total_percent=Decimal(20))
        for floor in (75, 70)
    ]
    assert limits_of(every, guards, Decimal(9), "USD") == Limits(None, None, Decimal(5), Decimal(20))
    assert limits_of(SetLimits(), guards, Decimal(10), "RUB") == Limits()
    (first, *_) = guards
    assert limits_of(SetLimits(TYPE), (first, first), Decimal(1), "RUB") == Limits(Decimal(80))
