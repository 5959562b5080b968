"""Goods and offers of a CommerceML file as 1C writes them (onec.md §3.4–3.5), one piece of text per row."""

from collections.abc import Iterable, Iterator
from xml.sax.saxutils import escape, quoteattr

from b2b_dvizhenie.testing.wholesaler.assortment import PACK, WARRANTY, Brand, Unit, guid
from b2b_dvizhenie.testing.wholesaler.commerceml import CATALOG_REF, owner, price_types, warehouses
from b2b_dvizhenie.testing.wholesaler.companies import PRICE_TYPES, WAREHOUSES
from b2b_dvizhenie.testing.wholesaler.dialects import Deletion, Dialect
from b2b_dvizhenie.testing.wholesaler.goods import Good, Offer, Variant

_WARRANTY_REF = guid("property", WARRANTY)
_VERSION = "AAAAAAAAAAE="
_HTML_EVERY = 40
_PLAIN_EVERY = 10


def catalog(goods: Iterable[Good], dialect: Dialect, *, full: bool) -> Iterator[str]:
    """Каталог with Товары; `full` is true on the first portion of a full export only."""
    yield f'\t<Каталог СодержитТолькоИзменения="{_flag(not full)}">\n'
    yield f"\t\t<Ид>{CATALOG_REF}</Ид>\n\t\t<ИдКлассификатора>{CATALOG_REF}</ИдКлассификатора>\n"
    yield f"\t\t<Наименование>Основной каталог</Наименование>\n{owner()}\t\t<Товары>\n"
    for good in goods:
        yield _good(good, dialect)
    yield "\t\t</Товары>\n\t</Каталог>\n"


def package_head(*, full: bool) -> Iterator[str]:
    """Opening of ПакетПредложений with the elements that come before the offers."""
    yield f'\t<ПакетПредложений СодержитТолькоИзменения="{_flag(not full)}">\n'
    yield f"\t\t<Ид>{CATALOG_REF}#</Ид>\n\t\t<Наименование>Пакет предложений (Основной каталог)</Наименование>\n"
    yield f"\t\t<ИдКаталога>{CATALOG_REF}</ИдКаталога>\n\t\t<ИдКлассификатора>{CATALOG_REF}</ИдКлассификатора>\n"
    yield owner()


def package(offers: Iterable[Offer], *, full: bool) -> Iterator[str]:
    """ПакетПредложений with price types, warehouses, prices and stocks (spelling 1 of onec.md §3.5)."""
    yield from package_head(full=full)
    yield price_types()
    yield warehouses()
    yield "\t\t<Предложения>\n"
    for offer in offers:
        yield "".join(
            (
                "\t\t\t<Предложение>\n",
                _offer_head(offer),
                _prices(offer),
                _stocks(offer, "Склад"),
                "\t\t\t</Предложение>\n",
            )
        )
    yield "\t\t</Предложения>\n\t</ПакетПредложений>\n"


def package_changes(offers: Iterable[Offer]) -> Iterator[str]:
    """ИзмененияПакетаПредложений of the price and stock job: characteristic apart, stock as Склады (spelling 2)."""
    yield '\t<ИзмененияПакетаПредложений СодержитТолькоИзменения="true">\n'
    yield f"\t\t<Ид>{CATALOG_REF}#</Ид>\n\t\t<ИдКаталога>{CATALOG_REF}</ИдКаталога>\n\t\t<Предложения>\n"
    for offer in offers:
        variant = f"\t\t\t\t<ИдХарактеристики>{offer.variant.ref}</ИдХарактеристики>\n" if offer.variant else ""
        yield "".join(
            (
                f"\t\t\t<Предложение>\n\t\t\t\t<Ид>{offer.good.ref}</Ид>\n{variant}",
                _prices(offer),
                _stocks(offer, "Склады"),
                "\t\t\t</Предложение>\n",
            )
        )
    yield "\t\t</Предложения>\n\t</ИзмененияПакетаПредложений>\n"


def unit_element(unit: Unit, pack: int = 0) -> str:
    """БазоваяЕдиница with the package of the good, where it has one."""
    head = (
        f'\t\t\t\t<БазоваяЕдиница Код="{unit.code} " НаименованиеПолное={quoteattr(unit.full)}'
        f' МеждународноеСокращение="{unit.international}">{unit.short}'
    )
    if not pack:
        return f"{head}</БазоваяЕдиница>\n"
    return (
        f"{head}\n\t\t\t\t\t<Пересчет>\n\t\t\t\t\t\t<Единица>{PACK.code}</Единица>\n"
        f"\t\t\t\t\t\t<Коэффициент>{pack}</Коэффициент>\n\t\t\t\t\t</Пересчет>\n\t\t\t\t</БазоваяЕдиница>\n"
    )


