"""The panel's drift report: orders that 1C counts otherwise, one of them step by step, all of them as a spreadsheet."""

from collections.abc import Iterable
from decimal import ROUND_HALF_UP, Decimal
from gettext import GNUTranslations
from typing import Any
from urllib.parse import urlencode
from uuid import UUID

from litestar import Request, Response, get
from litestar.di import NamedDependency
from litestar.params import FromPath, FromQuery
from msgspec.structs import replace

from b2b_dvizhenie.application.drift import (
    DriftOfKind,
    DriftPage,
    DriftQuery,
    DriftTally,
    ListDrifts,
    Named,
    PeriodInvalid,
    ShowDrift,
    TallyDrifts,
    WriteDrifts,
)
from b2b_dvizhenie.application.shared.actor import Actor
from b2b_dvizhenie.domain.drift import DriftKind
from b2b_dvizhenie.domain.hierarchy import Permission
from b2b_dvizhenie.domain.shared.ids import CompanyId, OrderId, UserId
from b2b_dvizhenie.domain.shared.money import Money
from b2b_dvizhenie.entrypoints.http.filters import day_of, id_of
from b2b_dvizhenie.entrypoints.http.formats import Formats
from b2b_dvizhenie.entrypoints.http.pages import drift as views
from b2b_dvizhenie.entrypoints.http.pages.dashboard import Series
from b2b_dvizhenie.entrypoints.http.pages.parts import Choice
from b2b_dvizhenie.entrypoints.http.pages.parts import pages as numbered
from b2b_dvizhenie.entrypoints.http.panel.drift_views import exported, order_view, row_of
from b2b_dvizhenie.entrypoints.http.panel.frame import panel_shell
from b2b_dvizhenie.entrypoints.http.portal.frame import Frame
from b2b_dvizhenie.entrypoints.http.rendering import DEFAULT_ZONE
from b2b_dvizhenie.entrypoints.http.responses import language_of
from b2b_dvizhenie.entrypoints.texts import error_text

HERE = "/panel/drift"
ROWS = 50
_XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


class Asked:
    """What the address of the report asks for; what is nonsense in it filters by nothing."""

    def __init__(
        self, since: str, until: str, kind: str, company: str, manager: str, page: int = 1, order: str = ""
    ) -> None:
        self.number = max(page, 1)
        self.query = DriftQuery(
            since=day_of(since),
            until=day_of(until),
            kind=DriftKind(kind) if kind in set(DriftKind) else None,
            company_id=None if (key := id_of(company)) is None else CompanyId(key),
            manager_id=None if (key := id_of(manager)) is None else UserId(key),
            order_id=None if (key := id_of(order)) is None else OrderId(key),
            limit=ROWS,
            offset=(self.number - 1) * ROWS,
        )

    def address(self, path: str = HERE) -> str:
        """The same filters at another address."""
        query = self.query
        pairs = {
            "since": query.since.isoformat() if query.since else "",
            "until": query.until.isoformat() if query.until else "",
            "kind": query.kind.value if query.kind else "",
            "company": str(query.company_id or ""),
            "manager": str(query.manager_id or ""),
        }
        kept = {name: value for name, value in pairs.items() if value}
        return f"{path}?{urlencode(kept)}" if kept else path

    @property
    def is_narrow(self) -> bool:
        """Whether anything but the period is asked for."""
        query = self.query
        return any(one is not None for one in (query.kind, query.company_id, query.manager_id))


def _choices(named: Iterable[Named], chosen: UUID | None, everything: str) -> tuple[Choice, ...]:
    found = [Choice(str(one.id), f"{one.name} ({one.orders})", one.id == chosen) for one in named]
    return (Choice("", everything, chosen is None), *found)


