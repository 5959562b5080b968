"""Sample views of the panel's pages about discounts."""

from datetime import timedelta
from decimal import Decimal

from b2b_dvizhenie.domain.shared.money import Money
from b2b_dvizhenie.entrypoints.http.kit.buyer import DOLLARS, reason
from b2b_dvizhenie.entrypoints.http.kit.goods import NOW
from b2b_dvizhenie.entrypoints.http.pages import prices as views
from b2b_dvizhenie.entrypoints.http.pages.forms import Form
from b2b_dvizhenie.entrypoints.http.pages.parts import Choice, Link, pages
from b2b_dvizhenie.entrypoints.http.portal.reasons import with_shown

_TABS = (Link("Версии", "/panel/prices", current=True), Link("Почему такая цена", "/panel/prices/explain"))
_KINDS = tuple(
    Choice(key, title) for key, title in (("brand", "Бренд"), ("category", "Раздел"), ("articles", "Список артикулов"))
)
_GROUPS = (Choice("1", "Все скидки", selected=True), Choice("2", "— Акции"))
_BACK = Link("Версия 7", "/panel/prices/7")


def _row(number: int, state: str) -> views.RuleSetRow:
    return views.RuleSetRow(
        url=f"/panel/prices/{number}",
        number=number,
        title="Осень 2026",
        state=state,
        rules=1284,
        changed_at=NOW,
        changed_by="Ольга Ветрова",
        since=NOW if state == "in_force" else None,
        planned_at=NOW + timedelta(days=6) if state == "planned" else None,
    )


def versions() -> views.RuleSetsView:
    """Versions in every state."""
    states = ("draft", "planned", "in_force", "superseded")
    rows = tuple(_row(8 - place, state) for place, state in enumerate(states))
    return views.RuleSetsView(
        rows=rows,
        pager=pages(4, 1, 50, "/panel/prices?page={page}"),
        form=Form({}, {"based_on": "Не найдено."}),
        tabs=_TABS,
        bases=(Choice("6", "№ 6 Осень 2026", selected=True), Choice("", "Пустой")),
    )


def no_versions() -> views.RuleSetsView:
    """Nothing yet."""
    return views.RuleSetsView(
        rows=(), pager=pages(0, 1, 50, "?page={page}"), form=Form(), tabs=_TABS, bases=(Choice("", "Пустой"),)
    )


def _rules() -> tuple[views.RuleRow, ...]:
    return (
        views.RuleRow(
            id="1",
            url="/panel/prices/7/rules/1",
            title="Линэл для сети",
            kind="category_brand",
            goods="Линэл · Модульное оборудование и очень длинное название раздела",
            effect="−12,5 %",
            buyers=("ООО «Ромашка»", "АО «Электромонтаж-Юг»"),
            more_buyers=12,
            minimum=Decimal(24),
            starts_at=NOW,
            ends_at=NOW + timedelta(days=30),
            priority=5,
            exclusive=True,
        ),
        views.RuleRow(
            id="2",
            url="/panel/prices/7/rules/2",
            title="цена 199 RUB: A-17",
            kind="articles",
            goods="A-17, A-18, A-19 … (41)",
            effect="цена 199 RUB",
            active=False,
        ),
    )


def _version(*, draft: bool, rules: tuple[views.RuleRow, ...], filtered: bool = False) -> views.RuleSetView:
    groups = (
        views.GroupRow(
            url="/panel/prices/7/groups/1", title="Все скидки", strategy="by_kind", depth=0, rules_url="?group=1"
        ),
        views.GroupRow(url="/panel/prices/7/groups/2", title="Акции", strategy="sum", depth=1, rules_url="?group=2"),
    )
    return views.RuleSetView(
        row=_row(7, "draft" if draft else "superseded"),
        url="/panel/prices/7",
        groups=groups,
        rules=rules,
        pager=pages(len(rules) * 60, 1, 50, "?page={page}"),
        form=Form({"title": "Осень", "minimal_margin": "много"}, {"minimal_margin": "Укажите процент."}),
        price_types=(Choice("", "нет"), Choice("1", "МРЦ", selected=True)),
        cost_types=(Choice("", "нет"), Choice("1", "МРЦ")),
        kinds=_KINDS,
        group_choices=_GROUPS,
        strategy="by_kind",
        draft=draft,
        may_publish=True,
        filtered=filtered,
    )


def draft() -> views.RuleSetView:
    """A draft with discounts."""
    return _version(draft=True, rules=_rules())


def published() -> views.RuleSetView:
    """A version that was in force."""
    return _version(draft=False, rules=_rules())


def empty_draft() -> views.RuleSetView:
    """A draft without discounts."""
    return _version(draft=True, rules=())


def not_found() -> views.RuleSetView:
    """A filter that finds nothing."""
    return _version(draft=True, rules=(), filtered=True)


