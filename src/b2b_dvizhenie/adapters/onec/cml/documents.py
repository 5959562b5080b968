"""Документ and Контейнер/Документ coming back from 1C to `OrderStateRecord` (onec.md §4.3).

A mark that is absent or blank is unknown, never "no": УТ 11.5 leaves false values out.
"""

from collections.abc import Iterable, Iterator
from decimal import Decimal

from lxml.etree import _Element
from msgspec.structs import replace

from b2b_dvizhenie.adapters.onec.cml import values
from b2b_dvizhenie.adapters.onec.cml.env import (
    CODE_LIMIT,
    NAME_LIMIT,
    VALUE_LIMIT,
    Env,
    Kids,
    children,
    kids_of,
    line_of,
    text_of,
)
from b2b_dvizhenie.adapters.onec.cml.pieces import read_pairs, read_vat
from b2b_dvizhenie.application.exchange.records import LinkedDocument, OrderLineRecord, OrderStateRecord
from b2b_dvizhenie.domain.drift import ErpDiscount

_ORDER = "заказтовара"
_PENNY = Decimal("0.01")
_LIMIT = Decimal("1e12")
_OPERATIONS = (
    ("возврат", "return"),
    ("выплата", "payment"),
    ("эквайринг", "payment"),
    ("оплата", "payment"),
    ("поступление", "payment"),
    ("отпуск", "shipment"),
    ("отгрузка", "shipment"),
    ("реализация", "shipment"),
)


def read_documents(elements: Iterable[_Element], env: Env) -> list[OrderStateRecord]:
    """Orders of one container; payments and shipments beside an order are linked to it by Основание."""
    orders: dict[str, OrderStateRecord] = {}
    aliases: dict[str, str] = {}
    linked: list[tuple[str, LinkedDocument, int]] = []
    for element in elements:
        env.enter("order", element)
        kids, line = kids_of(element), env.line
        operation = text_of(kids, "ХозОперация")
        if operation and values.requisite_key(operation) != _ORDER:
            document = _linked(kids, operation, env)
            if document is not None:
                linked.append((text_of(kids, "Основание"), document, line))
            continue
        order = _order(kids, env)
        if order is not None:
            orders[order.number] = order
            aliases[order.number] = aliases[text_of(kids, "Ид") or order.number] = order.number
    for basis, document, line in linked:
        number = aliases.get(basis) or (next(iter(orders)) if len(orders) == 1 and not basis else basis)
        if not number or len(number) > values.REF_LENGTH:
            env.line = line
            env.error("exchange.basis_missing", document.number)
            continue
        known = orders.get(number) or OrderStateRecord(number=number, line=line)
        orders[number] = _with_marks(replace(known, linked=(*known.linked, document)))
    return list(orders.values())


def _order(kids: Kids, env: Env) -> OrderStateRecord | None:
    number = text_of(kids, "Номер") or text_of(kids, "Ид")
    env.ref = number
    if not number or len(number) > values.REF_LENGTH:
        env.error("exchange.id_too_long" if number else "exchange.id_missing", text_of(kids, "Номер1С"))
        return None
    line = env.line
    marks = _marks(kids)
    deleted = values.flag(text_of(kids, "ПометкаУдаления")) or values.flag(marks.get("пометкаудаления"))
    cancelled = values.flag(marks.get("отменен"))
    partner = next((item for item in children(kids, "Контрагенты") if item.tag == "Контрагент"), None)
    buyer = {} if partner is None else kids_of(partner)
    linked = [*_linked_by_marks(marks), *_subordinate(kids, env)]
    erp_ref = values.ref(text_of(kids, "Ид"))
    return _with_marks(
        OrderStateRecord(
            number=number,
            erp_ref=erp_ref[: values.REF_LENGTH],
            erp_number=(text_of(kids, "Номер1С") or marks.get("номерпо1с", ""))[:CODE_LIMIT],
            erp_date=values.day(text_of(kids, "Дата1С") or marks.get("датапо1с")),
            status=(marks.get("статусзаказа") or marks.get("статусазаказаид") or "")[:CODE_LIMIT] or None,
            posted=values.flag(marks.get("проведен")),
            paid=_first(values.flag(marks.get("оплачен")), values.flag(marks.get("заказоплачен"))),
            shipped=values.flag(marks.get("отгружен")),
            cancelled=True if deleted else cancelled,
            amount=_amount(kids, env),
            currency=env.currency(text_of(kids, "Валюта")),
            partner_ref=values.ref(text_of(buyer, "Ид"))[: values.REF_LENGTH],
            partner_inn=text_of(buyer, "ИНН")[:CODE_LIMIT],
            lines=_lines(kids, env),
            linked=tuple(linked),
            comment=text_of(kids, "Комментарий")[:VALUE_LIMIT],
            version=text_of(kids, "НомерВерсии")[:CODE_LIMIT],
            line=line,
        )
    )


def _first(*flags: bool | None) -> bool | None:
    return next((flag for flag in flags if flag is not None), None)


def _with_marks(order: OrderStateRecord) -> OrderStateRecord:
    """A linked payment or shipment is a mark too where the ERP sent no mark of its own."""
    kinds = {document.kind for document in order.linked}
    paid = True if order.paid is None and "payment" in kinds else order.paid
    shipped = True if order.shipped is None and "shipment" in kinds else order.shipped
    if paid == order.paid and shipped == order.shipped:
        return order
    return replace(order, paid=paid, shipped=shipped)