def _good(good: Good, dialect: Dialect) -> str:
    family = good.family
    status = ' Статус="Удален"' if good.deleted and dialect.deletion is Deletion.STATUS_ATTRIBUTE else ""
    return "".join(
        (
            f"\t\t\t<Товар{status}>\n\t\t\t\t<Ид>{good.ref}</Ид>\n",
            f"\t\t\t\t<НомерВерсии>{_VERSION}</НомерВерсии>\n" if dialect.versions else "",
            _deletion(good, dialect),
            f"\t\t\t\t<Штрихкод>{good.barcode}</Штрихкод>\n" if good.barcode else "",
            f"\t\t\t\t<Артикул>{good.article}</Артикул>\n" if good.article else "\t\t\t\t<Артикул/>\n",
            f"\t\t\t\t<Наименование>{escape(good.name)}</Наименование>\n",
            _code(family.unit) if dialect.unit_by_code else unit_element(family.unit, family.pack),
            f"\t\t\t\t<Группы>\n\t\t\t\t\t<Ид>{good.section_ref}</Ид>\n\t\t\t\t</Группы>\n" if good.section_ref else "",
            _description(good),
            f"\t\t\t\t<Картинка>{_picture(good, dialect)}</Картинка>\n" if good.picture else "",
            f"\t\t\t\t<Страна>{good.brand.country}</Страна>\n",
            _manufacturer(good.brand),
            _values(good),
            _tax(family.vat),
            _requisites(good, dialect),
            "\t\t\t</Товар>\n",
        )
    )


def _deletion(good: Good, dialect: Dialect) -> str:
    if dialect.deletion is Deletion.MARK:
        return f"\t\t\t\t<ПометкаУдаления>{_flag(good.deleted)}</ПометкаУдаления>\n"
    if good.deleted and dialect.deletion is Deletion.STATUS_ELEMENT:
        return "\t\t\t\t<Статус>Удален</Статус>\n"
    return ""


def _manufacturer(brand: Brand) -> str:
    return (
        f"\t\t\t\t<Изготовитель>\n\t\t\t\t\t<Ид>{brand.ref}</Ид>\n"
        f"\t\t\t\t\t<Наименование>{brand.name}</Наименование>\n\t\t\t\t</Изготовитель>\n"
    )


def _tax(rate: str) -> str:
    return (
        "\t\t\t\t<СтавкиНалогов>\n\t\t\t\t\t<СтавкаНалога>\n\t\t\t\t\t\t<Наименование>НДС</Наименование>\n"
        f"\t\t\t\t\t\t<Ставка>{rate}</Ставка>\n\t\t\t\t\t</СтавкаНалога>\n\t\t\t\t</СтавкиНалогов>\n"
    )


def _picture(good: Good, dialect: Dialect) -> str:
    return good.picture if dialect.picture_dashes else good.picture.replace("-", "")


def _description(good: Good) -> str:
    """One good in ten has an empty description, as in nature."""
    if good.number % _PLAIN_EVERY == 0:
        return "\t\t\t\t<Описание/>\n"
    return f"\t\t\t\t<Описание>{escape(good.family.text)} {escape(_facts(good))}</Описание>\n"


def _facts(good: Good) -> str:
    facts = "; ".join(
        f"{axis.property.lower()}: {option.value}" for axis, option in zip(good.family.axes, good.options, strict=True)
    )
    return f"Производитель {good.brand.name}, {facts}."


def _values(good: Good) -> str:
    rows = [
        f"\t\t\t\t\t<ЗначенияСвойства>\n\t\t\t\t\t\t<Ид>{axis.property_ref}</Ид>\n"
        f"\t\t\t\t\t\t<Значение>{option.value_ref or option.value}</Значение>\n\t\t\t\t\t</ЗначенияСвойства>\n"
        for axis, option in zip(good.family.axes, good.options, strict=True)
    ]
    rows.append(
        f"\t\t\t\t\t<ЗначенияСвойства>\n\t\t\t\t\t\t<Ид>{_WARRANTY_REF}</Ид>\n"
        f"\t\t\t\t\t\t<Значение>{good.family.warranty}</Значение>\n\t\t\t\t\t</ЗначенияСвойства>\n"
    )
    return f"\t\t\t\t<ЗначенияСвойств>\n{''.join(rows)}\t\t\t\t</ЗначенияСвойств>\n"


