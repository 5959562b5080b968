"""A device in words: the browser and the system that a User-Agent names, and the list of sessions."""

from collections.abc import Iterable

from b2b_dvizhenie.application.identity import OpenSession
from b2b_dvizhenie.application.shared.actor import Actor
from b2b_dvizhenie.entrypoints.http.pages.account import SessionRow

_BROWSERS = (
    ("YaBrowser/", "Yandex Browser"),
    ("Edg/", "Edge"),
    ("OPR/", "Opera"),
    ("SamsungBrowser/", "Samsung Internet"),
    ("Firefox/", "Firefox"),
    ("FxiOS/", "Firefox"),
    ("CriOS/", "Chrome"),
    ("Chrome/", "Chrome"),
    ("Safari/", "Safari"),
)
_SYSTEMS = (
    ("iPhone", "iPhone"),
    ("iPad", "iPad"),
    ("Android", "Android"),
    ("Windows", "Windows"),
    ("Mac OS X", "macOS"),
    ("Linux", "Linux"),
)
"""What stands in the header and what it is called. Browsers name those they descend from as well: rarer ones first."""
_SHOWN = 60


def device_of(user_agent: str) -> str:
    """`Chrome, Windows`; a program that is no browser by its own first word; empty for a request that named nothing."""
    browser = next((name for sign, name in _BROWSERS if sign in user_agent), "")
    system = next((name for sign, name in _SYSTEMS if sign in user_agent), "")
    if browser:
        return ", ".join(part for part in (browser, system) if part)
    return user_agent.split(" ", 1)[0][:_SHOWN]


def session_rows(sessions: Iterable[OpenSession], actor: Actor) -> tuple[SessionRow, ...]:
    """Open sessions as pages list them; the one that the viewer came with is marked."""
    return tuple(
        SessionRow(
            id=str(one.session_id),
            device=device_of(one.user_agent),
            address=one.address,
            started_at=one.created_at,
            seen_at=one.last_seen_at,
            expires_at=one.expires_at,
            current=str(one.session_id) == actor.session_id,
        )
        for one in sessions
    )
