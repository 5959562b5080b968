"""Writes orders as 1C sends them back (onec.md §4.3)."""

from collections.abc import Iterable
from datetime import datetime
from xml.sax.saxutils import escape, quoteattr

from b2b_dvizhenie.testing.emulator.base import Order, Status
from b2b_dvizhenie.testing.emulator.rules import Rules
from b2b_dvizhenie.testing.emulator.site_orders import SiteLine
from b2b_dvizhenie.testing.wholesaler.dialects import DIALECTS

_BOM = "\ufeff"
_STATUS_TEXTS = {
    Status.LOADED: "На согласовании",
    Status.ACCEPTED: "На согласовании",
    Status.RESERVED: "К выполнению / В резерве",
    Status.SHIPPED: "К отгрузке",
    Status.PAID: "Закрыт",
    Status.CANCELLED: "Отменен",
}
_BEFORE_POSTING = frozenset({Status.LOADED, Status.ACCEPTED})


def write_orders(orders: Iterable[Order], rules: Rules, now: datetime) -> bytes:
    """The file of orders; `now` is local time of the base."""
    dialect = DIALECTS[rules.profile]
    space = f' xmlns="{dialect.namespace}"' if dialect.namespace else ""
    head = (
        f'{_BOM if dialect.bom else ""}<?xml version="1.0" encoding="UTF-8"?>\n<КоммерческаяИнформация{space} '
        f'ВерсияСхемы="{dialect.version}" ДатаФормирования="{now.strftime("%Y-%m-%dT%H:%M:%S")}">\n'
    )
    write = _container if rules.orders_in_container else _document
    return f"{head}{''.join(write(order, rules) for order in orders)}</КоммерческаяИнформация>\n".encode()


def _document(order: Order, rules: Rules) -> str:
    site = order.site
    return (
        f"\t<Документ>\n\t\t<Ид>{order.ref}</Ид>\n\t\t<Номер>{escape(site.number)}</Номер>\n"
        f"\t\t<Дата>{site.placed_on}</Дата>\n\t\t<ХозОперация>Заказ товара</ХозОперация>\n"
        f"\t\t<Роль>Продавец</Роль>\n\t\t<Валюта>{escape(site.currency)}</Валюта>\n\t\t<Курс>1</Курс>\n"
        f"\t\t<Сумма>{order.amount}</Сумма>\n{_buyer(order)}\t\t<Время>{site.placed_at or '00:00:00'}</Время>\n"
        f"\t\t<Комментарий/>\n{_lines(order)}{_requisites(_marks(order, rules))}\t</Документ>\n"
    )


def _container(order: Order, rules: Rules) -> str:
    site = order.site
    requisites = [("СтатусЗаказа", _STATUS_TEXTS[order.status]), *_marks(order, rules)]
    return (
        f"\t<Контейнер>\n\t<Документ>\n\t\t<НомерВерсии>{order.version:08d}</НомерВерсии>\n"
        f"\t\t<ПометкаУдаления>false</ПометкаУдаления>\n\t\t<Номер>{escape(site.number)}</Номер>\n"
        f"\t\t<Номер1С>{order.number:<12}</Номер1С>\n\t\t<Дата>{site.placed_on}</Дата>\n\t\t<Дата1С>{order.day}</Дата1С>\n"
        f"\t\t<Время>{site.placed_at or '00:00:00'}</Время>\n\t\t<ХозОперация>Заказ товара</ХозОперация>\n"
        f"{_buyer(order)}\t\t<Валюта>{escape(site.currency)}</Валюта>\n\t\t<Курс>1</Курс>\n\t\t<Сумма>{order.amount}</Сумма>\n"
        f"\t\t<Роль>Продавец</Роль>\n{_lines(order)}{_requisites(requisites)}\t</Документ>\n\t</Контейнер>\n"
    )


