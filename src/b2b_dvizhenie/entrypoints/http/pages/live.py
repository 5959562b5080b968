"""Live prices pushed into an open page of goods."""

from msgspec import Struct

from b2b_dvizhenie.entrypoints.http.pages.parts import LiveStatus, Price


class LivePriceRow(Struct, frozen=True):
    """The price of one row: live over stored, or stored with its age; `unit` is what it is the price of."""

    id: str
    price: Price
    unit: str


class LivePrices(Struct, frozen=True):
    """What 1C told about the rows of a page; `main` is the row whose price the card shows large."""

    rows: tuple[LivePriceRow, ...]
    main: LivePriceRow | None
    status: LiveStatus
