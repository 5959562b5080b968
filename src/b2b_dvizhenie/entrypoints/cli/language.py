"""The language of the terminal: Russian unless the environment asks for English."""

import os
from collections.abc import Callable

from b2b_dvizhenie.entrypoints.texts import LANGUAGES, translations


def language() -> str:
    """`B2B_LANGUAGE` if it names a language we speak, else the locale's if that is English, else Russian."""
    wanted = os.environ.get("B2B_LANGUAGE", "")
    if wanted in LANGUAGES:
        return wanted
    spoken = os.environ.get("LC_ALL") or os.environ.get("LC_MESSAGES") or os.environ.get("LANG") or ""
    return "en" if spoken.lower().startswith("en") else "ru"


def speak() -> Callable[[str], str]:
    """Gettext in the language of the terminal."""
    return translations(language()).gettext