def _buyer(order: Order) -> str:
    site = order.site
    official = "ОфициальноеНаименование" if site.buyer_legal else "ПолноеНаименование"
    codes = f"<ИНН>{site.buyer_inn}</ИНН>" if site.buyer_inn else ""
    codes += f"<КПП>{site.buyer_kpp}</КПП>" if site.buyer_kpp else ""
    name = escape(site.buyer_name)
    return (
        f"\t\t<Контрагенты>\n\t\t\t<Контрагент><Ид>{escape(site.buyer_ref)}</Ид><Наименование>{name}</Наименование>"
        f"<{official}>{name}</{official}>{codes}<Роль>Покупатель</Роль></Контрагент>\n\t\t</Контрагенты>\n"
    )


def _lines(order: Order) -> str:
    lines = "".join(_line(line, vat_included=order.site.vat_included) for line in order.lines)
    return f"\t\t<Товары>\n{lines}\t\t</Товары>\n"


def _line(line: SiteLine, *, vat_included: bool) -> str:
    article = f"<Артикул>{escape(line.article)}</Артикул>" if line.article else ""
    return (
        f"\t\t\t<Товар><Ид>{escape(line.ref)}</Ид>{article}<Наименование>{escape(line.name)}</Наименование>"
        f"<БазоваяЕдиница Код={quoteattr(line.unit_code)}>{escape(line.unit)}</БазоваяЕдиница>"
        f"<ЦенаЗаЕдиницу>{line.price}</ЦенаЗаЕдиницу><Количество>{line.quantity}</Количество>"
        f"<Сумма>{line.amount}</Сумма>{_tax(line, vat_included=vat_included)}{_discounts(line)}</Товар>\n"
    )


def _tax(line: SiteLine, *, vat_included: bool) -> str:
    if not line.vat_rate[:1].isdigit():
        return ""
    included = "true" if vat_included else "false"
    return (
        f"<Налоги><Налог><Наименование>НДС</Наименование><УчтеноВСумме>{included}</УчтеноВСумме>"
        f"<Сумма>{line.vat}</Сумма><Ставка>{line.vat_rate}</Ставка></Налог></Налоги>"
    )


def _discounts(line: SiteLine) -> str:
    """Only those that 1C gave itself: what the site took off is inside the price (§4.1)."""
    named = "".join(
        f"<Скидка><Наименование>{escape(name)}</Наименование><Сумма>{amount}</Сумма><Процент>{percent}</Процент>"
        "<УчтеноВСумме>true</УчтеноВСумме></Скидка>"
        for name, percent, amount in line.named_discounts
    )
    return f"<Скидки>{named}</Скидки>" if named else ""


def _marks(order: Order, rules: Rules) -> list[tuple[str, str]]:
    """Requisites; false ones are left out, as УТ 11.5 does, except the two it always writes."""
    marks = [("Номер по 1С", order.number), ("Дата по 1С", str(order.day)), ("ПометкаУдаления", "false")]
    if order.status not in _BEFORE_POSTING:
        marks.append(("Проведен", "true"))
    if order.payment is not None:
        marks += [("Номер оплаты по 1С", order.payment.number), ("Дата оплаты по 1С", str(order.payment.day))]
    if order.shipment is not None:
        marks += [("Номер отгрузки по 1С", order.shipment.number), ("Дата отгрузки по 1С", str(order.shipment.day))]
    if order.status is Status.CANCELLED:
        marks.append(("Отменен", "true"))
    if rules.tells_status:
        marks.append(("Статус заказа", _STATUS_TEXTS[order.status]))
    return marks


def _requisites(values: list[tuple[str, str]]) -> str:
    rows = "".join(
        f"\t\t\t<ЗначениеРеквизита><Наименование>{name}</Наименование><Значение>{escape(value)}</Значение>"
        "</ЗначениеРеквизита>\n"
        for name, value in values
    )
    return f"\t\t<ЗначенияРеквизитов>\n{rows}\t\t</ЗначенияРеквизитов>\n"
