"""Parts that several pages show: prices, stock, quantities, filters, paging."""

from datetime import date, datetime
from decimal import Decimal
from typing import Literal

from msgspec import Struct

from b2b_dvizhenie.domain.shared.money import Money


class Link(Struct, frozen=True):
    """A named link: a step of the path, a tab, an applied filter (whose URL removes it)."""

    title: str
    url: str
    current: bool = False
    count: int | None = None


class Price(Struct, frozen=True, kw_only=True):
    """A price as this viewer sees it; `amount` is None where his access level conceals it.

    `base` and `percent` only where the discount may be seen. `previous` is the price he saw before the ERP refined it.
    `settled` is what is charged, where prices are shown in another currency.
    `reason_url` serves the explanation as a fragment, and the page that holds it without script.
    """

    amount: Money | None
    base: Money | None = None
    percent: Decimal | None = None
    previous: Money | None = None
    reason_url: str | None = None
    stale_since: datetime | None = None
    settled: Money | None = None

    @property
    def change(self) -> Literal["", "up", "down"]:
        """Whether the price moved since the viewer last saw it."""
        if self.amount is None or self.previous is None or self.previous.amount == self.amount.amount:
            return ""
        return "up" if self.amount.amount > self.previous.amount else "down"


class LiveFeed(Struct, frozen=True):
    """How an open page gets live prices: it sends `variants` to `url` and swaps in what comes back, again and again.

    `key` changes with what is asked for; `main` is the variant whose price the card shows large.
    """

    url: str
    key: str
    variants: str
    main: str = ""


class LiveStatus(Struct, frozen=True):
    """How asking for live prices ended: when, how many of the page's prices differ from the stored ones.

    `stale`: the ERP did not answer in time, so the stored prices are shown.
    """

    at: datetime
    changes: int = 0
    stale: bool = False


class StockLine(Struct, frozen=True, kw_only=True):
    """Stock in one warehouse; `quantity` is None where the viewer sees only the level."""

    warehouse: str
    short: str
    level: Literal["none", "low", "enough"]
    quantity: Decimal | None = None
    mine: bool = False  # the warehouse this company is served from
    expected: date | None = None
    expected_quantity: Decimal | None = None


class Stock(Struct, frozen=True):
    """Stock over the warehouses the viewer may see; without lines the goods come to order, by `expected` if known."""

    lines: tuple[StockLine, ...] = ()
    expected: date | None = None


class Quantity(Struct, frozen=True, kw_only=True):
    """The quantity of a variant in the cart and what may be ordered."""

    variant: str
    value: Decimal
    unit: str
    multiple: Decimal = Decimal(1)
    minimum: Decimal = Decimal(0)


class Pager(Struct, frozen=True, kw_only=True):
    """One page of a list. `links` hold page numbers as titles; a link without URL is a gap.
    `total` is None where nobody counted, and at least the number of rows where it is not `exact`.
    """

    first: int
    last: int
    total: int | None
    links: tuple[Link, ...] = ()
    previous_url: str | None = None
    next_url: str | None = None
    exact: bool = True


class FacetOption(Struct, frozen=True):
    """A value that can be filtered by; options without hits stay and are greyed. A count may be left uncounted."""

    value: str
    title: str
    count: int | None
    selected: bool = False


class Facet(Struct, frozen=True):
    """A filter with options; several selected ones widen the result."""

    key: str
    title: str
    options: tuple[FacetOption, ...]
    open: bool = True


class RangeFacet(Struct, frozen=True):
    """A filter by a range, as typed (`low`, `high`) and as it occurs (`least`, `most`)."""

    key: str
    title: str
    least: str
    most: str
    low: str = ""
    high: str = ""


class SectionNode(Struct, frozen=True):
    """A section of the catalogue on the way to the current one, or beside it."""

    title: str
    url: str
    count: int
    current: bool = False
    open: bool = False
    children: tuple["SectionNode", ...] = ()


class Choice(Struct, frozen=True):
    """An option of a select or a radio group; `note` explains it in one line."""

    value: str
    title: str
    selected: bool = False
    note: str = ""
    disabled: bool = False


class Sort(Struct, frozen=True):
    """Sort orders of a list; titles belong to the keys and are known to the template."""

    current: str
    keys: tuple[str, ...]


def pages(total: int, current: int, size: int, url: str, *, more: bool | None = None) -> Pager:
    """Links for numbered pages: the first, the last and two on each side of the current one.

    Args:
        total: number of rows.
        current: number of the page shown, from 1.
        size: rows per page.
        url: address with `{page}` where the number goes; every other brace doubled.
        more: where rows were not counted to the end: whether there are any behind this page.
    """
    count = max(1, -(-total // size))
    shown = sorted({1, count, *range(max(1, current - 2), min(count, current + 2) + 1)})
    links: list[Link] = []
    for before, number in zip([0, *shown], shown, strict=False):
        if number - before > 1:
            links.append(Link("…", ""))
        links.append(Link(str(number), url.format(page=number), current=number == current))
    return Pager(
        first=min(total, (current - 1) * size + 1),
        last=min(total, current * size),
        total=total,
        links=tuple(links) if count > 1 else (),
        previous_url=url.format(page=current - 1) if current > 1 else None,
        next_url=url.format(page=current + 1) if (current < count if more is None else more) else None,
        exact=more is None,
    )
