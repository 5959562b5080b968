"""What the kit's own page shows: every component in its states."""

from datetime import timedelta
from decimal import Decimal

from msgspec import Struct

from b2b_dvizhenie.entrypoints.http.kit import buyer, exchange, panel
from b2b_dvizhenie.entrypoints.http.kit.goods import NOW, row
from b2b_dvizhenie.entrypoints.http.kit.shell import rub
from b2b_dvizhenie.entrypoints.http.labels import LABELS
from b2b_dvizhenie.entrypoints.http.pages.dashboard import Series, Tile
from b2b_dvizhenie.entrypoints.http.pages.exchange import CategoryTile
from b2b_dvizhenie.entrypoints.http.pages.forms import Form
from b2b_dvizhenie.entrypoints.http.pages.parts import (
    Choice,
    Link,
    Pager,
    Price,
    Quantity,
    SectionNode,
    Stock,
    StockLine,
    pages,
)


class KitView(Struct, frozen=True, kw_only=True):
    """Components and their states."""

    samples: tuple[str, ...]
    labels: dict[str, tuple[str, ...]]
    prices: tuple[Price, ...]
    stocks: tuple[Stock, ...]
    quantities: tuple[Quantity, ...]
    form: Form
    choices: tuple[Choice, ...]
    links: tuple[Link, ...]
    sections: tuple[SectionNode, ...]
    pager: Pager
    tiles: tuple[Tile, ...]
    categories: tuple[CategoryTile, ...]
    series: Series


def components(samples: tuple[str, ...]) -> KitView:
    """Everything at once."""
    level = StockLine(warehouse="Екатеринбург", short="Екб", level="low", mine=True)
    return KitView(
        samples=samples,
        labels={kind: tuple(states) for kind, states in LABELS.items()},
        prices=(
            row(0).price,
            row(3).price,
            row(10).price,
            row(4).price,
            Price(amount=rub("2873.9650"), stale_since=NOW - timedelta(hours=5)),
            Price(amount=None),
        ),
        stocks=(row(0).stock, Stock((level,)), row(4).stock, Stock()),
        quantities=tuple(
            Quantity(variant=f"kit-{index}", value=value, unit="шт", multiple=Decimal(12))
            for index, value in enumerate((Decimal(24), Decimal(0), Decimal("12.5")))
        ),
        form=Form(
            {"wrong": "12 апельсинов", "cards": "1"},
            {"wrong": "Нужно число.", "": "Исправьте отмеченные поля.", "cards": "Выберите другой вариант."},
        ),
        choices=(
            Choice("1", "Первый", note="С пояснением"),
            Choice("2", "Второй"),
            Choice("3", "Нельзя", disabled=True),
        ),
        links=(
            Link("Каталог", "#lists", count=12),
            Link("Заказы", "#lists", current=True),
            Link("Документы", "#lists"),
        ),
        sections=buyer.sections(),
        pager=pages(1000, 7, 25, "#page-{page}"),
        tiles=panel.dashboard().tiles,
        categories=exchange.exchange().tiles,
        series=panel.dashboard().series,
    )
