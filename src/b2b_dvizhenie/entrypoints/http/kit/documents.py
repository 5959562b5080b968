"""Sample views of documents of trade."""

from datetime import timedelta

from msgspec.structs import replace

from b2b_dvizhenie.domain.documents import DocumentKind, DocumentState
from b2b_dvizhenie.domain.shared.money import Money
from b2b_dvizhenie.entrypoints.http.kit.goods import NOW
from b2b_dvizhenie.entrypoints.http.kit.shell import rub
from b2b_dvizhenie.entrypoints.http.pages import documents as views
from b2b_dvizhenie.entrypoints.http.pages.parts import Choice, Link, pages

_LONG = "АО «Промышленные сети и подстанции Северо-Запада»"


def _file(url: str, name: str, kind: str, form: str, size: int) -> views.FileLink:
    return views.FileLink(url=f"{url}/files/{form}", name=name, kind=kind, format=form, size=size)


def paper(kind: str, number: str, state: str, total: Money | None) -> views.DocumentRow:
    """A document with its printed form."""
    url = f"/documents/{number}"
    return views.DocumentRow(
        url=url,
        kind=kind,
        number=number,
        day=NOW.date() - timedelta(days=3),
        company=_LONG,
        state=state,
        total=total,
        orders=(Link("B-010476", "/orders/10476"),),
        files=(_file(url, f"Документ № {number}.pdf", "print", "pdf", 84_213),),
    )


def _rows() -> tuple[views.DocumentRow, ...]:
    rows = [
        paper(kind.value, f"УТ-{4498 + place}", list(DocumentState)[place % len(DocumentState)].value, rub("145082.10"))
        for place, kind in enumerate(DocumentKind)
    ]
    rows[0] = replace(rows[0], due_on=NOW.date() + timedelta(days=26), words="Ожидается оплата после отгрузки")
    signed = _file(rows[2].url, "УПД с подписью и печатью покупателя.xml", "edo_xml", "xml", 9_120)
    rows[2] = replace(rows[2], files=(*rows[2].files, signed))
    reconciliation = list(DocumentKind).index(DocumentKind.RECONCILIATION)
    rows[reconciliation] = replace(rows[reconciliation], orders=(), total=None, files=())
    return tuple(rows)


def documents() -> views.DocumentsView:
    """A buyer's list with every kind and state."""
    return views.DocumentsView(
        rows=_rows(),
        pager=pages(312, 2, 50, "/documents?page={page}"),
        action="/documents",
        kinds=tuple(Choice(one.value, one.value) for one in DocumentKind),
        states=tuple(Choice(one.value, one.value) for one in DocumentState),
    )


def empty() -> views.DocumentsView:
    """Nothing came yet."""
    return replace(documents(), rows=(), pager=pages(0, 1, 50, "/documents?page={page}"))


def wrong() -> views.DocumentsView:
    """A period that ends before it begins."""
    return replace(
        empty(),
        since=NOW.date(),
        until=NOW.date() - timedelta(days=9),
        filtered=True,
        wrong="Конец раньше начала: поменяйте границы местами.",
    )


def of_many() -> views.DocumentsView:
    """The list of staff."""
    here = "/panel/documents"
    return replace(
        documents(), of_many=True, action=here, client="Северо", pager=pages(10_000, 1, 50, f"{here}?page={{page}}")
    )


def not_found() -> views.DocumentsView:
    """Filters that leave nothing."""
    return replace(of_many(), rows=(), pager=pages(0, 1, 50, "/panel/documents?page={page}"), query="99", filtered=True)


def document() -> views.DocumentView:
    """An electronic document with two files and a history."""
    row = replace(_rows()[2], words="Подписан получателем", due_on=NOW.date() + timedelta(days=12))
    return views.DocumentView(
        document=row,
        vat=rub("26162.35"),
        send_url=f"{row.url}/send",
        send_to="i.sokolova@example.ru",
        events=(
            views.DocumentEntry(at=NOW, text="Состояние: Подписан"),
            views.DocumentEntry(at=NOW - timedelta(hours=2), text="Добавлен файл", note=row.files[0].name),
            views.DocumentEntry(
                at=NOW - timedelta(days=1), text="Изменён в 1С", note="сумма: 145 082,00 → 145 082,10; номер: 16 → 17"
            ),
            views.DocumentEntry(at=NOW - timedelta(days=3), text="Получен из 1С", note="Выставлен"),
        ),
    )


def without_file() -> views.DocumentView:
    """A reconciliation act whose file has yet to come."""
    row = next(one for one in _rows() if one.kind == "reconciliation")
    return views.DocumentView(document=row, events=document().events[-1:])
