"""The panel's pages about ways to pay an order."""

from msgspec import Struct

from b2b_dvizhenie.entrypoints.http.pages.forms import Form
from b2b_dvizhenie.entrypoints.http.pages.parts import Choice


class PaymentMethodRow(Struct, frozen=True, kw_only=True):
    """A method in the list; no payers or firms stand for all of them. `agreements` name it."""

    name: str
    kind: str  # a key of labels["payment_kind"]
    state: str  # a key of labels["payment_method"]
    payers: tuple[str, ...] = ()  # keys of labels["company_kind"]
    firms: tuple[str, ...] = ()
    position: int = 0
    agreements: int = 0
    url: str | None = None


class PaymentMethodsView(Struct, frozen=True, kw_only=True):
    """All methods. `uncovered` are the legal forms that none of them is for."""

    rows: tuple[PaymentMethodRow, ...]
    cards_connected: bool
    uncovered: tuple[str, ...] = ()  # keys of labels["company_kind"]
    new_url: str | None = None


class PaymentMethodView(Struct, frozen=True, kw_only=True):
    """The form of a method; `name` is empty for a new one."""

    form: Form
    name: str
    action: str
    back_url: str
    kinds: tuple[Choice, ...]
    payers: tuple[Choice, ...]
    firms: tuple[Choice, ...] = ()
    is_active: bool = True
    cards_connected: bool = False
    last_position: int = 9999
