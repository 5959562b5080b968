"""What a draft would change: exactly nothing where the rules are the same, exactly what was planted where not."""

from decimal import Decimal
from uuid import UUID

from hypothesis import given
from hypothesis import strategies as st
from pricing_worlds import BRAND, BUYER, NOW, groups, line, policies, prices, quantities, terms

from b2b_dvizhenie.domain.pricing import BulkPrice, Effect, Group, Kind, Limits, LineInput, Rule, Shelf, Side, Tally
from b2b_dvizhenie.domain.shared.ids import VariantId
from b2b_dvizhenie.domain.shared.money import RoundingPolicy

VARIANT = VariantId(UUID(int=9))
_lines = st.lists(st.builds(line, prices, quantities), min_size=1, max_size=4)


def compared(before: Group, after: Group, lines: list[LineInput], policy: RoundingPolicy) -> Tally:
    tally = Tally()
    sides = [Shelf(group, NOW).pricer(terms(policy), BUYER) for group in (before, after)]
    for place, one in enumerate(lines):
        keys = {Side.COMPANY: "c", Side.MANAGER: str(place % 2), Side.ARTICLE: str(place)}
        tally.add("RUB", keys, *(side.price(one) for side in sides))
    return tally


@given(groups(), policies, _lines)
def test_unchanged_rules_change_exactly_nothing(group: Group, policy: RoundingPolicy, lines: list[LineInput]) -> None:
    (report,) = compared(group, group, lines, policy).report(10)
    assert (report.total.lines, report.total.change, report.total.changed) == (len(lines), 0, 0)
    assert report.total.held_before == report.total.held_after
    assert all(not parts for parts in report.parts.values())


@given(groups(), groups(), policies, _lines)
def test_parts_of_every_side_add_up_to_the_whole(
    before: Group, after: Group, policy: RoundingPolicy, lines: list[LineInput]
) -> None:
    (report,) = compared(before, after, lines, policy).report(10)
    for side, parts in report.parts.items():
        assert sum((part.delta.change for part in parts), Decimal(0)) == report.total.change
        assert sum(part.delta.changed for part in parts) == report.total.changed
        assert report.counts[side] == len(parts)
        changes = [abs(part.delta.change) for part in parts]
        assert changes == sorted(changes, reverse=True)


def test_a_planted_change_gives_the_hand_computed_difference() -> None:
    def rules(percent: str) -> Group:
        return Group(UUID(int=1), (Rule(UUID(int=2), Kind.BRAND, Effect.PERCENT, Decimal(percent), brand_id=BRAND),))

    floor = Limits(floor=Decimal(85))
    lines = [line(Decimal(100), Decimal(2), limits=floor), line(Decimal(50), Decimal(1))]
    (report,) = compared(rules("10"), rules("20"), lines, RoundingPolicy.LINE_EACH_DISCOUNT).report(1)
    # 2 × 90 = 180 becomes 2 × 85 = 170 (the floor holds), 45 becomes 40.
    total = report.total
    assert (total.before, total.after, total.change) == (225, 210, -15)
    assert (total.cheaper, total.dearer, total.held_before, total.held_after) == (2, 0, 0, 1)
    (first,) = report.parts[Side.ARTICLE]
    assert (first.key, first.delta.change, report.counts[Side.ARTICLE]) == ("0", -10, 2)
    (back,) = compared(rules("20"), rules("10"), lines, RoundingPolicy.LINE_EACH_DISCOUNT).report(1)
    assert (back.total.change, back.total.dearer, back.total.held_before) == (15, 2, 1)


def test_lines_are_counted_by_what_became_of_them() -> None:
    """One dearer, one cheaper, one as before; of parts with equal changes the first by key comes first."""
    tally = Tally()
    for key, before, after in (("b", 100, 110), ("a", 100, 90), ("c", 100, 100), ("d", None, 1), ("e", 1, None)):
        sides = (None if one is None else Decimal(one) for one in (before, after))
        tally.add("RUB", {Side.ARTICLE: key}, *(BulkPrice(VARIANT, Decimal(1), one, one) for one in sides))
    (report,) = tally.report(10)
    total = report.total
    assert (total.lines, total.dearer, total.cheaper, total.changed, total.change) == (3, 1, 1, 2, 0)
    assert [part.key for part in report.parts[Side.ARTICLE]] == ["a", "b"]
