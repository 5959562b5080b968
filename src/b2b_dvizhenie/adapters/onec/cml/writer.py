"""Orders and reference lists as 1C takes them (onec.md §4.2, §4.6).

УТ 11.5 takes an empty element for an object, so none is ever written. Everything 1C sums up is checked first: an order
that does not add up is refused here, with its number, instead of rolling back the whole load over there.
"""

import hashlib
import re
from collections.abc import Iterable, Mapping
from datetime import datetime
from decimal import ROUND_CEILING, ROUND_HALF_UP, Context, Decimal
from xml.sax.saxutils import escape

from msgspec import Struct, field

from b2b_dvizhenie.adapters.onec.cml.units import named
from b2b_dvizhenie.application.exchange.records import OutgoingLine, OutgoingOrder, OutgoingPayment, Unit
from b2b_dvizhenie.domain.shared.errors import DomainError

NUMBER_LENGTH = 11
REF_LENGTH, GOOD_REF_LENGTH = 40, 80
_NAME, _COMMENT, _VALUE = 255, 3000, 1000
_KOPECK, _SUBKOPECK = Decimal("0.01"), Decimal("0.0001")
_PRECISE = Context(prec=60)
_FORBIDDEN = re.compile("[^\t\n\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
_KPP = re.compile(r"\d{4}[0-9A-Z]{2}\d{3}", re.ASCII)
_VERSIONS = {"ut10": "2.05", "ut115": "2.07", "unf": "2.10", "bitrix31": "3.1"}
_DELIVERY = "ORDER_DELIVERY"


class OrderUnwritable(DomainError):
    """The order `number` cannot be expressed, or its sums do not add up; `reason` is for the log."""

    code = "exchange.order_unwritable"


class WriteOptions(Struct, frozen=True):
    """How one node takes its orders."""

    profile: str = "ut115"
    """`ut10`, `ut115`, `unf` or `bitrix31`."""
    encoding: str = "utf-8"
    """`utf-8` or `windows-1251`."""
    currency_names: Mapping[str, str] = field(default_factory=dict)
    """ISO code → the name the currency has in this 1C ("руб."): УТ 10 finds it by name only."""
    without_vat: str = "Без налога"


def write_orders(orders: Iterable[OutgoingOrder], options: WriteOptions, made_at: datetime) -> bytes:
    """The answer to `sale` query: a whole document, with an empty root when there is nothing to send.

    Args:
        orders: in the order they shall come.
        options: of the node.
        made_at: now, in the seller's zone.

    Raises:
        OrderUnwritable: names the first order that cannot be given out.
    """
    texts = [_Order(order, options).text() for order in orders]
    if options.profile == "bitrix31":
        texts = [f"<Контейнер>{text}</Контейнер>" for text in texts]
    version = _VERSIONS.get(options.profile, "2.07")
    head = f'<КоммерческаяИнформация ВерсияСхемы="{version}" ДатаФормирования="{made_at:%Y-%m-%dT%H:%M:%S}">'
    return _document("\n".join([head, "\n".join(texts), "</КоммерческаяИнформация>"]), options.encoding)


def write_info(
    statuses: Iterable[tuple[str, str]],
    payment_systems: Iterable[tuple[str, str, str]] = (),
    delivery_services: Iterable[tuple[str, str]] = (),
) -> bytes:
    """The answer to `sale` info, always windows-1251: УНФ fills its mapping tables from it.

    Args:
        statuses: (id, name).
        payment_systems: (id, name, kind).
        delivery_services: (id, name).
    """
    names = ("Ид", "Название", "ТипОплаты")

    def listed(tag: str, rows: Iterable[tuple[str, ...]]) -> str:
        items = ("".join(_element(name, text) for name, text in zip(names, row, strict=False)) for row in rows)
        return _wrapped(tag, "".join(_wrapped("Элемент", item) for item in items))

    # The first letter of the first list is Latin: 1C looks for the spelling of Bitrix.
    lists = listed("C" + "татусы", statuses)
    lists += listed("ПлатежныеСистемы", payment_systems) + listed("СлужбыДоставки", delivery_services)
    return _document(_wrapped("Справочник", lists) or "<Справочник></Справочник>", "windows-1251")


class _Order:
    """One order on its way to text; knows its number for refusals."""

    def __init__(self, order: OutgoingOrder, options: WriteOptions) -> None:
        self._order = order
        self._options = options

    def text(self) -> str:
        order = self._order
        self._check()
        lines = "".join(_wrapped("Товар", self._line(line)) for line in order.lines)
        comment = _element("Комментарий", order.comment, _COMMENT)
        tax = ""
        if any(line.vat_rate is not None for line in order.lines):
            tax = self._tax(order.vat_amount, "")
        parts = [
            self._head(),
            _wrapped("Контрагенты", _wrapped("Контрагент", self._buyer())),
            _element("Время", f"{order.placed_at:%H:%M:%S}") + comment + tax,
            _wrapped("Товары", lines),
            _requisites(self._requisites()) + self._payments(),
        ]
        return _wrapped("Документ", "\n".join(part for part in parts if part))

    def _head(self) -> str:
        order = self._order
        currency = self._options.currency_names.get(order.currency, order.currency)
        version = _element("НомерВерсии", order.version) if self._options.profile == "bitrix31" else ""
        return version + "".join(
            _element(name, text)
            for name, text in (
                ("Ид", order.number),
                ("Номер", order.number),
                ("Дата", f"{order.placed_at:%Y-%m-%d}"),
                ("ХозОперация", "Заказ товара"),
                ("Роль", "Продавец"),
                ("Валюта", currency),
                ("Курс", _plain(order.rate)),
                ("Сумма", _money(order.amount)),
            )
        )

    def _buyer(self) -> str:
        order = self._order
        legal = order.buyer_kind == "legal"
        full_name, address = _clean(order.buyer_full_name) or order.buyer_name, order.buyer_address
        digits = 10 if legal else 12
        inn = order.buyer_inn if order.buyer_inn.isdigit() and len(order.buyer_inn) == digits else ""
        contacts = "".join(
            _wrapped("Контакт", _element("Тип", kind) + _element("Значение", value, _NAME))
            for kind, value in (("Телефон рабочий", order.contact_phone), ("Почта", order.contact_email))
            if _clean(value)
        )
        return "".join(
            (
                _element("Ид", order.buyer_ref),
                _element("Наименование", order.buyer_name, _NAME),
                _element("ОфициальноеНаименование" if legal else "ПолноеНаименование", full_name, _NAME),
                _wrapped(
                    "ЮридическийАдрес" if legal else "АдресРегистрации", _element("Представление", address, _NAME)
                ),
                _element("ИНН", inn),
                _element("КПП", order.buyer_kpp if legal and _KPP.fullmatch(order.buyer_kpp) else ""),
                _wrapped("Контакты", contacts),
                self._representative(),
                _element("Роль", "Покупатель"),
            )
        )

    def _representative(self) -> str:
        name = _clean(self._order.contact_name)
        if not name:
            return ""
        ref = hashlib.sha256(f"{self._order.buyer_ref}\n{name}".encode()).hexdigest()[:32]
        person = _element("Отношение", "Контактное лицо") + _element("Ид", ref) + _element("Наименование", name, _NAME)
        return _wrapped("Представители", _wrapped("Представитель", _wrapped("Контрагент", person)))

    def _line(self, line: OutgoingLine) -> str:
        price, discount = _price_and_discount(line)
        kind = "Услуга" if line.is_service or line.ref == _DELIVERY else "Товар"
        first = "".join(
            (
                _element("Ид", f"{line.ref}#{line.variant_ref}" if line.variant_ref else line.ref),
                _element("Артикул", line.article, _NAME),
                _element("Наименование", line.name, _NAME),
                self._unit(named(line.unit)),
                _element("ЦенаЗаЕдиницу", price),
                _element("Количество", _plain(line.quantity)),
                _element("Сумма", _money(line.amount)),
            )
        )
        rate = self._options.without_vat if line.vat_rate is None else _plain(line.vat_rate)
        taxes = _wrapped(
            "СтавкиНалогов", _wrapped("СтавкаНалога", _element("Наименование", "НДС") + _element("Ставка", rate))
        )
        if line.vat_rate is not None:
            taxes += self._tax(line.vat_amount, rate)
        if discount:
            reduced = _element("Наименование", "Скидка") + _element("Сумма", _money(discount))
            taxes += _wrapped("Скидки", _wrapped("Скидка", reduced + _element("УчтеноВСумме", "true")))
        return "\n".join((first, taxes, _requisites({"ВидНоменклатуры": kind, "ТипНоменклатуры": kind})))

    def _unit(self, unit: Unit) -> str:
        named_attributes = (
            ("Код", unit.code),
            ("НаименованиеПолное", unit.full_name),
            ("МеждународноеСокращение", unit.international),
        )
        attributes = "".join(
            f' {name}="{escape(_clean(text), {chr(34): "&quot;"})}"' for name, text in named_attributes if _clean(text)
        )
        base = f"<БазоваяЕдиница{attributes}>{escape(_clean(unit.name))}</БазоваяЕдиница>"
        if self._options.profile != "bitrix31":
            return base
        # The Bitrix extension reads the unit from an element of its own; others of 3.1 read the attributes.
        inner = _element("Ид", unit.code) + _element("Код", unit.code) + _element("НаименованиеКраткое", unit.name)
        return base + _wrapped("Единица", inner + _element("НаименованиеПолное", unit.full_name))

    def _tax(self, amount: Decimal, rate: str) -> str:
        included = "true" if self._order.vat_included else "false"
        inner = _element("Наименование", "НДС") + _element("УчтеноВСумме", included) + _element("Сумма", _money(amount))
        return _wrapped("Налоги", _wrapped("Налог", inner + _element("Ставка", rate)))

    def _requisites(self) -> dict[str, str]:
        order = self._order
        changed = order.status_at or order.placed_at
        return {
            "Статус заказа": order.status,
            "Метод оплаты": order.payment_method,
            "Метод оплаты ИД": order.payment_method_ref,
            "Заказ оплачен": _flag(order.paid),
            "Доставка разрешена": _flag(order.delivery_allowed),
            "Отменен": _flag(order.cancelled),
            "Финальный статус": _flag(order.is_final),
            "Дата изменения статуса": f"{changed:%Y-%m-%d %H:%M:%S}",
            "Адрес доставки": order.delivery_address,
            **dict(order.requisites),
        }

    def _payments(self) -> str:
        if self._options.profile != "unf":
            return ""
        return _wrapped("ПодчиненныеДокументы", "".join(map(_payment, self._order.payments)))

    def _check(self) -> None:
        order = self._order
        if not _clean(order.number) or len(order.number) > NUMBER_LENGTH:
            raise self._refusal(f"the number must have 1 to {NUMBER_LENGTH} characters")
        if not _clean(order.buyer_ref) or len(order.buyer_ref) > REF_LENGTH or not _clean(order.buyer_name):
            raise self._refusal(f"the buyer needs a name and an id of at most {REF_LENGTH} characters")
        if not order.lines:
            raise self._refusal("there are no lines")
        for position, line in enumerate(order.lines, 1):
            whole = len(line.ref) + len(line.variant_ref) + 1
            if not _clean(line.ref) or whole > GOOD_REF_LENGTH or not _clean(line.name):
                raise self._refusal(f"line {position} needs a name and an id of at most {GOOD_REF_LENGTH} characters")
            if line.quantity <= 0 or line.amount < 0:
                raise self._refusal(f"line {position} has quantity {line.quantity} and amount {line.amount}")
        self._check_sums()

    def _check_sums(self) -> None:
        order = self._order
        sums = [
            order.amount,
            order.vat_amount,
            *(line.amount for line in order.lines),
            *(line.vat_amount for line in order.lines),
        ]
        if any(amount != amount.quantize(_KOPECK, context=_PRECISE) for amount in sums):
            raise self._refusal("a sum is finer than a kopeck")
        vat = sum((line.vat_amount for line in order.lines), Decimal(0))
        if vat != order.vat_amount:
            raise self._refusal(f"the lines make {vat} of VAT, the order says {order.vat_amount}")
        if any(line.vat_amount and line.vat_rate is None for line in order.lines):
            raise self._refusal("a line without VAT has a sum of VAT")
        total = sum((line.amount for line in order.lines), Decimal(0)) + (0 if order.vat_included else vat)
        if total != order.amount:
            raise self._refusal(f"the lines make {total}, the order says {order.amount}")

    def _refusal(self, reason: str) -> OrderUnwritable:
        return OrderUnwritable(number=self._order.number, reason=reason)


def _price_and_discount(line: OutgoingLine) -> tuple[str, Decimal]:
    """The price as text and what `price × quantity` exceeds the amount by, in kopecks.

    A price too coarse for the amount (33.33 × 3 = 99.99 for 100.00) is raised to the next 1/100 of a kopeck: 1C knows
    discounts, but no surcharges.
    """
    price = line.price.quantize(_SUBKOPECK, rounding=ROUND_HALF_UP, context=_PRECISE)
    if (price * line.quantity - line.amount).quantize(_KOPECK, ROUND_HALF_UP, _PRECISE) < 0:
        price = (line.amount / line.quantity).quantize(_SUBKOPECK, ROUND_CEILING, _PRECISE)
    discount = (price * line.quantity - line.amount).quantize(_KOPECK, ROUND_HALF_UP, _PRECISE)
    kopecks = price.quantize(_KOPECK, ROUND_HALF_UP, _PRECISE)
    return format(kopecks if kopecks == price else price, "f"), max(discount, Decimal(0))


def _payment(payment: OutgoingPayment) -> str:
    pairs = (
        ("Ид", payment.ref),
        ("Номер", payment.number),
        ("Дата", f"{payment.paid_at:%Y-%m-%d}"),
        ("ХозОперация", "Эквайринговая операция"),
        ("Сумма", _money(payment.amount)),
    )
    inner = "".join(_element(name, text) for name, text in pairs)
    return _wrapped("ПодчиненныйДокумент", inner + _requisites({"Оплачено": "true"}))


def _requisites(pairs: Mapping[str, str]) -> str:
    return _wrapped(
        "ЗначенияРеквизитов",
        "".join(
            _wrapped("ЗначениеРеквизита", _element("Наименование", name, _NAME) + _element("Значение", text, _VALUE))
            for name, text in pairs.items()
            if _clean(name) and _clean(text)
        ),
    )


def _element(name: str, text: str, limit: int = _NAME) -> str:
    """The element, or nothing where the text is blank; a text beyond the limit is cut."""
    cleaned = _clean(text)[:limit].rstrip()
    return f"<{name}>{escape(cleaned)}</{name}>" if cleaned else ""


def _wrapped(name: str, inner: str) -> str:
    return f"<{name}>{inner}</{name}>" if inner else ""


def _clean(text: str) -> str:
    return _FORBIDDEN.sub("", text.replace("\r\n", "\n").replace("\r", "\n")).strip()


def _money(amount: Decimal) -> str:
    return format(amount.quantize(_KOPECK, ROUND_HALF_UP, _PRECISE), "f")


def _plain(number: Decimal) -> str:
    """Without exponent and needless zeros, with at most four decimals."""
    text = format(number.quantize(_SUBKOPECK, ROUND_HALF_UP, _PRECISE), "f")
    return text.rstrip("0").rstrip(".")


def _flag(value: bool) -> str:
    return "true" if value else "false"


def _document(body: str, encoding: str) -> bytes:
    name = "UTF-8" if encoding == "utf-8" else encoding
    text = f'<?xml version="1.0" encoding="{name}"?>\n{body}'
    return text.encode(encoding, errors="strict" if encoding == "utf-8" else "xmlcharrefreplace")