def rule() -> views.RuleFormView:
    """A discount with mistakes."""
    return views.RuleFormView(
        title="Скидка",
        back=_BACK,
        action="/panel/prices/7/rules/1",
        form=Form(
            {"kind": "brand", "value": "сто", "section": "Нет такого", "articles": "A-1\nA-2"},
            {"value": "Укажите число.", "section": "Не найдено: Нет такого.", "brand": "Выберите бренд."},
        ),
        groups=_GROUPS,
        kinds=_KINDS,
        effects=(Choice("percent", "Процент"), Choice("fixed_price", "Фиксированная цена")),
        sections=("Модульное оборудование", "Метизы"),
        brands=("Линэл", "Болтун"),
        flags=(
            Choice("is_active", "Включена", selected=True),
            Choice("exclusive", "Исключительная", note="Вместо всех"),
        ),
        delete_url="/panel/prices/7/rules/1/delete",
    )


def group() -> views.GroupFormView:
    """A group."""
    strategies = (Choice("max", "Большая скидка"), Choice("by_kind", "По виду"))
    return views.GroupFormView(
        title="Группа скидок",
        back=_BACK,
        action="/panel/prices/7/groups/2",
        form=Form({"title": "Акции", "strategy": "by_kind"}, {"": "Группы не складываются в дерево."}),
        parents=_GROUPS,
        strategies=strategies,
        inner=strategies,
        kinds=_KINDS,
        flags=(Choice("ignore_zero", "Не считать нули", selected=True),),
        delete_url="/panel/prices/7/groups/2/delete",
    )


def check() -> views.CheckView:
    """Findings of every kind."""
    faults = (
        *("ambiguous", "unreachable", "tie_by_id", "below_limit", "overlap", "quantity_cliff"),
        *("covers_nothing", "for_nobody"),
    )
    findings = tuple(
        views.FindingRow(
            fault=fault,
            rule="Линэл для сети",
            rule_url="/panel/prices/7/rules/1",
            other="Осенняя акция" if fault in ("unreachable", "tie_by_id", "ambiguous", "overlap") else "",
            other_url="/panel/prices/7/rules/2",
            company="ООО «Ромашка»",
            article="MVA20-1-016-C",
            quantity=Decimal(24),
            amount=Money(Decimal("4017.60"), "RUB") if fault == "quantity_cliff" else None,
            less=Money(Decimal("4935.80"), "RUB") if fault == "quantity_cliff" else None,
            explain_url="/panel/prices/explain?company=1",
        )
        for fault in faults
    )
    return views.CheckView(
        row=_row(7, "draft"),
        back=_BACK,
        findings=findings,
        counts=tuple((fault, 3) for fault in faults),
        total=24,
        blocked=False,
        revision=12,
        publish_url="/panel/prices/7/publish",
        form=Form({}, {"": "Версию изменили, пока вы на неё смотрели."}),
    )


def blocked() -> views.CheckView:
    """Nothing found that can be shown, and publishing refused."""
    return views.CheckView(
        row=_row(7, "draft"),
        back=_BACK,
        findings=(),
        counts=(),
        total=0,
        blocked=True,
        revision=12,
        publish_url=None,
        form=Form(),
    )


def explain() -> views.ExplainView:
    """A price with its candidates."""
    return views.ExplainView(
        form=Form({"company": "Ромашка", "article": "MVA20", "quantity": "24"}),
        tabs=_TABS,
        versions=(Choice("", "действующая"),),
        currencies=(Choice("", "по договору"), Choice("USD", "USD", selected=True)),
        company="ООО «Ромашка»",
        reason=with_shown(reason(), DOLLARS),
    )


def explain_choice() -> views.ExplainView:
    """Several companies answer to the text."""
    return views.ExplainView(
        form=Form({"company": "Ро", "article": "x"}, {"article": "Не найдено."}),
        tabs=_TABS,
        versions=(Choice("", "действующая"),),
        companies=(Choice("1", "ООО «Ромашка»"), Choice("2", "ООО «Роза»")),
    )


def explain_empty() -> views.ExplainView:
    """Nothing asked yet."""
    return views.ExplainView(form=Form(), tabs=_TABS, versions=(Choice("", "действующая"),))


def explain_no_price() -> views.ExplainView:
    """No price at all."""
    return views.ExplainView(
        form=Form(), tabs=_TABS, versions=(Choice("", "действующая"),), company="ООО «Роза»", no_price="other_currency"
    )


def loading() -> views.ImportView:
    """The form for a file."""
    columns = ("id", "kind", "value", "section", "brand")
    return views.ImportView(
        back=_BACK, action="/panel/prices/7/import", form=Form(), columns=columns, export_url="/panel/prices/7/export"
    )


def rejected() -> views.ImportView:
    """A file with wrong rows."""
    return views.ImportView(
        back=_BACK,
        action="/panel/prices/7/import",
        form=Form({}, {"file": "Файл не читается."}),
        columns=(),
        faults=(
            views.RowFault(17, "brand", "Не найдено: Линэл-2."),
            views.RowFault(204, "value", "Укажите число от 0 до 100."),
        ),
        total=5,
        export_url="/panel/prices/7/export",
    )
