"""Sample views of the panel's what-if."""

from decimal import Decimal

from msgspec.structs import replace

from b2b_dvizhenie.domain.shared.money import Money
from b2b_dvizhenie.entrypoints.http.kit.goods import NOW
from b2b_dvizhenie.entrypoints.http.pages import prices as views
from b2b_dvizhenie.entrypoints.http.pages.forms import Form
from b2b_dvizhenie.entrypoints.http.pages.parts import Link


def _rubles(amount: str) -> Money:
    return Money(Decimal(amount), "RUB")


def _line(title: str, lines: int, before: str, after: str, url: str = "") -> views.WhatIfRow:
    change = Money(Decimal(after) - Decimal(before), "RUB")
    return views.WhatIfRow(
        title=title,
        url=url,
        lines=lines,
        changed=lines // 2,
        before=_rubles(before),
        after=_rubles(after),
        change=change,
        held=lines // 10,
    )


def none() -> views.WhatIfView:
    """Nothing was asked for."""
    row = views.RuleSetRow(
        url="/panel/prices/7",
        number=7,
        title="Осень 2026",
        state="draft",
        rules=1284,
        changed_at=NOW,
        changed_by="Ольга Ветрова",
    )
    return views.WhatIfView(
        row=row, back=Link("Версия 7", row.url), url="/panel/prices/7/what-if", form=Form({"days": "30"})
    )


def running() -> views.WhatIfView:
    """Half-way, and a wrong number of days typed for the next one."""
    return replace(
        none(), state="running", progress=42, form=Form({"days": "0"}, {"days": "Укажите от 1 до 366 дней."})
    )


def failed() -> views.WhatIfView:
    """It did not succeed."""
    return replace(none(), state="failed")


def nothing() -> views.WhatIfView:
    """Nothing was ordered."""
    return replace(none(), state="done", days=1, asked_at=NOW, against="без скидок")


def report() -> views.WhatIfView:
    """The whole report, of a draft edited since."""
    tables = (
        views.WhatIfTable(
            side="company",
            rows=(
                _line("ООО «Ромашка»", 1204, "18204331.50", "17310220.10", "/panel/companies/1"),
                _line("ИП Соколова Анна Викторовна", 310, "2204331.50", "2290220.10", "/panel/companies/2"),
            ),
            total=38,
        ),
        views.WhatIfTable(side="manager", rows=(_line("Пётр Громов", 1514, "20408663.00", "19600440.20"),), total=1),
        views.WhatIfTable(
            side="article", rows=(_line("BLT-0812 Болт М8×12 оцинкованный", 96, "104331.50", "99220.10"),), total=960
        ),
    )
    sums = views.WhatIfSums(
        lines=300_000,
        dearer=1200,
        cheaper=88_410,
        before=_rubles("184204331.50"),
        after=_rubles("179310220.10"),
        change=_rubles("-4894111.40"),
        held_before=310,
        held_after=2207,
        tables=tables,
    )
    same = replace(
        sums,
        lines=12,
        before=Money(Decimal(900), "USD"),
        after=Money(Decimal(900), "USD"),
        change=Money(Decimal(0), "USD"),
        dearer=0,
        cheaper=0,
        held_after=0,
        tables=(),
    )
    return replace(
        none(),
        state="done",
        days=30,
        asked_at=NOW,
        against="версия 6",
        stale=True,
        lines=300_012,
        left_out=480,
        currencies=(sums, same),
    )
