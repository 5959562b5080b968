"""Words for settings: sections, groups, titles, hints, by the keys that contexts declare. English message ids."""

from collections.abc import Mapping

from msgspec import Struct

from b2b_dvizhenie.domain.identity import TOKEN_LIFETIME_DAYS
from b2b_dvizhenie.entrypoints.http.labels import N_


class SettingText(Struct, frozen=True):
    """What people read about a setting; `unit` stands behind a number, `choices` names the values of a choice."""

    title: str
    hint: str
    unit: str = ""
    choices: Mapping[str, str] = {}


SECTIONS: Mapping[str, str] = {"main": N_("Main")}
"""Tabs of the page, in this order."""

GROUPS: Mapping[str, str] = {"system": N_("System settings")}
"""Headings, in this order."""

TEXTS: Mapping[str, SettingText] = {
    TOKEN_LIFETIME_DAYS.key: SettingText(
        N_("Token lifetime"),
        N_(
            "So long after logging in the token dies and the login is asked again. "
            "A shorter one ends older sessions at once, a longer one is for new logins."
        ),
        N_("days"),
    ),
}
