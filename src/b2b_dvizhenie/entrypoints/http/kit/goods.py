"""Sample goods with prices and stock in all states."""

from datetime import UTC, date, datetime
from decimal import Decimal

from b2b_dvizhenie.domain.shared.money import Money, round_money
from b2b_dvizhenie.entrypoints.http.kit.shell import rub
from b2b_dvizhenie.entrypoints.http.pages.catalogue import CatalogueRow
from b2b_dvizhenie.entrypoints.http.pages.parts import Price, Quantity, Stock, StockLine

NOW = datetime(2026, 11, 22, 6, 42, 17, tzinfo=UTC)
_WAREHOUSES = (("Москва", "Мск"), ("С.-Петербург", "СПб"), ("Екатеринбург", "Екб"))
_LOW = 60

# title, article, brand, attributes, pack, base, percent, previous, stock, in cart
_GOODS: tuple[tuple[str, str, str, str, int, str, int, str, tuple[int, int, int] | str, int], ...] = (
    (
        "Выключатель автоматический ВА47-29 1P 16А 4,5кА х-ка С",
        "VA47-29-1P-16C",
        "Линэл",
        "1P · 16 А · C",
        12,
        "214.60",
        22,
        "",
        (0, 0, 1475),
        24,
    ),
    (
        "Выключатель автоматический ВА47-29 3P 25А 4,5кА х-ка С",
        "VA47-29-3P-25C",
        "Линэл",
        "3P · 25 А · C",
        4,
        "742.10",
        22,
        "",
        (98, 0, 1484),
        0,
    ),
    (
        "Выключатель автоматический ВА47-63N 1P 10А 6кА х-ка В",
        "VA47-63-1P-10B",
        "Эктра",
        "1P · 10 А · B",
        12,
        "248.00",
        15,
        "",
        (6166, 650, 1381),
        0,
    ),
    (
        "Выключатель автоматический ВА47-63N 3P 40А 6кА х-ка С",
        "VA47-63-3P-40C",
        "Эктра",
        "3P · 40 А · C",
        4,
        "986.40",
        15,
        "813.29",
        (0, 37, 0),
        0,
    ),
    (
        "Автомат модульный R9 1P 25А С 6кА",
        "R9F12125",
        "Система-Электро",
        "1P · 25 А · C",
        6,
        "412.75",
        0,
        "",
        "2026-12-20",
        0,
    ),
    (
        "Дифавтомат R9 1P+N 16А С 30мА тип А",
        "R9D88616",
        "Система-Электро",
        "1P+N · 16 А · 30 мА",
        1,
        "3158.20",
        9,
        "",
        (37, 659, 0),
        0,
    ),
    (
        "Дифавтомат АВДТ32 С25 30мА тип АС",
        "AVDT32-C25-30",
        "Линэл",
        "1P+N · 25 А · 30 мА",
        1,
        "1684.90",
        22,
        "",
        (18, 36, 0),
        3,
    ),
    (
        "Дифавтомат АД-32 2P 40А 30мА тип АС",
        "AD-32-2P-40-30",
        "Эктра",
        "2P · 40 А · 30 мА",
        1,
        "1820.00",
        15,
        "",
        "2026-12-20",
        0,
    ),
    (
        "УЗО ВД1-63 2P 40А 30мА тип АС",
        "VD1-63-2P-40-30",
        "Линэл",
        "2P · 40 А · 30 мА",
        1,
        "1210.30",
        22,
        "",
        (3868, 653, 7),
        0,
    ),
    ("УЗО ВД-100N 4P 63А 100мА", "VD-100N-4P-63", "Эктра", "4P · 63 А · 100 мА", 1, "2964.00", 15, "", (0, 6, 757), 0),
    (
        "Контактор КМИ-11810 18А 230В АС3 1НО",
        "KMI-11810-230",
        "Линэл",
        "18 А · 230 В",
        1,
        "1156.20",
        22,
        "946.93",
        (21, 0, 0),
        0,
    ),
    (
        "Контактор ТВС 18А 220В АС3",
        "LC1E1810M5",
        "Система-Электро",
        "18 А · 220 В",
        1,
        "2417.00",
        5,
        "",
        (0, 460, 230),
        0,
    ),
    ("УЗИП ОПВ-D 3P In 5кА 230В", "OPV-D-3P", "Эктра", "3P · 5 кА", 1, "3490.00", 15, "", "", 0),
)


def row(index: int) -> CatalogueRow:
    """The line of goods number `index`; after the last one they begin again under other ids."""
    title, article, brand, attributes, pack, base, percent, previous, stock, in_cart = _GOODS[index % len(_GOODS)]
    amount = Money(round_money(Decimal(base) * (100 - percent) / 100, "RUB"), "RUB")
    quantity = Decimal(in_cart if index < len(_GOODS) else 0)
    return CatalogueRow(
        id=f"{index:04d}",
        url=f"/products/{index:04d}",
        title=title,
        article=article,
        brand=brand,
        attributes=attributes,
        price=Price(
            amount=amount,
            base=rub(base) if percent else None,
            percent=Decimal(percent) if percent else None,
            previous=rub(previous) if previous else None,
            reason_url=f"/products/{index:04d}/price" if percent else None,
        ),
        stock=_stock(stock),
        quantity=Quantity(variant=f"{index:04d}", value=quantity, unit="шт", multiple=Decimal(pack)),
        total=Money(round_money(amount.amount * quantity, "RUB"), "RUB") if quantity else None,
        favourite=index == 0,
        ordered_before=index in {5, 8},
    )


def rows(count: int) -> tuple[CatalogueRow, ...]:
    """The first lines of goods."""
    return tuple(row(index) for index in range(count))


def _stock(stock: tuple[int, int, int] | str) -> Stock:
    if isinstance(stock, str):
        return Stock(expected=date.fromisoformat(stock) if stock else None)
    return Stock(
        tuple(
            StockLine(
                warehouse=name,
                short=short,
                level="none" if not left else "low" if left < _LOW else "enough",
                quantity=Decimal(left),
                mine=name == "Екатеринбург",
            )
            for (name, short), left in zip(_WAREHOUSES, stock, strict=True)
        )
    )
