"""The price function: right type, right break, rounded by policy, explained (pricing-semantics.md)."""

from datetime import UTC, datetime
from decimal import Decimal
from uuid import UUID

from hypothesis import given
from hypothesis import strategies as st

from b2b_dvizhenie.domain.companies import Terms
from b2b_dvizhenie.domain.pricing import LineInput, LineQuote, NoPrice, PricePoint, quote, quote_line
from b2b_dvizhenie.domain.shared.ids import CompanyId, PriceTypeId, VariantId
from b2b_dvizhenie.domain.shared.money import RoundingPolicy, round_money

OWN, OTHER = PriceTypeId(UUID(int=1)), PriceTypeId(UUID(int=2))
VARIANT = VariantId(UUID(int=9))
NOW = datetime(2026, 11, 25, tzinfo=UTC)

policies = st.sampled_from(RoundingPolicy)
quantities = st.decimals("0.001", 10_000, places=3)
points = st.builds(
    PricePoint,
    price_type_id=st.sampled_from([OWN, OTHER]),
    amount=st.decimals("0.0001", 1_000_000, places=4),
    currency=st.sampled_from(["RUB", "USD"]),
    min_quantity=st.sampled_from([Decimal(n) for n in (0, 1, 10, 100)]),
)


def terms(rounding: RoundingPolicy = RoundingPolicy.LINE_EACH_DISCOUNT) -> Terms:
    return Terms(CompanyId(UUID(int=5)), None, OWN, "RUB", rounding)


def recompute(line: LineQuote) -> Decimal:
    """The line's amount from its explanation alone."""
    assert line.base is not None
    if line.base.rounding is RoundingPolicy.UNIT_THEN_LINE:
        return round_money(round_money(line.base.amount, "RUB") * line.quantity, "RUB")
    return round_money(line.base.amount * line.quantity, "RUB")


@given(st.lists(points, max_size=8, unique_by=lambda p: (p.price_type_id, p.min_quantity)), quantities, policies)
def test_base_is_the_largest_break_reached(prices: list[PricePoint], quantity: Decimal, policy: RoundingPolicy) -> None:
    line = quote_line(terms(policy), LineInput(VARIANT, quantity, tuple(prices)))
    fitting = [
        p for p in prices if p.price_type_id == OWN and p.currency == "RUB" and p.min_quantity <= quantity
    ]  # by the ruling, independently
    if not fitting:
        assert line.unit_price is None
        assert line.amount is None
        assert line.base is None
        assert line.reason is not None
        return
    best = max(fitting, key=lambda p: p.min_quantity)
    assert line.base is not None
    assert (line.base.amount, line.base.min_quantity) == (best.amount, best.min_quantity)
    assert line.unit_price == round_money(best.amount, "RUB")
    assert line.amount == recompute(line)


@given(st.permutations([PricePoint(OWN, Decimal(n), "RUB", Decimal(n)) for n in (0, 1, 10, 100)][1:]), quantities)
def test_row_order_does_not_matter(prices: list[PricePoint], quantity: Decimal) -> None:
    shuffled = quote_line(terms(), LineInput(VARIANT, quantity, tuple(prices)))
    ordered = sorted(prices, key=lambda p: p.min_quantity)
    assert shuffled == quote_line(terms(), LineInput(VARIANT, quantity, tuple(ordered)))


@given(st.lists(st.tuples(st.decimals("0.01", 1000, places=4), quantities), max_size=10), policies)
def test_sum_of_lines(rows: list[tuple[Decimal, Decimal]], policy: RoundingPolicy) -> None:
    lines = [LineInput(VARIANT, quantity, (PricePoint(OWN, price, "RUB"),)) for price, quantity in rows]
    result = quote(terms(policy), lines, NOW)
    assert result.amount == sum((line.amount for line in result.lines if line.amount is not None), Decimal(0))
    assert result.amount == round_money(result.amount, "RUB")
    assert [line.quantity for line in result.lines] == [quantity for _, quantity in rows]


def test_no_price_is_never_zero_and_never_another_type() -> None:
    other = LineInput(VARIANT, Decimal(1), (PricePoint(OTHER, Decimal(5), "RUB"),))
    dollars = LineInput(VARIANT, Decimal(1), (PricePoint(OWN, Decimal(5), "USD"),))
    ten_up = LineInput(VARIANT, Decimal(1), (PricePoint(OWN, Decimal(5), "RUB", Decimal(10)),))
    reasons = [quote_line(terms(), line).reason for line in (other, dollars, ten_up)]
    assert reasons == [NoPrice.NO_PRICE_OF_TYPE, NoPrice.OTHER_CURRENCY, NoPrice.BELOW_FIRST_BREAK]


def test_policies_differ_where_the_unit_has_fractions() -> None:
    line = LineInput(VARIANT, Decimal(1000), (PricePoint(OWN, Decimal("0.3333"), "RUB"),))
    amounts = {policy: quote_line(terms(policy), line).amount for policy in RoundingPolicy}
    assert amounts == {
        RoundingPolicy.LINE_EACH_DISCOUNT: Decimal("333.30"),
        RoundingPolicy.LINE_ONCE: Decimal("333.30"),
        RoundingPolicy.UNIT_THEN_LINE: Decimal("330.00"),
    }
