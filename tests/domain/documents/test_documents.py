"""Documents of trade: what is kept of what an ERP says, their states and history, files that are taken (DOC, §5.3)."""

from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from b2b_dvizhenie.domain.companies import FieldRequired, TextTooLong
from b2b_dvizhenie.domain.documents import (
    MAX_FILE,
    MAX_REFS,
    DeclaredFile,
    DocumentContent,
    DocumentDraft,
    DocumentFileRefused,
    DocumentKind,
    DocumentKindUnknown,
    DocumentState,
    FileFormat,
    FileKind,
    TooManyOrders,
    belongs_to,
    checked_content,
    checked_document,
    checked_file,
    heard_state,
    history_of,
    recognised,
)
from b2b_dvizhenie.domain.shared.errors import DomainError, Invalid
from b2b_dvizhenie.domain.shared.ids import CompanyId, new_id
from b2b_dvizhenie.domain.shared.money import AmountInvalid

DAY = date(2026, 11, 25)
OURS, THEIRS = CompanyId(new_id()), CompanyId(new_id())
WORKBOOK = b"PK\x03\x04....[Content_Types].xml....xl/workbook.xml"


def draft(**more: object) -> DocumentDraft:
    return DocumentDraft(**{"kind": "invoice", "number": "17", "day": DAY} | more)


def kept(**more: object) -> DocumentContent:
    return checked_document(draft(**more), OURS)


def refusals(make: object) -> dict[str | None, type[DomainError]]:
    with pytest.raises(Invalid) as refused:
        make()  # type: ignore[operator]
    return {one.field: type(one) for one in refused.value.errors}


# -- what is kept


def test_every_wrong_field_is_named() -> None:
    wrong = draft(
        kind="letter",
        number=" ",
        amount=Decimal("NaN"),
        vat_amount=Decimal("1.005"),
        status="x" * 201,
        order_numbers=tuple(map(str, range(MAX_REFS + 1))),
    )
    assert refusals(lambda: checked_document(wrong, OURS)) == {
        "type": DocumentKindUnknown,
        "number": FieldRequired,
        "sum": AmountInvalid,
        "vat_sum": AmountInvalid,
        "status": TextTooLong,
        "order_numbers": TooManyOrders,
    }


@pytest.mark.parametrize("currency", ["", "rub", "РУБ", "RUBL"])
def test_a_currency_is_three_letters(currency: str) -> None:
    assert refusals(lambda: kept(amount=Decimal(1), currency=currency)) == {"sum": AmountInvalid}


def test_a_return_may_be_negative_and_a_sum_may_be_left_out() -> None:
    assert kept(kind="return", amount=Decimal("-12.50")).amount == Decimal("-12.50")
    assert kept().amount is None


def test_orders_are_kept_once_each() -> None:
    found = kept(order_numbers=("B-2", " B-1", "B-2", ""), order_refs=("x", "x"))
    assert (found.order_numbers, found.order_refs) == (("B-1", "B-2"), ("x",))


# -- states


@pytest.mark.parametrize(
    ("status", "cancelled", "signed", "state", "words"),
    [
        ("", False, False, "issued", ""),
        ("Paid", False, True, "paid", ""),
        ("Отправлен клиенту", False, False, "issued", "Отправлен клиенту"),
        ("Отправлен клиенту", False, True, "signed", "Отправлен клиенту"),
        ("paid", True, True, "cancelled", ""),
    ],
)
def test_the_state_is_ours_and_the_words_are_the_erps(
    status: str, cancelled: bool, signed: bool, state: str, words: str
) -> None:
    found = kept(status=status, is_cancelled=cancelled, is_signed=signed)
    assert (found.state, found.erp_status) == (DocumentState(state), words)


@given(st.text(max_size=20), st.booleans())
def test_a_cancellation_wins_over_every_word(status: str, signed: bool) -> None:
    assert heard_state(status, is_cancelled=True, is_signed=signed) is DocumentState.CANCELLED


# -- orders: DOC-1


@pytest.mark.parametrize(
    ("company", "number", "ref", "belongs"),
    [
        (OURS, "B-1", "", True),
        (OURS, "B-9", "erp-1", True),
        (OURS, "B-9", "", False),
        (OURS, "B-9", "erp-9", False),
        (THEIRS, "B-1", "erp-1", False),
    ],
)
def test_a_document_belongs_to_orders_it_names_of_its_own_company(
    company: CompanyId, number: str, ref: str, belongs: bool
) -> None:
    """Another company's order that the ERP names by mistake shows nothing of the document, nor the document of it."""
    assert belongs_to(kept(order_numbers=("B-1",), order_refs=("erp-1",)), company, number, ref) is belongs


def test_an_order_without_an_erp_id_is_named_by_no_empty_one() -> None:
    assert not belongs_to(replace(kept(), order_refs=("",)), OURS, "B-1", "")


