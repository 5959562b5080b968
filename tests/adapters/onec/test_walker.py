"""The streaming itself: memory, limits, independence of how the bytes are cut."""

import itertools
import subprocess
import sys
from io import BytesIO

import pytest
from hypothesis import given
from hypothesis import strategies as st

from b2b_dvizhenie.adapters.onec.cml import errors, read, survey, text, walker
from b2b_dvizhenie.application.exchange.records import FileHead, GoodRecord, OfferRecord, SectionRecord

ROOT = ("<КоммерческаяИнформация>", "</КоммерческаяИнформация>")
GOODS = (ROOT[0] + "<Каталог><Товары>", "</Товары></Каталог>" + ROOT[1])

_CHILD = """
import io, sys, time
from b2b_dvizhenie.adapters.onec.cml import CmlBroken, read, walker

class Made(io.RawIOBase):
    # A file of any size that exists nowhere: head, the same unit again and again, tail.
    def __init__(self, head, unit, count, tail):
        self.head, self.tail, self.length = head.encode(), tail.encode(), len(unit.encode())
        self.block = unit.encode() * max(2, 131072 // self.length + 2)
        self.middle = self.length * count
        self.size, self.at = len(self.head) + self.middle + len(self.tail), 0
    def seekable(self):
        return True
    def tell(self):
        return self.at
    def seek(self, position, whence=0):
        self.at = position
        return position
    def read(self, size=-1):
        out, end = b"", min(self.size, self.at + size)
        while self.at < end:
            into = self.at - len(self.head)
            if into < 0:
                piece = self.head[self.at:end]
            elif into < self.middle:
                start = into % self.length
                piece = self.block[start:start + min(end - self.at, self.middle - into)]
            else:
                piece = self.tail[into - self.middle:end - len(self.head) - self.middle]
            out += piece
            self.at += len(piece)
        return out

def peak():
    with open("/proc/self/status") as status:
        return next(int(line.split()[1]) // 1024 for line in status if line.startswith("VmHWM"))

head, unit, count, tail, sabotage = sys.argv[1:]
exec(sabotage)
before, start, outcome = peak(), time.process_time(), "whole"
try:
    for _ in read(Made(head, unit, int(count), tail)):
        pass
except CmlBroken as error:
    outcome = error.code
print(outcome, peak() - before, time.process_time() - start)
"""


def measured(around, unit, megabytes, sabotage=""):
    """(outcome, MiB the process grew by, seconds of work) for a made file of that size."""
    count = megabytes * 1_000_000 // len(unit.encode())
    done = subprocess.run(
        [sys.executable, "-c", _CHILD, around[0], unit, str(count), around[1], sabotage],
        capture_output=True,
        text=True,
        timeout=120,
        check=True,
    )
    outcome, growth, seconds = done.stdout.split()
    return outcome, int(growth), float(seconds)


GOOD = (
    "<Товар><Ид>b2b00000-0000-4000-8000-000000000065</Ид><Артикул>VVG</Артикул><Наименование>Кабель</Наименование>"
    "<Группы><Ид>g</Ид></Группы></Товар>\n"
)


def test_memory_does_not_grow_with_the_file():
    outcome, growth, _ = measured(GOODS, GOOD, 12)
    assert outcome == "whole"
    assert growth < 10


def test_without_pruning_it_would():
    """Control of the test above."""
    _, growth, _ = measured(GOODS, GOOD, 12, "walker.Walker._drop_read = lambda self, last: None")
    assert growth > 20


