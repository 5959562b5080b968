"""Sample views of the drift report."""

from datetime import date, timedelta
from decimal import Decimal

from msgspec.structs import replace

from b2b_dvizhenie.domain.drift import DriftKind
from b2b_dvizhenie.domain.shared.money import Money
from b2b_dvizhenie.entrypoints.http.kit.goods import NOW
from b2b_dvizhenie.entrypoints.http.pages import drift as views
from b2b_dvizhenie.entrypoints.http.pages.dashboard import Series
from b2b_dvizhenie.entrypoints.http.pages.parts import Choice, pages

_HERE = "/panel/drift"
_LONG = "ООО «Торговый дом Северо-Западная электротехническая компания»"


def _rub(amount: str) -> Money:
    return Money(Decimal(amount), "RUB")


def _row(number: int, company: str, kinds: tuple[str, ...], ours: str, theirs: str | None) -> views.DriftRow:
    return views.DriftRow(
        url=f"{_HERE}/{number}",
        number=f"B-{number:06d}",
        erp_number=f"УТ00-{number:06d}",
        found_at=NOW - timedelta(hours=number),
        company=company,
        manager="Пётр Громов",
        kinds=kinds,
        lines=len(kinds),
        compared=18,
        ours=_rub(ours),
        theirs=None if theirs is None else _rub(theirs),
        difference=Money(Decimal(theirs or "0") - Decimal(ours) if theirs else Decimal("-0.02"), "RUB"),
    )


def empty() -> views.DriftsView:
    """1C has returned nothing."""
    kinds = (Choice(kind.value, "") for kind in DriftKind)
    return views.DriftsView(
        rows=(),
        pager=pages(0, 1, 50, _HERE),
        url=_HERE,
        compared=0,
        found=0,
        kinds=(Choice("", "Все виды", selected=True), *kinds),
        since=date(2026, 10, 27),
        until=date(2026, 11, 25),
    )


def agreed() -> views.DriftsView:
    """Every order agrees."""
    return replace(empty(), compared=1204)


def not_found() -> views.DriftsView:
    """Nothing of this kind."""
    return replace(agreed(), filtered=True)


def wrong() -> views.DriftsView:
    """The period ends before it begins."""
    return replace(empty(), wrong="Период кончается не раньше начала и длится не больше года.")


def report() -> views.DriftsView:
    """A month with drifts in two currencies."""
    days = tuple(date(2026, 10, 27) + timedelta(days=number) for number in range(30))
    dollars = Money(Decimal("-12.40"), "USD")
    return replace(
        agreed(),
        found=57,
        share=Decimal("4.7"),
        rows=(
            _row(1, _LONG, ("discount_missing", "vat"), "128204.50", "130331.50"),
            _row(2, "ИП Соколова Анна Викторовна", ("rounding",), "7204.50", None),
            _row(3, "ООО «Ромашка»", tuple(kind.value for kind in DriftKind), "1204.50", "1104.50"),
        ),
        pager=pages(57, 1, 50, f"{_HERE}?page={{page}}"),
        companies=(Choice("", "Все компании", selected=True), Choice("1", f"{_LONG} (31)")),
        managers=(Choice("", "Все менеджеры", selected=True), Choice("1", "Пётр Громов (57)")),
        sums=(
            views.DriftSum(_rub("2014.98"), _rub("2127.00"), _rub("-112.02")),
            views.DriftSum(dollars, Money(Decimal(0), "USD"), dollars),
        ),
        series=Series(
            title="Заказы, которые 1С посчитала иначе",
            unit="заказов",
            captions=tuple(f"{day:%d.%m}" for day in days),
            values=tuple(Decimal(day.toordinal() * 7 % 6) for day in days),
        ),
        bars=(
            views.KindBar("discount_missing", 41, 100, (_rub("2127.00"), Money(Decimal("-2.40"), "USD"))),
            views.KindBar("rounding", 12, 29, (_rub("-0.09"),)),
            views.KindBar("line_absent", 3, 7, (_rub("-111.93"),)),
        ),
        export_url=f"{_HERE}/export",
    )


def uncompared() -> views.DriftView:
    """1C has not returned the order."""
    return views.DriftView(number="B-000007", order_url="/orders/7", company="ООО «Ромашка»")


def same() -> views.DriftView:
    """1C counts as we do; it did not before."""
    return replace(
        uncompared(),
        erp_number="УТ00-000007",
        compared_at=NOW,
        ours=_rub("1204.50"),
        theirs=_rub("1204.50"),
        difference=_rub("0"),
        compared=3,
        within=2,
        earlier=(views.ComparedRow(NOW - timedelta(days=1), 1, _rub("120.50")),),
    )


def order() -> views.DriftView:
    """A discount that 1C forgot, a quantity, a line it added, and a total that its lines do not make."""
    missing = (
        views.StepRow(
            step="quantity", our_quantity=Decimal(10), their_quantity=Decimal(10), quantity_difference=Decimal(0)
        ),
        views.StepRow(step="base", ours=_rub("120.5"), theirs=_rub("120.5"), difference=_rub("0")),
        views.StepRow(
            step="discount",
            note="Бренды Линэл и Эктра, осень 2026",
            ours=_rub("120.50"),
            our_percent=Decimal(10),
            first=True,
        ),
        views.StepRow(
            step="discount",
            note="Скидка постоянного клиента · Автоматическая скидка",
            ours=_rub("54.22"),
            our_percent=Decimal(5),
            theirs=_rub("60.25"),
            their_percent=Decimal(5),
            difference=_rub("6.03"),
        ),
        views.StepRow(step="price", ours=_rub("103.03"), theirs=_rub("114.4750"), difference=_rub("11.4450")),
        views.StepRow(step="amount", ours=_rub("1030.28"), theirs=_rub("1144.75"), difference=_rub("114.47")),
        views.StepRow(
            step="vat",
            ours=_rub("185.79"),
            our_percent=Decimal(22),
            theirs=_rub("206.43"),
            their_percent=Decimal(22),
            difference=_rub("20.64"),
        ),
    )
    fewer = (
        views.StepRow(
            step="quantity",
            our_quantity=Decimal("12.5"),
            their_quantity=Decimal(12),
            quantity_difference=Decimal("-0.5"),
            first=True,
        ),
        views.StepRow(step="amount", ours=_rub("125"), theirs=_rub("120"), difference=_rub("-5")),
    )
    return replace(
        same(),
        theirs=_rub("1359.97"),
        difference=_rub("155.47"),
        unexplained=_rub("0.50"),
        differing=1204,
        export_url=f"{_HERE}/export?order=7",
        compared=1380,
        within=0,
        lines=(
            views.DriftLineView(
                title="Кабель силовой ВВГнг(А)-LS 3×2,5 ок (N, PE) 0,66 кВ, бухта 100 м",
                article="KBL-0325-LS",
                kind="discount_missing",
                difference=_rub("114.47"),
                steps=missing,
                position=1,
                reason_url="/orders/7/lines/1/price",
            ),
            views.DriftLineView(
                title="Болт М8×12",
                article="BLT-0812",
                kind="quantity",
                difference=_rub("-5"),
                steps=fewer,
                position=2,
                reason_url="/orders/7/lines/2/price",
            ),
            views.DriftLineView(
                title="Доставка",
                article="",
                kind="line_added",
                difference=_rub("45.50"),
                steps=(views.StepRow(step="presence", theirs=_rub("45.50"), first=True),),
            ),
        ),
    )
