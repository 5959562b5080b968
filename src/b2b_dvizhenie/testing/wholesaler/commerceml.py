"""The frame of a CommerceML file as 1C writes it: root, classifier, price types, warehouses, buyers.

Written anew after onec.md §3, sharing nothing with our reader. Functions yield pieces of text, so that files of any
size are written in constant memory; goods and offers are in `commerceml_rows`.
"""

from collections.abc import Iterable, Iterator
from xml.sax.saxutils import escape

from b2b_dvizhenie.testing.wholesaler.assortment import UNITS, Property, Section, guid
from b2b_dvizhenie.testing.wholesaler.companies import (
    BUYERS,
    FIRM,
    PRICE_TYPES,
    WAREHOUSES,
    Company,
    PriceType,
)
from b2b_dvizhenie.testing.wholesaler.dialects import Dialect

CATALOG_REF = guid("catalog")


def document(dialect: Dialect, at: str, body: Iterable[str]) -> Iterator[str]:
    """The root element around `body`; `at` is ДатаФормирования, local time without zone."""
    names = ""
    if dialect.namespace:
        names = (
            f' xmlns="{dialect.namespace}" xmlns:xs="http://www.w3.org/2001/XMLSchema"'
            ' xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance"'
        )
    yield "\ufeff" if dialect.bom else ""
    yield '<?xml version="1.0" encoding="UTF-8"?>\n'
    name = ' Ид="Обмен с сайтом"' if dialect.split else ""
    yield f'<КоммерческаяИнформация{names} ВерсияСхемы="{dialect.version}" ДатаФормирования="{at}"{name}>\n'
    yield from body
    yield "</КоммерческаяИнформация>\n"


def owner() -> str:
    """Владелец: the firm itself."""
    return (
        f"\t\t<Владелец>\n\t\t\t<Ид>{FIRM.ref}</Ид>\n\t\t\t<Наименование>{escape(FIRM.name)}</Наименование>\n"
        f"\t\t\t<ОфициальноеНаименование>{escape(FIRM.full_name)}</ОфициальноеНаименование>\n"
        f"\t\t\t<ИНН>{FIRM.inn}</ИНН>\n\t\t\t<КПП>{FIRM.kpp}</КПП>\n\t\t</Владелец>\n"
    )


def classifier(dialect: Dialect, body: Iterable[str]) -> Iterator[str]:
    """Классификатор around `body`."""
    yield "\t<Классификатор>\n"
    yield f"\t\t<Ид>{CATALOG_REF}</Ид>\n\t\t<Наименование>Классификатор (Основной каталог)</Наименование>\n"
    yield owner()
    yield from body
    if dialect.classifier_units:
        yield units()
    yield "\t</Классификатор>\n"


def sections(tree: Iterable[Section], indent: str = "\t\t") -> Iterator[str]:
    """Группы, nested."""
    yield f"{indent}<Группы>\n"
    for section in tree:
        yield f"{indent}\t<Группа>\n{indent}\t\t<Ид>{section.ref}</Ид>\n"
        yield f"{indent}\t\t<Наименование>{escape(section.name)}</Наименование>\n"
        if section.children:
            yield from sections(section.children, f"{indent}\t\t")
        yield f"{indent}\t</Группа>\n"
    yield f"{indent}</Группы>\n"


def properties(items: Iterable[Property]) -> Iterator[str]:
    """Свойства with their dictionaries."""
    yield "\t\t<Свойства>\n"
    for item in items:
        kind = "Число" if item.number else "Справочник"
        yield f"\t\t\t<Свойство>\n\t\t\t\t<Ид>{item.ref}</Ид>\n"
        yield f"\t\t\t\t<Наименование>{escape(item.name)}</Наименование>\n"
        yield f"\t\t\t\t<ТипЗначений>{kind}</ТипЗначений>\n"
        if item.values:
            yield "\t\t\t\t<ВариантыЗначений>\n"
            for ref, text in item.values:
                yield (
                    f"\t\t\t\t\t<Справочник>\n\t\t\t\t\t\t<ИдЗначения>{ref}</ИдЗначения>\n"
                    f"\t\t\t\t\t\t<Значение>{escape(text)}</Значение>\n\t\t\t\t\t</Справочник>\n"
                )
            yield "\t\t\t\t</ВариантыЗначений>\n"
        yield "\t\t\t\t<ДляТоваров>true</ДляТоваров>\n\t\t\t</Свойство>\n"
    yield "\t\t</Свойства>\n"