HOSTILE = {
    "unknown elements at the root": (ROOT, "<Мусор><а>x</а></Мусор>", "exchange.nothing_known"),
    "a wide unknown element": ((ROOT[0] + "<Мусор>", "</Мусор>" + ROOT[1]), "<а>x</а>", "exchange.nothing_known"),
    "unknown elements in a part": ((ROOT[0] + "<Каталог>", "</Каталог>" + ROOT[1]), "<Мусор/>", "whole"),
    "unknown elements among goods": (GOODS, "<Мусор/>", "whole"),
    "rows without ids": (GOODS, "<Товар/>", "whole"),
    "a text": ((GOODS[0] + "<Товар><Описание>", "</Описание></Товар>" + GOODS[1]), "x" * 1000, None),
    "an attribute": ((GOODS[0] + '<Товар а="', '"/>' + GOODS[1]), "x" * 1000, None),
    "an attribute of the root": (('<КоммерческаяИнформация а="', '"/>'), "x" * 1000, None),
    "a comment": ((ROOT[0] + "<!--", "-->" + ROOT[1]), "x" * 1000, None),
    "an instruction": ((ROOT[0] + "<?p ", "?>" + ROOT[1]), "x" * 1000, None),
    "blanks": (GOODS, " " * 1000, None),
    "nothing but depth": ((ROOT[0], ROOT[1]), "<а>", "exchange.too_deep"),
    "a tail": ((ROOT[0] + ROOT[1], ""), "x" * 1000, "whole"),
    "a prologue": (("", ROOT[0] + ROOT[1]), "<!-- x -->", "exchange.not_commerceml"),
}


@pytest.mark.parametrize("name", HOSTILE)
def test_hostile_streams_are_bounded(name):
    around, unit, expected = HOSTILE[name]
    outcome, growth, seconds = measured(around, unit, 4 if unit.startswith("<Т") else 10)
    assert outcome == (expected or "exchange.piece_too_large")
    assert growth < 30
    assert seconds < 10


@pytest.mark.parametrize(
    ("around", "unit"),
    [
        ((GOODS[0] + "<Товар><Ид>1</Ид>", "</Товар>" + GOODS[1]), "<Картинка>a.jpg</Картинка>"),
        (
            (ROOT[0] + "<Классификатор><Группы>", "</Группы></Классификатор>" + ROOT[1]),
            "<Группа><Ид>1</Ид></Группа>",
        ),
        (
            (ROOT[0] + "<Документ><Номер>1</Номер><Товары>", "</Товары></Документ>" + ROOT[1]),
            "<Товар><Ид>1</Ид><Цена>1</Цена><Количество>1</Количество></Товар>",
        ),
    ],
    ids=["a row", "the sections", "an order"],
)
def test_a_piece_that_must_be_held_is_refused_before_it_fills_the_memory(around, unit):
    outcome, growth, _ = measured(around, unit, 9)
    assert outcome == "exchange.piece_too_large"
    assert growth < 100


def test_a_large_honest_piece_is_taken(files, reading):
    lines = (
        "<Товар><Ид>1</Ид><Наименование>Кабель</Наименование><Цена>1</Цена><Количество>1</Количество></Товар>" * 20_000
    )
    document = files.root(f"<Документ><Номер>1</Номер><Товары>{lines}</Товары></Документ>")
    assert len(document.encode()) < walker.PIECE_LIMIT
    assert len(reading(document)[1].lines) == 20_000


def everything(files):
    """A document with all kinds of parts, repeated and with rests between the rows."""
    sections = "<Группы><Группа><Ид>g</Ид><Наименование>Г</Наименование></Группа></Группы>"
    properties = "<Свойства><Свойство><Ид>p</Ид></Свойство> x <Свойство><Ид>q</Ид></Свойство></Свойства>"
    price_types = "<ТипыЦен><ТипЦены><Ид>опт</Ид><Наименование>О</Наименование></ТипЦены></ТипыЦен>"
    goods = [files.good(f"g{i}", "<Группы><Ид>g</Ид></Группы><Картинка/>\n\t") for i in range(7)]
    goods[3] += "<!-- c --> text <Мусор><а/></Мусор>"
    offers = [files.offer(f"<Цены>{files.price('5')}</Цены> <Количество>1</Количество>", f"g{i}") for i in range(5)]
    return files.root(
        f"<Классификатор><Ид>c</Ид>{sections}{properties}</Классификатор>",
        files.catalog(*goods),
        files.package(*offers, head=price_types),
        "<Контрагенты><Контрагент><Ид>k</Ид></Контрагент><Контрагент><Ид>m</Ид></Контрагент></Контрагенты>",
        "<Документ><Номер>1</Номер></Документ>\n<Документ><Номер>2</Номер></Документ>",
        "<Контейнер><Документ><Номер>3</Номер></Документ></Контейнер>",
    ).encode()


