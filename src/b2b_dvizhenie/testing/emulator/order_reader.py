"""Reads the answer to `sale/query` by the exact paths of 1C's modules (onec.md §4.1–4.2) and refuses the rest.

Nothing is guessed: a number with a comma, a date with a zone or an empty element is a refusal, because one of the
families stops or loses data there.
"""

import hashlib
import re
from datetime import date
from decimal import Decimal
from itertools import chain

from lxml import etree

from b2b_dvizhenie.testing.emulator.answers import charset
from b2b_dvizhenie.testing.emulator.refusal import EmulatorRefused, Reason, Wire
from b2b_dvizhenie.testing.emulator.rules import Rules
from b2b_dvizhenie.testing.emulator.site_orders import SiteLine, SiteOrder
from b2b_dvizhenie.testing.emulator.wire import Reply

_STEP = "sale query"
_ROOT = "КоммерческаяИнформация"
_OPERATION = "Заказ товара"
_DECIMAL = re.compile(r"-?\d{1,16}(\.\d{1,4})?")
_MONEY = re.compile(r"-?\d{1,16}(\.\d{1,2})?")
_DATE = re.compile(r"\d{4}-\d\d-\d\d")
_TIME = re.compile(r"([01]\d|2[0-3]):[0-5]\d:[0-5]\d")
_MADE_AT = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d")
_DECLARED = re.compile(rb"""<\?xml\s+version=["']1\.0["'](?:\s+encoding=["']([A-Za-z0-9-]+)["'])?""")
_REF, _GOOD_REF, _NAME, _COMMENT, _VALUE, _NUMBER = 40, 80, 255, 3000, 1000, 11
_FLAGS = {"true": True, "false": False}


def read_orders(reply: Reply, rules: Rules) -> tuple[SiteOrder, ...]:
    """Orders of an answer to `query`; an empty root is no orders."""
    return _Reader(reply.wire, rules).orders(xml_root(_STEP, reply))


def xml_root(step: str, reply: Reply) -> etree._Element:
    """The parsed body of an answer, after the checks of rules 3 and 17 on raw bytes."""
    body = reply.body
    if body.startswith(b"PK"):
        raise EmulatorRefused(step, Reason.QUERY_ZIP, reply.wire)
    if body.startswith(b"\xef\xbb\xbf"):
        raise EmulatorRefused(step, Reason.BOM, reply.wire)
    if body.startswith(b"failure"):
        text = body.decode(charset(step, reply)).partition("\n")[2]
        raise EmulatorRefused(step, Reason.SERVER_FAILURE, reply.wire, text)
    if not body.startswith(b"<?xml"):
        raise EmulatorRefused(step, Reason.QUERY_NOT_XML, reply.wire)
    encoding = charset(step, reply)
    declared = _DECLARED.match(body)
    name = (declared[1] or b"utf-8").decode().lower() if declared else ""
    if name != encoding:
        raise EmulatorRefused(step, Reason.XML_ENCODING, reply.wire, f"header {encoding}, declaration {name!r}")
    try:
        return etree.fromstring(body, etree.XMLParser(resolve_entities=False, no_network=True, huge_tree=True))
    except etree.XMLSyntaxError as error:
        raise EmulatorRefused(step, Reason.XML_MALFORMED, reply.wire, str(error)) from None