# -- history: DOC-3


def test_the_history_tells_what_changed_and_nothing_twice() -> None:
    first = kept(amount=Decimal("10.00"), status="sent")
    assert [one.kind for one in history_of(None, first)] == ["received"]
    assert history_of(first, first) == ()
    second = kept(amount=Decimal("12.00"), status="paid", number="18", order_numbers=("B-1",))
    changed, state = history_of(first, second)
    assert (changed.kind, changed.params) == (
        "changed",
        {"number": {"before": "17", "after": "18"}, "amount": {"before": "10.00", "after": "12.00"}},
    )
    assert (state.kind, state.params) == ("state", {"before": "sent", "after": "paid"})


def test_what_the_erp_deletes_and_takes_back_is_told() -> None:
    here, gone = kept(), kept(is_withdrawn=True)
    assert [one.kind for one in (*history_of(here, gone), *history_of(gone, here))] == ["withdrawn", "restored"]


def test_a_document_of_another_company_begins_anew() -> None:
    """What it was is no business of the company that has it now."""
    before = kept(amount=Decimal(10), status="paid")
    (only,) = history_of(before, replace(kept(amount=Decimal(20)), company_id=THEIRS))
    assert (only.kind, only.params) == ("received", {"after": "issued"})


@given(st.sampled_from(DocumentKind), st.sampled_from(DocumentState), st.sampled_from(DocumentState))
def test_a_history_is_silent_exactly_about_what_is_the_same(
    kind: DocumentKind, one: DocumentState, other: DocumentState
) -> None:
    before = DocumentContent(kind=kind, number="1", day=DAY, company_id=OURS, state=one)
    told = history_of(before, replace(before, state=other))
    assert [each.kind for each in told] == ([] if one is other else ["state"])


# -- files


@pytest.mark.parametrize(
    ("content", "found"),
    [
        (b"%PDF-1.7\n", FileFormat.PDF),
        (WORKBOOK, FileFormat.XLSX),
        (b"PK\x03\x04 word/document.xml [Content_Types].xml", None),
        (b"PK\x03\x04 evil.exe", None),
        (b'<?xml version="1.0" encoding="windows-1251"?><x/>', FileFormat.XML),
        (b'\xef\xbb\xbf\r\n<?xml version="1.0"?><x/>', FileFormat.XML),
        (b"<html><script>", None),
        (b"<svg xmlns='x'>", None),
        (b" %PDF-1.7", None),
        (b"MZ\x90\x00", None),
        (b"", None),
    ],
)
def test_a_file_is_what_its_bytes_say(content: bytes, found: FileFormat | None) -> None:
    assert recognised(content, lambda mark: mark in content) is found


@given(st.binary(max_size=64))
def test_no_bytes_are_taken_for_a_document_but_by_their_beginning(content: bytes) -> None:
    plain = not content.lstrip(b"\xef\xbb\xbf \t\r\n").startswith((b"%PDF-", b"PK\x03\x04", b"<?xml"))
    assert not plain or recognised(content, lambda mark: mark in content) is None


def refused_as(declared: DeclaredFile, found: FileFormat | None, digest: str, size: int) -> str:
    with pytest.raises(DocumentFileRefused) as refused:
        checked_content(declared, found, digest, size)
    return str(refused.value.params["reason"])


def test_a_content_is_the_one_announced() -> None:
    digest = "ab" * 32
    declared = DeclaredFile(name="счёт.pdf", format=FileFormat.PDF, sha256=digest, size=9)
    assert checked_content(declared, FileFormat.PDF, digest, 9) is FileFormat.PDF
    assert checked_content(DeclaredFile(name="x"), FileFormat.XML, digest, 9) is FileFormat.XML
    assert refused_as(declared, FileFormat.PDF, digest, 0) == "empty"
    assert refused_as(declared, FileFormat.PDF, digest, MAX_FILE + 1) == "too_large"
    assert refused_as(declared, None, digest, 9) == "not_a_document"
    assert refused_as(declared, FileFormat.XML, digest, 9) == "format"
    assert refused_as(declared, FileFormat.PDF, digest, 8) == "size"
    assert refused_as(declared, FileFormat.PDF, "cd" * 32, 9) == "sha256"


def test_an_announcement_is_cleaned_and_judged_by_field() -> None:
    good = checked_file(' ../Счёт № 5/"1".pdf', "print", "Application/PDF; charset=x", "AB" * 32, 5)
    assert good == DeclaredFile(
        name="Счёт № 5--1-.pdf", kind=FileKind.PRINT, format=FileFormat.PDF, sha256="ab" * 32, size=5
    )
    assert set(refusals(lambda: checked_file("../", "poem", "image/png", "xyz", MAX_FILE + 1))) == {
        "name",
        "kind",
        "mime",
        "sha256",
        "size",
    }
