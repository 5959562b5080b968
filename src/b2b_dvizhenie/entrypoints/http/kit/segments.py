"""Samples of the panel's pages of segments."""

from uuid import UUID

from b2b_dvizhenie.application.visibility import SegmentCard
from b2b_dvizhenie.domain.shared.ids import CompanyId, SegmentId
from b2b_dvizhenie.domain.visibility import Segment, SegmentCompany
from b2b_dvizhenie.entrypoints.http.pages.forms import Form
from b2b_dvizhenie.entrypoints.http.pages.segments import SegmentListView, SegmentView
from b2b_dvizhenie.entrypoints.http.panel import segments

_SEGMENTS = (
    Segment(SegmentId(UUID(int=1)), "Монтажные организации Сибири и Дальнего Востока", 128),
    Segment(SegmentId(UUID(int=2)), "Сети магазинов", 0),
)
_COMPANIES = tuple(
    SegmentCompany(CompanyId(UUID(int=place)), name, inn, is_member)
    for place, (name, inn, is_member) in enumerate(
        (
            ("ООО «ЭлектроМонтажСтройКомплект-Новосибирск»", "5405123456", True),
            ("ИП Кузнецова А. В.", "", False),
        ),
        1,
    )
)


def listed() -> SegmentListView:
    """The list as an administrator sees it."""
    return segments.list_view(_SEGMENTS, Form(), may_change=True)


def empty() -> SegmentListView:
    """No segment, and a name that was refused."""
    return segments.list_view((), Form({"name": ""}, {"name": "Введите название."}), may_change=True)


def card() -> SegmentView:
    """A segment, and companies that a search found."""
    found = SegmentCard(_SEGMENTS[0], _COMPANIES, ("Я", UUID(int=9)))
    return segments.card_view(found, Form({"name": _SEGMENTS[0].name}), query="а", paged=True, may_change=True)


def nobody() -> SegmentView:
    """A segment without members that discounts name."""
    found = SegmentCard(_SEGMENTS[1], ())
    error = "Сегмент назван в скидках: 3."
    return segments.card_view(found, Form({"name": "Сети магазинов"}), may_change=True, error=error)
