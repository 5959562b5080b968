"""Small CommerceML files of our own: tests mean something where the third-party fixtures are absent."""

from collections.abc import Callable
from io import BytesIO
from pathlib import Path

import pytest

from b2b_dvizhenie.adapters.onec.cml import ReadOptions, read
from b2b_dvizhenie.application.exchange.records import Record

ROOT = "КоммерческаяИнформация"
GOOD = "b2b00000-0000-4000-8000-000000000065"
OTHER = "b2b00000-0000-4000-8000-000000000066"


class Files:
    """Builds documents: `root`, `catalog`, `package` wrap what they are given."""

    good_ref = GOOD
    other_ref = OTHER

    def root(self, *parts: str, attributes: str = 'ВерсияСхемы="2.07"', encoding: str = "UTF-8") -> str:
        return f'<?xml version="1.0" encoding="{encoding}"?>\n<{ROOT} {attributes}>{"".join(parts)}</{ROOT}>\n'

    def catalog(self, *goods: str, flag: str = "false", ref: str = "catalog") -> str:
        return (
            f'<Каталог СодержитТолькоИзменения="{flag}"><Ид>{ref}</Ид><Наименование>К</Наименование>'
            f"<Товары>{''.join(goods)}</Товары></Каталог>"
        )

    def good(self, ref: str = GOOD, more: str = "", name: str = "Кабель", attributes: str = "") -> str:
        return f"<Товар{attributes}><Ид>{ref}</Ид><Наименование>{name}</Наименование>{more}</Товар>\n"

    def package(self, *offers: str, flag: str = "false", head: str = "", tag: str = "ПакетПредложений") -> str:
        return (
            f'<{tag} СодержитТолькоИзменения="{flag}"><Ид>catalog#</Ид><ИдКаталога>catalog</ИдКаталога>{head}'
            f"<Предложения>{''.join(offers)}</Предложения></{tag}>"
        )

    def offer(self, more: str = "", ref: str = GOOD) -> str:
        return f"<Предложение><Ид>{ref}</Ид>{more}</Предложение>"

    def price(self, value: str, price_type: str = "опт", more: str = "<Валюта>руб</Валюта>") -> str:
        return f"<Цена><ИдТипаЦены>{price_type}</ИдТипаЦены><ЦенаЗаЕдиницу>{value}</ЦенаЗаЕдиницу>{more}</Цена>"


@pytest.fixture(scope="session")
def files() -> Files:
    return Files()


Reading = Callable[..., list[Record]]


@pytest.fixture(scope="session")
def reading() -> Reading:
    """Read a document given as text or bytes, whole."""

    def run(document: str | bytes | Path, options: ReadOptions | None = None) -> list[Record]:
        source = (
            document
            if isinstance(document, Path)
            else BytesIO(document.encode() if isinstance(document, str) else document)
        )
        return list(read(source, options or ReadOptions()))

    return run
