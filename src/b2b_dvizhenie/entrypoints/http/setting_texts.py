"""Words for settings: sections, groups, titles, hints, by the keys that contexts declare. English message ids."""

from collections.abc import Mapping

from msgspec import Struct

from b2b_dvizhenie.domain.balances import (
    LIMIT_REACTION,
    OVERDUE_REACTION,
    RESERVED_DAYS,
    STALE_HOURS,
    STOP_REACTION,
    Reaction,
)
from b2b_dvizhenie.domain.companies import ACCESS_REQUESTS
from b2b_dvizhenie.domain.drift import DOCUMENT_PENNIES, LINE_PENNIES
from b2b_dvizhenie.domain.identity import (
    CODE_LOGIN,
    CODES_PER_HOUR,
    INVITATION_HOURS,
    RECOVERY_MINUTES,
    TOKEN_LIFETIME_DAYS,
)
from b2b_dvizhenie.domain.pricing import LIVE_DEADLINE, LIVE_LOCK, LIVE_PAUSED, RATE_JUMP, RATE_MAX_AGE
from b2b_dvizhenie.domain.vip import CANDIDATE_AMOUNT, CANDIDATE_DAYS, CANDIDATE_ORDERS
from b2b_dvizhenie.domain.visibility import HIDDEN_PRICE_POLICY, HiddenPrices
from b2b_dvizhenie.entrypoints.http.labels import N_


class SettingText(Struct, frozen=True):
    """What people read about a setting; `unit` stands behind a number, `choices` names the values of a choice."""

    title: str
    hint: str
    unit: str = ""
    choices: Mapping[str, str] = {}


SECTIONS: Mapping[str, str] = {"main": N_("Main")}
"""Tabs of the page, in this order."""

GROUPS: Mapping[str, str] = {
    "system": N_("System settings"),
    "entrance": N_("Entrance"),
    "hidden": N_("Hidden information"),
    "balances": N_("Credit of buyers"),
    "currencies": N_("Currencies"),
    "live": N_("Live prices"),
    "vip": N_("Candidates for VIP"),
    "drift": N_("Sums that 1C counts otherwise"),
}
"""Headings, in this order."""

_REACTIONS: Mapping[str, str] = {
    Reaction.OFF.value: N_("take the order, say nothing"),
    Reaction.WARN.value: N_("take the order, warn the buyer"),
    Reaction.BLOCK.value: N_("refuse the order"),
}

TEXTS: Mapping[str, SettingText] = {
    TOKEN_LIFETIME_DAYS.key: SettingText(
        N_("Token lifetime"),
        N_(
            "So long after logging in the token dies and the login is asked again. "
            "A shorter one ends older sessions at once, a longer one is for new logins."
        ),
        N_("days"),
    ),
    CODE_LOGIN.key: SettingText(
        N_("Login by a one-time code"),
        N_("People may ask for a code by SMS or mail in place of the password. Connect a gateway first."),
    ),
    CODES_PER_HOUR.key: SettingText(
        N_("Codes and links in an hour"),
        N_("So many, over all people, can be asked for by who is not logged in: the bound of what SMS may cost."),
    ),
    INVITATION_HOURS.key: SettingText(
        N_("An invitation works for"), N_("A newer one replaces it at any time."), N_("hours")
    ),
    RECOVERY_MINUTES.key: SettingText(
        N_("A link to a new password works for"), N_("It works once; a newer one replaces it."), N_("minutes")
    ),
    ACCESS_REQUESTS.key: SettingText(
        N_("Requests for access"),
        N_("Strangers may leave a request on the login page. Nobody gets in before somebody decides in the panel."),
    ),
    HIDDEN_PRICE_POLICY.key: SettingText(
        N_("Buyers who may not see individual prices"),
        N_("Concealed prices: the buyer sees no price and orders at those of his company's agreement."),
        choices={
            HiddenPrices.DEFAULT_PRICE_TYPE.value: N_("see and pay the default price type"),
            HiddenPrices.CONCEAL.value: N_("see no prices"),
        },
    ),
    LIMIT_REACTION.key: SettingText(
        N_("An order beyond the credit limit"),
        N_("Concerns orders on account. Orders that 1C does not know yet count as spent."),
        choices=_REACTIONS,
    ),
    OVERDUE_REACTION.key: SettingText(
        N_("An order of a company with overdue payments"),
        N_("Concerns orders on account; what is paid ahead adds no debt."),
        choices=_REACTIONS,
    ),
    STOP_REACTION.key: SettingText(
        N_("An order of a company on the stop list of 1C"),
        N_("1C would not ship it, however it is paid."),
        choices=_REACTIONS,
    ),
    STALE_HOURS.key: SettingText(
        N_("A balance is out of date after"), N_("It is still shown, with a warning beside its date."), N_("hours")
    ),
    RESERVED_DAYS.key: SettingText(
        N_("An order without news holds the limit for"),
        N_("Only where 1C does not tell open orders: so long after 1C took the order over."),
        N_("days"),
    ),
    RATE_MAX_AGE.key: SettingText(
        N_("A currency rate can be used for"),
        N_("After that no price is shown in the currency until a newer official rate comes."),
        N_("days"),
    ),
    RATE_JUMP.key: SettingText(
        N_("A currency rate may change at once by"),
        N_("A rate that jumps further waits until an administrator confirms it; the one before goes on."),
        N_("percent"),
    ),
    LIVE_PAUSED.key: SettingText(
        N_("Pause live prices"),
        N_("1C is not asked for prices of this moment although it is connected; the stored prices hold."),
    ),
    LIVE_DEADLINE.key: SettingText(
        N_("1C answers within"),
        N_("What comes later is not waited for: the stored price stays, with its age."),
        N_("ms"),
    ),
    LIVE_LOCK.key: SettingText(
        N_("A shown live price is kept for"),
        N_("An order within this time is made at it even if the price has risen since; if it fell, at the lower one."),
        N_("minutes"),
    ),
    CANDIDATE_DAYS.key: SettingText(
        N_("Orders are counted over"), N_("So many days back; cancelled orders do not count."), N_("days")
    ),
    CANDIDATE_ORDERS.key: SettingText(N_("Orders at least"), N_("A candidate ordered that often in these days.")),
    CANDIDATE_AMOUNT.key: SettingText(
        N_("Ordered for at least"),
        N_("The sum of these orders; orders in other currencies do not count."),
        N_("roubles"),
    ),
    LINE_PENNIES.key: SettingText(
        N_("Rounding of a line that is no difference"),
        N_("1C spreads the kopecks of a document over its lines. Up to so many in a line are forgiven."),
        N_("kopecks"),
    ),
    DOCUMENT_PENNIES.key: SettingText(
        N_("Rounding of a whole order that is no difference"),
        N_("Kopecks of lines are forgiven only if together they come to no more."),
        N_("kopecks"),
    ),
}
