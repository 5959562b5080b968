"""Samples of the panel's pages of segments."""

from datetime import UTC, datetime
from uuid import UUID

from b2b_dvizhenie.application.shared.actor import system_actor
from b2b_dvizhenie.application.visibility import RuleBranch, RuleSection, SegmentCard, SegmentRulesCard
from b2b_dvizhenie.domain.shared.ids import CompanyId, SectionId, SegmentId
from b2b_dvizhenie.domain.visibility import RuleOn, Segment, SegmentCompany, SegmentRule
from b2b_dvizhenie.entrypoints.http.pages.forms import Form
from b2b_dvizhenie.entrypoints.http.pages.segments import (
    SegmentListView,
    SegmentRulesView,
    SegmentTrailView,
    SegmentView,
)
from b2b_dvizhenie.entrypoints.http.pages.staff import AuditRow
from b2b_dvizhenie.entrypoints.http.panel import segment_rules, segments
from b2b_dvizhenie.entrypoints.texts import translations

_EDITOR = system_actor("kit")
_SEGMENTS = (
    Segment(SegmentId(UUID(int=1)), "Монтажные организации Сибири и Дальнего Востока", 128, 10, 2),
    Segment(SegmentId(UUID(int=2)), "Сети магазинов", 0, for_all=True),
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
    return segments.card_view(found, Form({"name": _SEGMENTS[0].name}), _EDITOR, query="а", paged=True)


def nobody() -> SegmentView:
    """A segment without members that discounts name."""
    found = SegmentCard(_SEGMENTS[1], ())
    error = "Сегмент назван в скидках: 3."
    return segments.card_view(found, Form({"name": "Сети магазинов"}), _EDITOR, error=error)


def _section(place: int, name: str, opens: bool | None, *, has_more: bool = False) -> RuleSection:
    return RuleSection(SectionId(UUID(int=place)), name, opens, has_more)


def rules() -> SegmentRulesView:
    """Rules about everything that there can be rules about, inside a section, and brands that were found."""
    path = (_section(1, "Кабель и провод", False, has_more=True),)
    below = (
        _section(2, "Кабель силовой с алюминиевыми жилами бронированный", True, has_more=True),
        _section(3, "Провод обмоточный", None),
    )
    found = SegmentRulesCard(
        _SEGMENTS[0],
        (
            SegmentRule(RuleOn.SECTION, str(UUID(int=1)), "Кабель и провод", False),
            SegmentRule(RuleOn.SECTION, str(UUID(int=2)), "Кабель и провод / Кабель силовой", True),
            SegmentRule(RuleOn.BRAND, str(UUID(int=5)), "Кабельвест", False),
            SegmentRule(RuleOn.INFORMATION, "discounts", "discounts", False),
        ),
        RuleBranch(path, below),
        (SegmentRule(RuleOn.BRAND, str(UUID(int=5)), "Кабельвест", False),),
    )
    return segment_rules.rules_view(found, _EDITOR, translations("ru"), Form({"weight": "10"}), query="каб")


def no_rules() -> SegmentRulesView:
    """A segment without rules in a catalogue without sections; a weight and a search that came to nothing."""
    found = SegmentRulesCard(_SEGMENTS[1], (), RuleBranch((), ()))
    form = Form({"weight": "тяжёлый"}, {"weight": "Вес сегмента — целое число от -1000 до 1000."})
    error = "У сегмента может быть не больше 500 правил."
    return segment_rules.rules_view(found, _EDITOR, translations("ru"), form, query="ничей", error=error)


def trail() -> SegmentTrailView:
    """What was changed of a segment."""
    row = AuditRow(
        at=datetime(2026, 11, 24, 15, 30, tzinfo=UTC),
        who="Орлова М. С.",
        action="Изменено правило сегмента",
        subject=_SEGMENTS[0].name,
        changes=(("Раздел", "", "Кабель и провод"), ("Открыто", "", "нет")),
    )
    return SegmentTrailView(head=segments.head_of(_SEGMENTS[0], _EDITOR, "audit"), rows=(row,), older_url="?before=1")