def units() -> str:
    """ЕдиницыИзмерения of УНФ 2.10 and of 3.1; codes are padded as 1C pads them."""
    rows = "".join(
        f"\t\t\t<ЕдиницаИзмерения>\n\t\t\t\t<Ид>{unit.code} </Ид>\n\t\t\t\t<Код>{unit.code} </Код>\n"
        f"\t\t\t\t<НаименованиеКраткое>{unit.short}</НаименованиеКраткое>\n"
        f"\t\t\t\t<НаименованиеПолное>{unit.full}</НаименованиеПолное>\n"
        f"\t\t\t\t<МеждународноеСокращение>{unit.international}</МеждународноеСокращение>\n"
        "\t\t\t</ЕдиницаИзмерения>\n"
        for unit in UNITS.values()
    )
    return f"\t\t<ЕдиницыИзмерения>\n{rows}\t\t</ЕдиницыИзмерения>\n"


def price_types(items: Iterable[PriceType] = PRICE_TYPES) -> str:
    """ТипыЦен: rubles, VAT included."""
    rows = "".join(
        f"\t\t\t<ТипЦены>\n\t\t\t\t<Ид>{item.ref}</Ид>\n\t\t\t\t<Наименование>{item.name}</Наименование>\n"
        "\t\t\t\t<Валюта>RUB</Валюта>\n\t\t\t\t<Налог>\n\t\t\t\t\t<Наименование>НДС</Наименование>\n"
        "\t\t\t\t\t<УчтеноВСумме>true</УчтеноВСумме>\n\t\t\t\t\t<Акциз>false</Акциз>\n\t\t\t\t</Налог>\n"
        "\t\t\t</ТипЦены>\n"
        for item in items
    )
    return f"\t\t<ТипыЦен>\n{rows}\t\t</ТипыЦен>\n"


def warehouses() -> str:
    """Склады with their addresses."""
    rows = []
    for item in WAREHOUSES:
        fields = "".join(
            f"\t\t\t\t\t<АдресноеПоле>\n\t\t\t\t\t\t<Тип>{kind}</Тип>\n"
            f"\t\t\t\t\t\t<Значение>{value}</Значение>\n\t\t\t\t\t</АдресноеПоле>\n"
            for kind, value in item.address
        )
        address = ", ".join(value for _, value in item.address)
        rows.append(
            f"\t\t\t<Склад>\n\t\t\t\t<Ид>{item.ref}</Ид>\n\t\t\t\t<Наименование>{item.name}</Наименование>\n"
            f"\t\t\t\t<Адрес>\n\t\t\t\t\t<Представление>{address}</Представление>\n"
            f"{fields}\t\t\t\t</Адрес>\n\t\t\t</Склад>\n"
        )
    return f"\t\t<Склады>\n{''.join(rows)}\t\t</Склады>\n"


def partners(companies: Iterable[Company] = BUYERS) -> Iterator[str]:
    """Контрагенты (onec.md §3.6): the buyers."""
    yield '\t<Контрагенты СодержитТолькоИзменения="false">\n'
    for company in companies:
        yield (
            f"\t\t<Контрагент>\n\t\t\t<Ид>{company.ref}</Ид>\n\t\t\t<ПометкаУдаления>false</ПометкаУдаления>\n"
            f"\t\t\t<Наименование>{escape(company.name)}</Наименование>\n"
            f"\t\t\t<ОфициальноеНаименование>{escape(company.full_name)}</ОфициальноеНаименование>\n"
            f"\t\t\t<Роль>Покупатель</Роль>\n\t\t\t<ИНН>{company.inn}</ИНН>\n\t\t\t<КПП>{company.kpp}</КПП>\n"
            f"\t\t\t<ОГРН>{company.ogrn}</ОГРН>\n"
            f"\t\t\t<ЮридическийАдрес>\n\t\t\t\t<Представление>{escape(company.address)}</Представление>\n"
            "\t\t\t</ЮридическийАдрес>\n\t\t\t<РасчетныеСчета>\n\t\t\t\t<РасчетныйСчет>\n"
            f"\t\t\t\t\t<НомерСчета>{company.account}</НомерСчета>\n\t\t\t\t\t<Банк>\n"
            f"\t\t\t\t\t\t<БИК>{company.bic}</БИК>\n\t\t\t\t\t\t<Наименование>{escape(company.bank)}</Наименование>\n"
            f"\t\t\t\t\t\t<СчетКорреспондентский>{company.correspondent}</СчетКорреспондентский>\n"
            "\t\t\t\t\t</Банк>\n\t\t\t\t</РасчетныйСчет>\n\t\t\t</РасчетныеСчета>\n\t\t\t<Контакты>\n"
            f"\t\t\t\t<Контакт>\n\t\t\t\t\t<Тип>Телефон рабочий</Тип>\n\t\t\t\t\t<Значение>{company.phone}</Значение>\n"
            "\t\t\t\t</Контакт>\n\t\t\t\t<Контакт>\n\t\t\t\t\t<Тип>Почта</Тип>\n"
            f"\t\t\t\t\t<Значение>{company.email}</Значение>\n\t\t\t\t</Контакт>\n\t\t\t</Контакты>\n\t\t</Контрагент>\n"
        )
    yield "\t</Контрагенты>\n"
