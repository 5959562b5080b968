"""Sample views of specifications."""

from datetime import timedelta
from decimal import Decimal

from msgspec.structs import replace

from b2b_dvizhenie.entrypoints.http.kit.buyer import cart_line
from b2b_dvizhenie.entrypoints.http.kit.goods import NOW
from b2b_dvizhenie.entrypoints.http.kit.shell import rub
from b2b_dvizhenie.entrypoints.http.pages.cart import CartTotals, LineProblem
from b2b_dvizhenie.entrypoints.http.pages.forms import Form
from b2b_dvizhenie.entrypoints.http.pages.parts import Choice, Link, pages
from b2b_dvizhenie.entrypoints.http.pages.specifications import (
    AddingView,
    LineCommentView,
    ReadingRow,
    ReadingView,
    SpecificationRow,
    SpecificationsView,
    SpecificationView,
)

_NAMES = (
    ("Щиты для корпуса 4, второй этаж", 48, "private", True),
    ("Расходники монтажной бригады", 112, "edit", True),
    ("Склад Восток: пополнение раз в месяц", 1204, "read", False),
    ("ОбъектБезПробеловВНазвании-2026-11-Секция-12-Очередь-3", 7, "private", True),
)
_COMPANY = "ООО «ЭнергоМонтаж»"


def _rows() -> tuple[SpecificationRow, ...]:
    return tuple(
        SpecificationRow(
            url=f"/specifications/{place}",
            name=name,
            owner="Ирина Соколова",
            company=_COMPANY,
            positions=count,
            updated_at=NOW - timedelta(hours=5 * place),
            sharing=sharing,
            mine=mine,
        )
        for place, (name, count, sharing, mine) in enumerate(_NAMES)
    )


def many() -> SpecificationsView:
    """Lists of one's own and of a colleague."""
    whose = (
        Link("", "/specifications", True),
        *(Link(one, f"/specifications?whose={one}") for one in ("mine", "shared")),
    )
    return SpecificationsView(
        rows=_rows(),
        pager=pages(4, 1, 50, "/specifications?page={page}"),
        url="/specifications",
        whose=whose,
        form=Form(),
        cart_filled=True,
    )


def none_yet() -> SpecificationsView:
    """No list yet, and a name that is none."""
    form = Form({"name": ""}, {"name": "Назовите спецификацию: от 1 до 120 знаков."})
    return replace(many(), rows=(), pager=pages(0, 1, 50, "/specifications?page={page}"), form=form, cart_filled=False)


def of_clients() -> SpecificationsView:
    """What staff sees in the panel."""
    rows = tuple(replace(row, mine=False) for row in _rows())
    return replace(many(), rows=rows, whose=(), form=None, url="/panel/specifications")


def of_no_clients() -> SpecificationsView:
    """A search that found nothing."""
    return replace(of_clients(), rows=(), pager=pages(0, 1, 50, "/panel/specifications"), query="щит 7", filtered=True)


def one() -> SpecificationView:
    """A list of one's own: prices that moved, a line that cannot be bought, a comment."""
    problems = {1: (LineProblem("Товар сейчас не продаётся.", blocks=True),)}
    quantities = {0: 24, 1: 120, 3: 8, 6: 3}
    titles = (("private", "Только владелец"), ("read", "Коллеги читают"), ("edit", "Коллеги изменяют"))
    return SpecificationView(
        url="/specifications/0",
        name=_NAMES[0][0],
        version=12,
        owner="Ирина Соколова",
        made_for=_COMPANY,
        sharing="edit",
        updated_at=NOW,
        lines=tuple(cart_line(index, Decimal(count), problems.get(index, ())) for index, count in quantities.items()),
        totals=CartTotals(goods=rub("112640.20"), discount=rub("22704.68"), vat=rub("16218.53"), total=rub("89935.52")),
        company=_COMPANY,
        mine=True,
        can_edit=True,
        can_order=True,
        can_copy=True,
        moved=2,
        sharings=tuple(Choice(value, title, value == "edit") for value, title in titles),
        export_url="/specifications/0/export.xlsx",
    )


def colleagues() -> SpecificationView:
    """A colleague's list that may be read and ordered from."""
    return replace(one(), mine=False, can_edit=False, moved=0, sharing="read", name=_NAMES[2][0])


def clients() -> SpecificationView:
    """A client's list as staff sees it: goods and quantities."""
    bare = tuple(replace(line, price=replace(line.price, amount=None), total=None) for line in one().lines)
    return replace(
        one(), lines=bare, totals=None, mine=False, can_edit=False, can_order=False, can_copy=False, priced=False,
        moved=0, company="", export_url="",
    )  # fmt: skip


def empty() -> SpecificationView:
    """A list right after it was named."""
    return replace(one(), lines=(), totals=None, moved=0)


def adding() -> AddingView:
    """Into which list goods go."""
    return AddingView(
        variant="1",
        quantity="12",
        lists=tuple(Choice(str(place), name) for place, (name, *_) in enumerate(_NAMES)),
        back="/catalog",
    )


def comment() -> LineCommentView:
    """The comment of a line."""
    return LineCommentView(
        back=Link(_NAMES[0][0], "/specifications/0"),
        action="/specifications/0/lines/1",
        title="Выключатель автоматический 1P C16",
        article="LN-16-C",
        version=3,
        form=Form({"comment": "Щит ЩР-2, второй этаж"}),
    )


def reading() -> ReadingView:
    """Where a list is pasted."""
    return ReadingView(back=Link(_NAMES[0][0], "/specifications/0"), action="/specifications/0/import", version=3)


def read() -> ReadingView:
    """A list with rows that need a look."""
    rows = (
        ReadingRow(row=2, text="LN-99-Z 4", outcome="unknown", article="LN-99-Z"),
        ReadingRow(
            row=3,
            text="АВ-25 10",
            outcome="ambiguous",
            article="АВ-25",
            candidates=("АВ-25 Выключатель 1P C25", "АВ25 Выключатель 3P C25"),
        ),
        ReadingRow(row=5, text="LN-16-C 0", outcome="invalid", article="LN-16-C", name="Выключатель 1P C16", asked="0"),
        ReadingRow(row=4, text="LN-16-C 13 шт", outcome="rounded", name="Выключатель 1P C16", asked="13", put="24"),
        ReadingRow(row=1, text="LN-25-C;12", outcome="found", name="Выключатель 1P C25", asked="12", put="12"),
    )
    return replace(reading(), done=True, taken=2, total=5, rows=rows)
