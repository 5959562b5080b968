"""Documents of the emulated 1C: which there are, in what state, and that PDF readers can read their printed forms."""

import hashlib
import re
from datetime import date

import pytest

from b2b_dvizhenie.testing.emulator import Base1C, Gateway, Status, tell_papers
from b2b_dvizhenie.testing.emulator.papers import untold_papers
from b2b_dvizhenie.testing.emulator.printing import latin, printed
from b2b_dvizhenie.testing.wholesaler import BUYERS

DAY = date(2026, 1, 15)


class Door(Gateway):
    """A gateway that takes everything, and files only when asked twice."""

    def __init__(self):
        self.rows, self.files, self.offered = [], {}, set()

    def send(self, table, rows):
        self.rows += [(table, row) for row in rows]

    def put_file(self, file_ref, content):
        if file_ref not in self.offered:
            self.offered.add(file_ref)
            return False
        self.files[file_ref] = content
        return True


@pytest.fixture
def base(connect, site, order_xml, tmp_path):
    one = Base1C(tmp_path / "papers")
    site.orders = {"B2B-1": order_xml.another("B2B-1")}
    connect(base=one).fetch_orders()
    return one


def kinds(base):
    return [(paper.row["type"], paper.row.get("status", "")) for paper in untold_papers(base)]


def test_an_order_gets_its_documents_as_it_goes_its_way(base):
    assert kinds(base) == [], "nobody has looked at the order yet"
    base.move("B2B-1", Status.ACCEPTED, DAY)
    assert kinds(base) == [("invoice", "Ожидается оплата")]
    base.move("B2B-1", Status.PAID, DAY)
    assert kinds(base) == [("invoice", "paid"), ("upd", "")]
    invoice, transfer = untold_papers(base)
    assert invoice.row["order_numbers"] == transfer.row["order_numbers"] == ["B2B-1"]
    assert transfer.row["is_signed_edo"]
    assert [paper.content for paper in untold_papers(base)] == [invoice.content, transfer.content]
    base.state.goods = 60
    assert len(untold_papers(base)) == 2 + 2 * len(BUYERS)


def test_every_document_is_told_once_and_again_when_it_changes(base):
    base.move("B2B-1", Status.SHIPPED, DAY)
    door = Door()
    assert tell_papers(door, base) == 2
    files = {row["file_id"]: row for table, row in door.rows if table == "document_files"}
    assert ["content_base64" in row for row in files.values()] == [True, False]
    ((ref, content),) = door.files.items()
    assert files[ref]["sha256"] == hashlib.sha256(content).hexdigest()
    assert tell_papers(door, base) == 0
    base.move("B2B-1", Status.PAID, DAY)
    assert tell_papers(door, base) == 2


def test_a_printed_form_is_a_pdf_whose_table_leads_to_its_objects():
    content = printed("Счёт № 1 (копия)", ["Кабель: 2 шт", "x" * 10])
    assert content == printed("Счёт № 1 (копия)", ["Кабель: 2 шт", "x" * 10])
    table = int(re.search(rb"startxref\n(\d+)\n%%EOF\n$", content)[1])
    places = [int(one) for one in re.findall(rb"(\d{10}) 00000 n ", content[table:])]
    assert [content[place:].split(b" ", 1)[0] for place in places] == [b"%d" % (number + 1) for number in range(6)]
    length = int(re.search(rb"/Length (\d+)", content)[1])
    stream = content.split(b"stream\n", 1)[1].split(b"\nendstream", 1)[0]
    assert len(stream) == length
    assert b"Schyot No 1 \\(kopiya\\)" in stream
    assert latin("Щука, ёж & 中") == "Shchuka, yozh & ?"
