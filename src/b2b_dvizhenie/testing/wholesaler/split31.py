"""CommerceML 3.1 of the Bitrix extension: classifier, offers, prices and rests each in files of their own."""

from collections.abc import Iterable, Iterator
from xml.sax.saxutils import escape

from b2b_dvizhenie.testing.wholesaler.commerceml import CATALOG_REF
from b2b_dvizhenie.testing.wholesaler.commerceml_rows import attributes, money, tenths
from b2b_dvizhenie.testing.wholesaler.companies import PRICE_TYPES, WAREHOUSES
from b2b_dvizhenie.testing.wholesaler.goods import Offer

VERSION = "AAAAAAAAAAE="


def classifier(body: Iterable[str]) -> Iterator[str]:
    """A piece of the classifier, after an empty catalogue as the extension writes it."""
    yield '\t<Каталог СодержитТолькоИзменения="true">\n'
    yield f"\t\t<Ид>{CATALOG_REF}</Ид>\n\t\t<ИдКлассификатора>{CATALOG_REF}</ИдКлассификатора>\n"
    yield "\t\t<Наименование>Основной каталог</Наименование>\n\t</Каталог>\n"
    yield '\t<Классификатор СодержитТолькоИзменения="true">\n'
    yield f"\t\t<Ид>{CATALOG_REF}</Ид>\n\t\t<Наименование>Основной каталог</Наименование>\n"
    yield from body
    yield "\t</Классификатор>\n"


def offers(items: Iterable[Offer], *, full: bool) -> Iterator[str]:
    """Offers without prices and stocks."""
    return _package(map(_offer, items), full=full)


def prices(items: Iterable[Offer], *, full: bool) -> Iterator[str]:
    """`{Ид, Цены}`; offers that have no prices are not mentioned."""
    return _package((_row(offer, _prices(offer)) for offer in items if offer.prices), full=full)


def rests(items: Iterable[Offer], *, full: bool) -> Iterator[str]:
    """`{Ид, Остатки}`, spelling 3 of onec.md §3.5."""
    return _package((_row(offer, _rests(offer)) for offer in items), full=full)


def _package(rows: Iterable[str], *, full: bool) -> Iterator[str]:
    yield f'\t<ПакетПредложений СодержитТолькоИзменения="{"false" if full else "true"}">\n'
    yield f"\t\t<Ид>#{CATALOG_REF}</Ид>\n\t\t<Наименование>Пакет предложений (Основной каталог)</Наименование>\n"
    yield f"\t\t<ИдКаталога>{CATALOG_REF}</ИдКаталога>\n\t\t<ИдКлассификатора>{CATALOG_REF}</ИдКлассификатора>\n"
    yield "\t\t<Предложения>\n"
    yield from rows
    yield "\t\t</Предложения>\n\t</ПакетПредложений>\n"


def _ref(offer: Offer) -> str:
    return f"{offer.good.ref}#{offer.variant.ref}" if offer.variant else offer.good.ref


def _row(offer: Offer, body: str) -> str:
    return f"\t\t\t<Предложение>\n\t\t\t\t<Ид>{_ref(offer)}</Ид>\n{body}\t\t\t</Предложение>\n"


def _offer(offer: Offer) -> str:
    good, variant = offer.good, offer.variant
    name = f"{good.name} ({variant.value})" if variant else good.name
    barcode = variant.barcode if variant else good.barcode
    return _row(
        offer,
        f"\t\t\t\t<НомерВерсии>{VERSION}</НомерВерсии>\n\t\t\t\t<ПометкаУдаления>false</ПометкаУдаления>\n"
        f"\t\t\t\t<Наименование>{escape(name)}</Наименование>\n"
        + (f"\t\t\t\t<Штрихкод>{barcode}</Штрихкод>\n" if barcode else "\t\t\t\t<Штрихкод/>\n")
        + (attributes(variant) if variant else "\t\t\t\t<ХарактеристикиТовара/>\n")
        + f"\t\t\t\t<БазоваяЕдиница>{good.family.unit.code} </БазоваяЕдиница>\n",
    )


def _prices(offer: Offer) -> str:
    rows = "".join(
        f"\t\t\t\t\t<Цена>\n\t\t\t\t\t\t<Представление>{money(kopecks).replace('.', ',')} руб.</Представление>\n"
        f"\t\t\t\t\t\t<ИдТипаЦены>{price_type.ref}</ИдТипаЦены>\n"
        f"\t\t\t\t\t\t<ЦенаЗаЕдиницу>{money(kopecks)}</ЦенаЗаЕдиницу>\n\t\t\t\t\t\t<Валюта>руб</Валюта>\n"
        "\t\t\t\t\t\t<Налог>\n\t\t\t\t\t\t\t<Наименование>НДС</Наименование>\n"
        "\t\t\t\t\t\t\t<УчтеноВСумме>true</УчтеноВСумме>\n\t\t\t\t\t\t</Налог>\n\t\t\t\t\t</Цена>\n"
        for price_type, kopecks in zip(PRICE_TYPES, offer.prices, strict=True)
    )
    return f"\t\t\t\t<Цены>\n{rows}\t\t\t\t</Цены>\n"


def _rests(offer: Offer) -> str:
    rows = "".join(
        f"\t\t\t\t\t<Остаток>\n\t\t\t\t\t\t<Склад>\n\t\t\t\t\t\t\t<Ид>{warehouse.ref}</Ид>\n"
        f"\t\t\t\t\t\t\t<Количество>{tenths(stock)}</Количество>\n\t\t\t\t\t\t</Склад>\n\t\t\t\t\t</Остаток>\n"
        for warehouse, stock in zip(WAREHOUSES, offer.stocks, strict=True)
    )
    return f"\t\t\t\t<Остатки>\n{rows}\t\t\t\t</Остатки>\n"