@pytest.mark.parametrize("size", [1, 2, 7, 64, 1000])
def test_records_do_not_depend_on_how_the_bytes_are_cut(files, monkeypatch, size):
    document = everything(files)
    whole = list(read(BytesIO(document)))
    assert len(whole) > 20
    monkeypatch.setattr(text, "CHUNK", size)
    assert list(read(BytesIO(document))) == whole
    monkeypatch.setattr(walker, "_PRUNE_AFTER", 0)
    assert list(read(BytesIO(document))) == whole
    lone = document.replace("</Контейнер>".encode(), "&</Контейнер>".encode())
    assert lone != document
    assert list(read(BytesIO(lone)))[: len(whole)] == whole


def test_a_survey_counts_what_read_yields(files):
    document = everything(files)
    found = survey(BytesIO(document))
    records = list(read(BytesIO(document)))
    assert found.rows == {
        "Свойство": 2,
        "Товар": sum(isinstance(record, GoodRecord) for record in records),
        "Предложение": sum(isinstance(record, OfferRecord) for record in records),
        "Контрагент": 2,
        "Документ": 2,
        "Контейнер": 1,
    }
    assert set(found.kinds) == {record.kind for record in records if isinstance(record, FileHead)}
    assert (found.encoding, found.schema_version, found.notes) == ("utf-8", "2.07", ())


@given(st.lists(st.integers(0, 30), max_size=30), st.lists(st.integers(0, 30), max_size=3), st.randoms())
def test_any_split_of_an_export_gives_the_same_rows(files, refs, cuts, random):
    """T14 at the level of records: portions, repeated and in any order, say what one file says."""
    goods = [files.good(f"g{ref}", name=f"Товар {ref}") for ref in refs]
    borders = sorted({0, len(goods), *(min(cut, len(goods)) for cut in cuts)})
    portions = [goods[start:end] for start, end in itertools.pairwise(borders)]
    portions += portions[:1]
    random.shuffle(portions)

    def rows(portion, flag):
        document = files.root(files.catalog(*portion, flag=flag)).encode()
        return {r.ref: r.name for r in read(BytesIO(document)) if isinstance(r, GoodRecord)}

    merged: dict[str, str] = {}
    for portion in portions:
        merged |= rows(portion, "true")
    assert merged == rows(goods, "false")


@pytest.mark.parametrize("content", ["<Товар><Ид>1</Ид></Товар>", "<Мусор><Каталог/></Мусор>", "<Предложение/>"])
def test_rows_outside_any_part_are_nothing(files, reading, content):
    with pytest.raises(errors.NothingKnown):
        reading(files.root(content))
    with pytest.raises(errors.NothingKnown):
        survey(BytesIO(files.root(content).encode()))


def test_parts_in_any_order_and_number(files, reading):
    catalog, package = files.catalog(files.good()), files.package(files.offer())
    records = reading(files.root(package, catalog, package, files.catalog(files.good("b"), ref="other")))
    assert [type(record) for record in records if not hasattr(record, "severity")] == [
        FileHead, OfferRecord, FileHead, GoodRecord, FileHead, OfferRecord, FileHead, GoodRecord,
    ]  # fmt: skip
    heads = [record.catalog_ref for record in records if isinstance(record, FileHead)]
    assert heads == ["catalog", "catalog", "catalog", "other"]


def test_a_section_tree_at_the_end_of_its_part(files, reading):
    document = files.root(
        "<Классификатор><Свойства><Свойство><Ид>p</Ид></Свойство></Свойства><Группы><Группа><Ид>g</Ид></Группа></Группы>"
        "</Классификатор>"
    )
    assert isinstance(reading(document)[-1], SectionRecord)


def test_lines_are_told(files, reading):
    document = files.root(files.catalog(*("\n" + files.good(f"g{i}") for i in range(3))))
    assert [record.line for record in reading(document) if isinstance(record, GoodRecord)] == [3, 5, 7]
    document = "\n\n" + files.root(files.catalog("\n", files.good(""))).replace("\n<К", "\n\n\n<К", 1)
    (problem,) = [record for record in reading(document) if getattr(record, "entity", "") == "good"]
    assert problem.line == 7
    broken = document.replace("</Товар>", "</Товара>")
    with pytest.raises(errors.XmlMalformed) as caught:
        reading(broken)
    assert caught.value.line == 7
