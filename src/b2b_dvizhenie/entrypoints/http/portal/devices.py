"""A device in words: the browser and the system that a User-Agent names, for lists of sessions."""

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
