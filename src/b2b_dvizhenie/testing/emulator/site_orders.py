"""An order of the site as 1C understood it."""

from datetime import date
from decimal import Decimal

from msgspec import Struct


class SiteLine(Struct, frozen=True):
    """A line of the order. `discount` is the sum of discounts that are inside `amount`."""

    ref: str
    """`guid` or `guid#guid`."""
    name: str
    unit: str
    quantity: Decimal
    price: Decimal
    amount: Decimal
    article: str = ""
    unit_code: str = ""
    discount: Decimal = Decimal(0)
    vat_rate: str = ""
    vat: Decimal = Decimal(0)
    is_service: bool = False
    named_discounts: tuple[tuple[str, Decimal, Decimal], ...] = ()
    """Discounts that 1C itself gave and names when it answers: name, percent, sum."""


class SiteOrder(Struct, frozen=True):
    """The order. `digest` changes whenever anything in its XML does."""

    ref: str
    number: str
    placed_on: date
    currency: str
    amount: Decimal
    buyer_ref: str
    buyer_name: str
    buyer_legal: bool
    lines: tuple[SiteLine, ...]
    digest: str
    placed_at: str = ""
    buyer_inn: str = ""
    buyer_kpp: str = ""
    comment: str = ""
    vat: Decimal = Decimal(0)
    vat_included: bool = True
    requisites: dict[str, str] = {}

    @property
    def cancelled(self) -> bool:
        """Whether the site asks to cancel it (§4.5)."""
        return self.requisites.get("Отменен") == "true"

    @property
    def payment_method(self) -> tuple[str, str]:
        """Id and name of the way the customer wants to pay; empty where the site says none."""
        return self.requisites.get("Метод оплаты ИД", ""), self.requisites.get("Метод оплаты", "")

    @property
    def paid(self) -> bool:
        """Whether the site says that the customer has paid."""
        return self.requisites.get("Заказ оплачен") == "true"