class _Reader:
    def __init__(self, wire: Wire, rules: Rules) -> None:
        self._wire = wire
        self._rules = rules

    def orders(self, root: etree._Element) -> tuple[SiteOrder, ...]:
        name = etree.QName(root)
        if name.localname != _ROOT:
            raise self._refuse(Reason.ROOT, root, name.localname)
        spaces = self._rules.namespaces
        if spaces is not None and (name.namespace or "") not in spaces:
            raise self._refuse(Reason.NAMESPACE, root, str(name.namespace))
        for element in root.iter(etree.Element):
            element.tag = etree.QName(element).localname
        if not _MADE_AT.fullmatch(root.get("ДатаФормирования", "")):
            raise self._refuse(Reason.VALUE_FORMAT, root, f"ДатаФормирования {root.get('ДатаФормирования')!r}")
        if not root.get("ВерсияСхемы"):
            raise self._refuse(Reason.ELEMENT_MISSING, root, "ВерсияСхемы")
        return tuple(map(self._order, self._documents(root)))

    def _documents(self, root: etree._Element) -> list[etree._Element]:
        inside = root.findall("Контейнер/Документ")
        at_root = root.findall("Документ")
        expected, lost = (inside, at_root) if self._rules.orders_in_container else (at_root, inside)
        if lost:
            raise self._refuse(Reason.DOCUMENT_PLACE, lost[0], "1C does not look there")
        if self._rules.refuses_empty:
            for element in chain.from_iterable(document.iter(etree.Element) for document in expected):
                if not len(element) and not (element.text or "").strip():
                    raise self._refuse(Reason.EMPTY_ELEMENT, element)
        return expected

    def _order(self, document: etree._Element) -> SiteOrder:
        operation = self._text(document, "ХозОперация")
        if operation != _OPERATION:
            raise self._refuse(Reason.OPERATION, document, repr(operation))
        if self._text(document, "Роль") != "Продавец":
            raise self._refuse(Reason.ROLE, document)
        number = self._text(document, "Номер")
        if len(number) > _NUMBER:
            raise self._refuse(Reason.NUMBER_TOO_LONG, document, f"{number!r} is {len(number)} characters")
        buyer = self._buyer(document)
        vat_included, vat, _ = self._tax(document)
        time = self._optional(document, "Время")
        if time and not _TIME.fullmatch(time):
            raise self._refuse(Reason.VALUE_FORMAT, document, f"Время {time!r}")
        self._number(document, "Курс", _DECIMAL)
        order = SiteOrder(
            ref=self._text(document, "Ид", _REF),
            number=number,
            placed_on=self._date(document, "Дата"),
            placed_at=time,
            currency=self._text(document, "Валюта"),
            amount=self._number(document, "Сумма", _MONEY),
            buyer_ref=self._text(buyer, "Ид", _REF),
            buyer_name=self._text(buyer, "Наименование", _NAME),
            buyer_legal=buyer.find("ОфициальноеНаименование") is not None,
            buyer_inn=self._optional(buyer, "ИНН"),
            buyer_kpp=self._optional(buyer, "КПП"),
            comment=self._optional(document, "Комментарий", _COMMENT),
            lines=tuple(map(self._line, self._one(document, "Товары").findall("Товар"))),
            vat=vat,
            vat_included=vat_included,
            requisites=self._requisites(document),
            digest=hashlib.sha256(etree.tostring(document, method="c14n")).hexdigest(),
        )
        self._check_sums(document, order)
        return order

    def _buyer(self, document: etree._Element) -> etree._Element:
        buyer = self._one(self._one(document, "Контрагенты"), "Контрагент")
        if self._text(buyer, "Роль") != "Покупатель":
            raise self._refuse(Reason.ROLE, buyer)
        legal, person = buyer.find("ОфициальноеНаименование"), buyer.find("ПолноеНаименование")
        if (legal is None) == (person is None):
            raise self._refuse(Reason.COUNTERPARTY, buyer, "ОфициальноеНаименование or ПолноеНаименование, one of them")
        inn, kpp = self._optional(buyer, "ИНН"), self._optional(buyer, "КПП")
        if inn and not re.fullmatch(r"\d{10}" if legal is not None else r"\d{12}", inn):
            raise self._refuse(Reason.COUNTERPARTY, buyer, f"ИНН {inn!r}")
        if kpp and not re.fullmatch(r"\d{4}[0-9A-Z]{2}\d{3}", kpp):
            raise self._refuse(Reason.COUNTERPARTY, buyer, f"КПП {kpp!r}")
        return buyer

    def _line(self, item: etree._Element) -> SiteLine:
        unit = self._one(item, "Единица" if item.find("Единица") is not None else "БазоваяЕдиница")
        unit_name = self._optional(unit, "НаименованиеКраткое") or (unit.text or "").strip()
        _, vat, rate = self._tax(item)
        requisites = self._requisites(item)
        for name in ("ВидНоменклатуры", "ТипНоменклатуры"):
            if name not in requisites:
                raise self._refuse(Reason.ELEMENT_MISSING, item, f"requisite {name}")
        line = SiteLine(
            ref=self._text(item, "Ид", _GOOD_REF),
            article=self._optional(item, "Артикул", _NAME),
            name=self._text(item, "Наименование", _NAME),
            unit=unit_name,
            unit_code=unit.get("Код", "") or self._optional(unit, "Код"),
            quantity=self._number(item, "Количество", _DECIMAL),
            price=self._number(item, "ЦенаЗаЕдиницу", _DECIMAL),
            amount=self._number(item, "Сумма", _MONEY),
            discount=self._discount(item),
            vat_rate=rate,
            vat=vat,
            is_service=requisites["ТипНоменклатуры"] == "Услуга",
        )
        if not line.unit or line.unit_code != line.unit_code.strip():
            raise self._refuse(Reason.VALUE_FORMAT, item, f"unit {line.unit!r} {line.unit_code!r}")
        if line.quantity <= 0:
            raise self._refuse(Reason.VALUE_FORMAT, item, f"Количество {line.quantity}")
        if abs(line.price * line.quantity - line.discount - line.amount) > Decimal("0.005"):
            raise self._refuse(Reason.SUMS, item, f"{line.price} × {line.quantity} − {line.discount} ≠ {line.amount}")
        return line

    def _check_sums(self, document: etree._Element, order: SiteOrder) -> None:
        if not order.lines:
            raise self._refuse(Reason.ELEMENT_MISSING, document, "Товар")
        total = sum((line.amount for line in order.lines), Decimal(0))
        if not order.vat_included:
            total += sum((line.vat for line in order.lines), Decimal(0))
        if total != order.amount:
            raise self._refuse(Reason.SUMS, document, f"lines make {total}, the order says {order.amount}")
        vat = sum((line.vat for line in order.lines), Decimal(0))
        if vat != order.vat:
            raise self._refuse(Reason.VAT, document, f"lines make {vat}, the order says {order.vat}")

    def _tax(self, element: etree._Element) -> tuple[bool, Decimal, str]:
        """(included, sum, rate) of Налоги; without it the element is without VAT."""
        if element.find("Налоги") is None:
            return True, Decimal(0), ""
        tax = self._one(self._one(element, "Налоги"), "Налог")
        included = self._text(tax, "УчтеноВСумме")
        if included not in _FLAGS:
            raise self._refuse(Reason.VALUE_FORMAT, tax, f"УчтеноВСумме {included!r}")
        return _FLAGS[included], self._number(tax, "Сумма", _MONEY), self._optional(tax, "Ставка")

    def _discount(self, item: etree._Element) -> Decimal:
        total = Decimal(0)
        for discount in item.findall("Скидки/Скидка"):
            if self._text(discount, "УчтеноВСумме") == "true":
                total += self._number(discount, "Сумма", _MONEY)
        return total

    def _requisites(self, element: etree._Element) -> dict[str, str]:
        found: dict[str, str] = {}
        for requisite in element.findall("ЗначенияРеквизитов/ЗначениеРеквизита"):
            name = self._text(requisite, "Наименование", _NAME)
            if name in found:
                raise self._refuse(Reason.ELEMENT_REPEATED, requisite, name)
            found[name] = self._text(requisite, "Значение", _VALUE)
        return found

    def _one(self, parent: etree._Element, name: str) -> etree._Element:
        found = parent.findall(name)
        if not found:
            raise self._refuse(Reason.ELEMENT_MISSING, parent, name)
        if len(found) > 1:
            raise self._refuse(Reason.ELEMENT_REPEATED, found[1])
        return found[0]

    def _text(self, parent: etree._Element, name: str, longest: int = _NAME) -> str:
        text = self._optional(parent, name, longest)
        if not text:
            raise self._refuse(Reason.ELEMENT_MISSING, parent, name)
        return text

    def _optional(self, parent: etree._Element, name: str, longest: int = _NAME) -> str:
        if parent.find(name) is None:
            return ""
        text = (self._one(parent, name).text or "").strip()
        if len(text) > longest:
            raise self._refuse(Reason.TOO_LONG, parent, f"{name} has {len(text)} characters of {longest}")
        return text

    def _number(self, parent: etree._Element, name: str, form: re.Pattern[str]) -> Decimal:
        text = self._text(parent, name)
        if not form.fullmatch(text):
            raise self._refuse(Reason.VALUE_FORMAT, parent, f"{name} {text!r}")
        return Decimal(text)

    def _date(self, parent: etree._Element, name: str) -> date:
        text = self._text(parent, name)
        try:
            if _DATE.fullmatch(text):
                return date.fromisoformat(text)
        except ValueError:
            pass
        raise self._refuse(Reason.VALUE_FORMAT, parent, f"{name} {text!r}")

    def _refuse(self, reason: Reason, element: etree._Element, detail: str = "") -> EmulatorRefused:
        path = "/".join([*(above.tag for above in reversed(list(element.iterancestors()))), element.tag])
        number = next((order.findtext("Номер") for order in element.iterancestors("Документ")), None)
        order = f" of order {number}" if number else ""
        wire = Wire(
            self._wire.request,
            self._wire.status,
            self._wire.content_type,
            etree.tostring(element, encoding="utf-8")[:1000],
        )
        return EmulatorRefused(_STEP, reason, wire, f"{path}{order}: {detail}".rstrip(": "))