def _bars(kinds: Iterable[DriftOfKind]) -> tuple[views.KindBar, ...]:
    lines: dict[str, int] = {}
    sums: dict[str, list[Money]] = {}
    for one in kinds:
        lines[one.kind.value] = lines.get(one.kind.value, 0) + one.lines
        sums.setdefault(one.kind.value, []).append(Money(one.difference, one.currency))
    most = max(lines.values(), default=1)
    ranked = sorted(lines.items(), key=lambda item: -item[1])
    return tuple(views.KindBar(kind, count, count * 100 // most, tuple(sums[kind])) for kind, count in ranked)


def _share(found: int, compared: int) -> Decimal:
    return (Decimal(found * 100) / compared).quantize(Decimal("0.1"), ROUND_HALF_UP)


def _series(tally: DriftTally, language: str, texts: GNUTranslations) -> Series | None:
    if not any(day.orders for day in tally.days):
        return None
    written = Formats(language, DEFAULT_ZONE).short_date
    return Series(
        title=texts.gettext("Orders that 1C counts otherwise"),
        unit=texts.gettext("orders"),
        captions=tuple(written(day.day) for day in tally.days),
        values=tuple(Decimal(day.orders) for day in tally.days),
    )


def _view(asked: Asked, page: DriftPage, tally: DriftTally, language: str, texts: GNUTranslations) -> views.DriftsView:
    query = asked.query
    here = asked.address().replace("{", "{{").replace("}", "}}")
    kinds = (Choice(kind.value, "", kind is query.kind) for kind in DriftKind)
    return views.DriftsView(
        rows=tuple(map(row_of, page.items)),
        pager=numbered(page.total, asked.number, ROWS, f"{here}{'&' if '?' in here else '?'}page={{page}}"),
        url=HERE,
        compared=page.compared,
        found=page.total,
        since=page.since,
        until=page.until,
        kinds=(Choice("", texts.gettext("Every kind"), query.kind is None), *kinds),
        companies=_choices(page.companies, query.company_id, texts.gettext("Every company")),
        managers=_choices(page.managers, query.manager_id, texts.gettext("Every manager")),
        sums=tuple(
            views.DriftSum(
                Money(one.difference, one.currency), Money(one.more, one.currency), Money(one.less, one.currency)
            )
            for one in page.sums
        ),
        series=_series(tally, language, texts),
        bars=_bars(tally.kinds),
        export_url=asked.address(f"{HERE}/export") if page.total else None,
        filtered=asked.is_narrow,
        share=None if asked.is_narrow or not page.compared else _share(page.total, page.compared),
    )


@get(HERE, permission=Permission.ORDERS_PROCESS, include_in_schema=False)
async def report(
    request: Request[Actor, Any, Any],
    frame: NamedDependency[Frame],
    list_drifts: NamedDependency[ListDrifts],
    tally_drifts: NamedDependency[TallyDrifts],
    since: FromQuery[str] = "",
    until: FromQuery[str] = "",
    kind: FromQuery[str] = "",
    company: FromQuery[str] = "",
    manager: FromQuery[str] = "",
    page: FromQuery[int] = 1,
) -> Response[str]:
    """Orders of the viewer's scope that 1C counts otherwise, with what they come to."""
    language = language_of(request)
    texts = frame.site.texts(language)
    asked = Asked(since, until, kind, company, manager, page)
    try:
        found = await list_drifts(request.user, asked.query)
        view = _view(asked, found, await tally_drifts(request.user, asked.query), language, texts)
        status = 200
    except PeriodInvalid as error:
        empty = DriftPage((), 0, 0, (), asked.query.since, asked.query.until)
        view = _view(asked, empty, DriftTally((), ()), language, texts)
        view = replace(view, wrong=error_text(error.code, error.params, language))
        status = 422
    shell = await panel_shell(frame, request, "drift")
    context = {"shell": shell, "view": view}
    answer = frame.page(request, "pages/drift.html", context, fragment="pages/drift/fragment.html")
    answer.status_code = status
    return answer


@get(f"{HERE}/export", permission=Permission.ORDERS_PROCESS, include_in_schema=False)
async def export(
    request: Request[Actor, Any, Any],
    frame: NamedDependency[Frame],
    write_drifts: NamedDependency[WriteDrifts],
    since: FromQuery[str] = "",
    until: FromQuery[str] = "",
    kind: FromQuery[str] = "",
    company: FromQuery[str] = "",
    manager: FromQuery[str] = "",
    order: FromQuery[str] = "",
) -> Response[bytes]:
    """Every differing line of the report, or of one order, as a spreadsheet."""
    request.user.require(Permission.PANEL_ACCESS)
    asked = Asked(since, until, kind, company, manager, order=order)
    texts = frame.site.texts(language_of(request))
    content = await write_drifts(request.user, asked.query, lambda lines: exported(lines, texts))
    headers = {"Content-Disposition": 'attachment; filename="differences.xlsx"'}
    return Response(content, media_type=_XLSX, headers=headers)


@get(HERE + "/{order_id:uuid}", permission=Permission.ORDERS_PROCESS, include_in_schema=False)
async def one_order(
    request: Request[Actor, Any, Any],
    order_id: FromPath[UUID],
    frame: NamedDependency[Frame],
    show_drift: NamedDependency[ShowDrift],
) -> Response[str]:
    """One order beside 1C's document, step by step."""
    found = await show_drift(request.user, OrderId(order_id))
    view = order_view(found, frame.site.texts(language_of(request)))
    shell = await panel_shell(frame, request, "drift")
    return frame.page(request, "pages/drift_order.html", {"shell": shell, "view": view})


ROUTES = [report, export, one_order]