def _requisites(good: Good, dialect: Dialect) -> str:
    values = [
        ("ВидНоменклатуры", good.family.path[2]),
        ("ТипНоменклатуры", "Товар"),
        ("Полное наименование", good.name.strip()),
        ("Код", good.code),
    ]
    if good.family.multiple:
        values.append(("Кратность отгрузки", good.family.multiple))
    if dialect.weight_requisite:
        values.append(("Вес", str(20 + good.number * 37 % 4000)))
    if good.number % _HTML_EVERY == 1:
        values.append(("ОписаниеВФорматеHTML", f"<p>{good.family.text}</p><ul><li>{_facts(good)}</li></ul>"))
    rows = "".join(
        f"\t\t\t\t\t<ЗначениеРеквизита>\n\t\t\t\t\t\t<Наименование>{name}</Наименование>\n"
        f"\t\t\t\t\t\t<Значение>{escape(value)}</Значение>\n\t\t\t\t\t</ЗначениеРеквизита>\n"
        for name, value in values
    )
    return f"\t\t\t\t<ЗначенияРеквизитов>\n{rows}\t\t\t\t</ЗначенияРеквизитов>\n"


def _offer_head(offer: Offer) -> str:
    good, variant = offer.good, offer.variant
    name = escape(good.name)
    if variant is None:
        ref, barcode, told = good.ref, good.barcode, ""
    else:
        ref, barcode = f"{good.ref}#{variant.ref}", variant.barcode
        name = f"{name} ({variant.value})"
        told = attributes(variant)
    return "".join(
        (
            f"\t\t\t\t<Ид>{ref}</Ид>\n",
            f"\t\t\t\t<Штрихкод>{barcode}</Штрихкод>\n" if barcode else "",
            f"\t\t\t\t<Артикул>{good.article}</Артикул>\n" if good.article else "",
            f"\t\t\t\t<Наименование>{name}</Наименование>\n",
            unit_element(good.family.unit),
            told,
        )
    )


def attributes(variant: Variant) -> str:
    """ХарактеристикиТовара of a variant."""
    return (
        "\t\t\t\t<ХарактеристикиТовара>\n\t\t\t\t\t<ХарактеристикаТовара>\n"
        f"\t\t\t\t\t\t<Наименование>{variant.attribute}</Наименование>\n"
        f"\t\t\t\t\t\t<Значение>{variant.value}</Значение>\n"
        "\t\t\t\t\t</ХарактеристикаТовара>\n\t\t\t\t</ХарактеристикиТовара>\n"
    )


def _code(unit: Unit) -> str:
    """The unit by its code alone, padded as 1C pads it; its names are in the units of the classifier."""
    return f"\t\t\t\t<БазоваяЕдиница>{unit.code} </БазоваяЕдиница>\n"


def _prices(offer: Offer) -> str:
    if not offer.prices:
        return ""
    unit = offer.good.family.unit.short
    rows = []
    for price_type, kopecks in zip(PRICE_TYPES, offer.prices, strict=True):
        amount = money(kopecks)
        rows.append(
            f"\t\t\t\t\t<Цена>\n\t\t\t\t\t\t<Представление>{amount.replace('.', ',')} RUB за {unit}</Представление>\n"
            f"\t\t\t\t\t\t<ИдТипаЦены>{price_type.ref}</ИдТипаЦены>\n"
            f"\t\t\t\t\t\t<ЦенаЗаЕдиницу>{amount}</ЦенаЗаЕдиницу>\n\t\t\t\t\t\t<Валюта>RUB</Валюта>\n"
            f"\t\t\t\t\t\t<Единица>{unit}</Единица>\n\t\t\t\t\t\t<Коэффициент>1</Коэффициент>\n\t\t\t\t\t</Цена>\n"
        )
    return f"\t\t\t\t<Цены>\n{''.join(rows)}\t\t\t\t</Цены>\n"


def _stocks(offer: Offer, element: str) -> str:
    rows = [f"\t\t\t\t<Количество>{tenths(sum(offer.stocks))}</Количество>\n"]
    rows.extend(
        f'\t\t\t\t<{element} ИдСклада="{warehouse.ref}" КоличествоНаСкладе="{tenths(stock)}"/>\n'
        for warehouse, stock in zip(WAREHOUSES, offer.stocks, strict=True)
    )
    return "".join(rows)


def money(kopecks: int) -> str:
    """Rubles as 1C writes a number: no trailing zeros."""
    rubles, rest = divmod(kopecks, 100)
    if not rest:
        return str(rubles)
    return f"{rubles}.{rest // 10}" if rest % 10 == 0 else f"{rubles}.{rest:02d}"


def tenths(value: int) -> str:
    """A quantity kept in tenths, as 1C writes it."""
    whole, rest = divmod(abs(value), 10)
    text = f"{whole}.{rest}" if rest else str(whole)
    return f"-{text}" if value < 0 else text


def _flag(value: bool) -> str:
    return "true" if value else "false"