def _linked_by_marks(marks: dict[str, str]) -> Iterator[LinkedDocument]:
    for kind, number_key, date_key in (
        ("payment", "номероплатыпо1с", "датаоплатыпо1с"),
        ("shipment", "номеротгрузкипо1с", "датаотгрузкипо1с"),
    ):
        number, day = marks.get(number_key, ""), values.day(marks.get(date_key))
        if number or day:
            yield LinkedDocument(kind, number[:CODE_LIMIT], day)


def _subordinate(kids: Kids, env: Env) -> Iterator[LinkedDocument]:
    for item in children(kids, "ПодчиненныеДокументы"):
        inner = kids_of(item)
        document = _linked(inner, text_of(inner, "ХозОперация"), env)
        if document is not None:
            yield document


def _linked(kids: Kids, operation: str, env: Env) -> LinkedDocument | None:
    key = values.requisite_key(operation)
    kind = next((kind for start, kind in _OPERATIONS if start in key), None)
    if kind is None:
        env.warn_once("exchange.operation_unknown", operation)
        return None
    marks = _marks(kids)
    if kind == "payment" and values.flag(marks.get("признаквозврата")):
        kind = "return"
    number = text_of(kids, "Номер1С") or text_of(kids, "Номер")
    day = values.day(text_of(kids, "Дата1С") or text_of(kids, "Дата"))
    return LinkedDocument(kind, number[:CODE_LIMIT], day, _amount(kids, env))


def _marks(kids: Kids) -> dict[str, str]:
    element = kids.get("ЗначенияРеквизитов")
    pairs = read_pairs(element) if element is not None else []
    return {values.requisite_key(name): text for name, text in pairs}


def _amount(kids: Kids, env: Env) -> Decimal | None:
    text = text_of(kids, "Сумма")
    value = values.price(text) if text else None
    if value is None and text:
        env.error("exchange.number_unreadable", f"Сумма {text}")
    return value


def _lines(kids: Kids, env: Env) -> tuple[OrderLineRecord, ...] | None:
    """All lines, or None when there are none or one cannot be read: half an order is worse than no lines."""
    found: list[OrderLineRecord] = []
    for item in children(kids, "Товары"):
        record = _line(item, env)
        if record is None:
            env.error("exchange.order_lines_dropped")
            return None
        found.append(record)
    return tuple(found) or None


def _line(item: _Element, env: Env) -> OrderLineRecord | None:
    kids = kids_of(item)
    quantity = values.quantity(text_of(kids, "Количество"))
    price = values.price(text_of(kids, "ЦенаЗаЕдиницу") or text_of(kids, "Цена"))
    amount = _amount(kids, env)
    if price is None and amount is not None and quantity:
        price = values.price(format(amount / quantity, "f"))
    if amount is None and price is not None and quantity is not None:
        amount = price * quantity
    if quantity is None or price is None or amount is None:
        env.error("exchange.number_unreadable", f"{line_of(item)}: {text_of(kids, 'Наименование')}")
        return None
    ref, variant = values.split_ref(values.ref(text_of(kids, "Ид"))[: values.REF_LENGTH])
    vat = read_vat(kids.get("СтавкиНалогов"), env) or read_vat(kids.get("Налоги"), env)
    vat_amount, vat_included = _tax(kids)
    return OrderLineRecord(
        ref,
        text_of(kids, "Наименование")[:NAME_LIMIT],
        quantity,
        price,
        amount,
        variant or values.ref(text_of(kids, "ИдХарактеристики"))[: values.REF_LENGTH],
        text_of(kids, "Артикул")[:CODE_LIMIT],
        vat.rate if vat else None,
        vat_amount,
        vat_included,
        tuple(_discounts(kids, quantity * price, amount)),
    )


def _tax(kids: Kids) -> tuple[Decimal | None, bool | None]:
    """The sum of VAT and whether the line's sum holds it, as far as Налоги says. An unreadable one is not said: the
    line is good without it.
    """
    for item in children(kids, "Налоги"):
        inner = kids_of(item)
        if text_of(inner, "Наименование").upper() in {"", "НДС", "VAT"}:
            return values.price(text_of(inner, "Сумма")), values.flag(text_of(inner, "УчтеноВСумме"))
    return None, None


def _discounts(kids: Kids, full: Decimal, amount: Decimal) -> Iterator[ErpDiscount]:
    """Скидки that the line's sum is after.

    УчтеноВСумме is written with both meanings in nature, so a discount that is said to be outside the sum is left out
    only where the sum is indeed price × quantity.
    """
    for item in children(kids, "Скидки"):
        inner = kids_of(item)
        percent, taken = values.number(text_of(inner, "Процент")), values.number(text_of(inner, "Сумма"))
        is_outside = values.flag(text_of(inner, "УчтеноВСумме")) is False and abs(full - amount) < _PENNY
        if is_outside or not (percent or taken):
            continue
        if all(abs(number) < _LIMIT for number in (percent, taken) if number is not None):
            yield ErpDiscount(text_of(inner, "Наименование")[:CODE_LIMIT], percent, taken)
