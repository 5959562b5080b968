"""Pages of the panel about discounts: versions, one version with its groups and rules, the check, the explainer."""

from datetime import datetime
from decimal import Decimal

from msgspec import Struct

from b2b_dvizhenie.domain.shared.money import Money
from b2b_dvizhenie.entrypoints.http.pages.forms import Form
from b2b_dvizhenie.entrypoints.http.pages.parts import Choice, Link, Pager
from b2b_dvizhenie.entrypoints.http.pages.product import PriceReason


class RuleSetRow(Struct, frozen=True, kw_only=True):
    """A version in the list; `state` is a key of labels["rule_set"]."""

    url: str
    number: int
    title: str
    state: str
    rules: int
    changed_at: datetime
    changed_by: str
    since: datetime | None = None
    planned_at: datetime | None = None


class RuleSetsView(Struct, frozen=True, kw_only=True):
    """All versions, newest first; `copied` is the one a new draft would be based on."""

    rows: tuple[RuleSetRow, ...]
    pager: Pager
    form: Form
    tabs: tuple[Link, ...]
    bases: tuple[Choice, ...] = ()


class GroupRow(Struct, frozen=True, kw_only=True):
    """A group in the tree; `strategy` is a key of labels["strategy"], `depth` counts from 0."""

    url: str
    title: str
    strategy: str
    depth: int
    rules_url: str
    current: bool = False


class RuleRow(Struct, frozen=True, kw_only=True):
    """A discount in the table: what it covers, what it takes off, for whom, from when to when."""

    id: str
    url: str
    title: str
    kind: str  # a key of labels["rule_kind"]
    goods: str
    effect: str
    percent: Decimal | None = None
    buyers: tuple[str, ...] = ()  # empty: everybody
    more_buyers: int = 0
    minimum: Decimal | None = None
    starts_at: datetime | None = None
    ends_at: datetime | None = None
    priority: int = 0
    order: int = 0
    active: bool = True
    exclusive: bool = False


class RuleSetView(Struct, frozen=True, kw_only=True):
    """One version. A draft can be changed, a published one only looked at."""

    row: RuleSetRow
    url: str
    groups: tuple[GroupRow, ...]
    rules: tuple[RuleRow, ...]
    pager: Pager
    form: Form
    price_types: tuple[Choice, ...]
    cost_types: tuple[Choice, ...]
    kinds: tuple[Choice, ...]
    group_choices: tuple[Choice, ...]
    strategy: str
    query: str = ""
    draft: bool = False
    may_publish: bool = False
    filtered: bool = False


class RuleFormView(Struct, frozen=True, kw_only=True):
    """Adding or changing a discount."""

    title: str
    back: Link
    action: str
    form: Form
    groups: tuple[Choice, ...]
    kinds: tuple[Choice, ...]
    effects: tuple[Choice, ...]
    sections: tuple[str, ...]
    brands: tuple[str, ...]
    flags: tuple[Choice, ...]
    delete_url: str | None = None
    readonly: bool = False


class GroupFormView(Struct, frozen=True, kw_only=True):
    """Adding or changing a group."""

    title: str
    back: Link
    action: str
    form: Form
    parents: tuple[Choice, ...]
    strategies: tuple[Choice, ...]
    inner: tuple[Choice, ...]
    kinds: tuple[Choice, ...]
    flags: tuple[Choice, ...]
    delete_url: str | None = None
    draft: bool = True


class RowFault(Struct, frozen=True):
    """What is wrong with a row of a spreadsheet, in words."""

    row: int
    column: str
    text: str


class ImportView(Struct, frozen=True, kw_only=True):
    """Loading discounts from a spreadsheet; with faults nothing was changed."""

    back: Link
    action: str
    form: Form
    columns: tuple[str, ...]
    faults: tuple[RowFault, ...] = ()
    total: int = 0
    export_url: str


class FindingRow(Struct, frozen=True, kw_only=True):
    """What the check found; `fault` is a key of labels["fault"]."""

    fault: str
    rule: str
    rule_url: str
    other: str = ""
    other_url: str = ""
    company: str = ""
    article: str = ""
    quantity: Decimal | None = None
    amount: Money | None = None
    less: Money | None = None
    explain_url: str = ""


class CheckView(Struct, frozen=True, kw_only=True):
    """The check of a version, and publishing it."""

    row: RuleSetRow
    back: Link
    findings: tuple[FindingRow, ...]
    counts: tuple[tuple[str, int], ...]
    total: int
    blocked: bool
    revision: int
    publish_url: str | None
    form: Form


class ExplainView(Struct, frozen=True, kw_only=True):
    """The price of goods for a company: every candidate, who won and why."""

    form: Form
    tabs: tuple[Link, ...]
    versions: tuple[Choice, ...]
    currencies: tuple[Choice, ...] = ()  # what the result may be shown in
    companies: tuple[Choice, ...] = ()  # several are found: choose one
    company: str = ""
    reason: PriceReason | None = None
    no_price: str = ""


class WhatIfRow(Struct, frozen=True, kw_only=True):
    """A company, manager or article with what would have changed for it."""

    title: str
    url: str = ""
    lines: int
    changed: int
    before: Money
    after: Money
    change: Money
    held: int


class WhatIfTable(Struct, frozen=True, kw_only=True):
    """The largest changes of one side; `side` is a key of labels["what_if_side"], `total` counts all that change."""

    side: str
    rows: tuple[WhatIfRow, ...]
    total: int


class WhatIfSums(Struct, frozen=True, kw_only=True):
    """The whole difference in one currency."""

    lines: int
    dearer: int
    cheaper: int
    before: Money
    after: Money
    change: Money
    held_before: int
    held_after: int
    tables: tuple[WhatIfTable, ...]


class WhatIfView(Struct, frozen=True, kw_only=True):
    """A version replayed over what was ordered. `state` is "" while nothing was asked for.

    `stale` says that the draft was edited since. `progress` is a percentage while it runs.
    """

    row: RuleSetRow
    back: Link
    url: str
    form: Form
    state: str = ""
    progress: int = 0
    days: int = 0
    asked_at: datetime | None = None
    against: str = ""
    stale: bool = False
    lines: int = 0
    left_out: int = 0
    currencies: tuple[WhatIfSums, ...] = ()
