"""Классификатор and the heads of packages: sections, properties, price types … (onec.md §3.3)."""

from collections.abc import Iterator

from lxml.etree import _Element

from b2b_dvizhenie.adapters.onec.cml import values
from b2b_dvizhenie.adapters.onec.cml.env import (
    NAME_LIMIT,
    TEXT_LIMIT,
    VALUE_LIMIT,
    Env,
    Kids,
    deletion,
    kids_of,
    leaves,
    line_of,
    text_of,
)
from b2b_dvizhenie.adapters.onec.cml.errors import TooDeep
from b2b_dvizhenie.adapters.onec.cml.pieces import read_unit_element
from b2b_dvizhenie.application.exchange.records import (
    PriceTypeRecord,
    PropertyRecord,
    Record,
    SectionRecord,
    UnitRecord,
    WarehouseRecord,
)

SECTION_DEPTH = 64
_VALUES_AT_ONCE = 1000
_KINDS = {"строка": "string", "число": "number", "время": "time", "дата": "time", "справочник": "enum"}


def read_part_child(child: _Element, env: Env) -> Iterator[Record]:
    """Records of one direct child of a classifier, catalogue or package; most children carry none."""
    match child.tag:
        case "Группы":
            yield from read_sections(child, env)
        case "ТипыЦен":
            yield from _price_types(child, env)
        case "Склады":
            yield from _warehouses(child, env)
        case "ЕдиницыИзмерения":
            yield from _units(child, env)
        case _:
            pass


def read_sections(groups: _Element, env: Env) -> Iterator[SectionRecord]:
    """Sections of Группы, parents first. A section nested in itself is skipped with everything inside it.

    Raises:
        TooDeep: more than 64 levels.
    """
    waiting: list[tuple[_Element, str, frozenset[str]]] = [(groups, "", frozenset())]
    while waiting:
        container, parent, above = waiting.pop()
        if len(above) >= SECTION_DEPTH:
            raise TooDeep(f"sections deeper than {SECTION_DEPTH}", line_of(container))
        inner: list[tuple[_Element, str, frozenset[str]]] = []
        for item in container:
            if item.tag != "Группа":
                continue
            kids, name, ref = _named("section", item, env)
            if ref is None:
                continue
            if ref in above:
                env.error("exchange.section_cycle", name)
                continue
            description = env.cut(text_of(kids, "Описание"), TEXT_LIMIT) or None
            yield SectionRecord(ref, name, parent, description, deletion(item, kids))
            inner += [(child, ref, above | {ref}) for child in item if child.tag == "Группы"]
        waiting += reversed(inner)


def _named(entity: str, element: _Element, env: Env) -> tuple[Kids, str, str | None]:
    """(children, name, id) of an entry of a classifier; no id (with a problem) when it is unusable."""
    env.enter(entity, element)
    kids = kids_of(element)
    name = env.cut(text_of(kids, "Наименование"), NAME_LIMIT)
    return kids, name, env.own_ref(text_of(kids, "Ид"), name)


def read_property(element: _Element, env: Env) -> Iterator[PropertyRecord]:
    """A property, by its name where it has no id; a long dictionary comes in several records."""
    env.enter("property", element)
    kids = kids_of(element)
    name = env.cut(text_of(kids, "Наименование"), NAME_LIMIT)
    ref = env.own_ref(text_of(kids, "Ид") or name[: values.REF_LENGTH], name)
    if ref is None:
        return
    options = kids.get("ВариантыЗначений")
    spelled = text_of(kids, "ТипЗначений").lower()
    kind = _KINDS.get(spelled, "enum" if options is not None and len(options) else "string")
    deleted = deletion(element, kids)
    found: list[tuple[str, str]] = []
    sent = False
    for item in options if options is not None else ():
        inner = leaves(item)
        text = ((inner.get("Значение") if inner else item.text) or "").strip()
        value_ref = values.ref(inner.get("ИдЗначения") or inner.get("Ид")) or text
        if not value_ref:
            continue
        if len(value_ref) > values.REF_LENGTH or len(text) > VALUE_LIMIT:
            env.warn("exchange.value_too_long", text)
            continue
        found.append((value_ref, text))
        if len(found) == _VALUES_AT_ONCE:
            yield PropertyRecord(ref, name, kind, tuple(found), deleted)
            found.clear()
            sent = True
    if found or not sent:
        yield PropertyRecord(ref, name, kind, tuple(found), deleted)


def _price_types(element: _Element, env: Env) -> Iterator[PriceTypeRecord]:
    seen: dict[str, str] = {}
    for item in element:
        kids, name, ref = _named("price_type", item, env)
        if ref is None:
            continue
        if seen.setdefault(ref, name) != name:
            env.error("exchange.price_type_repeated", name)
            continue
        tax = kids.get("Налог")
        yield PriceTypeRecord(
            ref,
            name or ref,
            env.currency(text_of(kids, "Валюта")),
            None if tax is None else values.flag(leaves(tax).get("УчтеноВСумме")),
            deletion(item, kids),
        )


def _warehouses(element: _Element, env: Env) -> Iterator[WarehouseRecord]:
    for item in element:
        kids, name, ref = _named("warehouse", item, env)
        if ref is not None:
            yield WarehouseRecord(ref, name or ref, read_address(kids.get("Адрес")), deletion(item, kids))


def _units(element: _Element, env: Env) -> Iterator[UnitRecord]:
    for item in element:
        env.enter("unit", item)
        unit = read_unit_element(item)
        if unit is None:
            env.warn("exchange.unit_empty")
            continue
        kids = kids_of(item)
        ref = env.shared_ref(text_of(kids, "Ид")) or unit.code or unit.name
        yield UnitRecord(ref[: values.REF_LENGTH], unit, deletion(item, kids))


def read_address(element: _Element | None) -> str:
    """Представление, else the address fields joined by commas; "" when there is nothing but commas."""
    if element is None:
        return ""
    text = text_of(kids_of(element), "Представление")
    if not text.strip(" ,"):
        fields = [leaves(item).get("Значение") for item in element if item.tag == "АдресноеПоле"]
        text = ", ".join(word for field in fields if field and (word := field.strip()))
    return text[:NAME_LIMIT]
