"""Which family of 1C is on the line, and what follows from it (onec.md §1, §2.2)."""

import re

UT10, UT115, UNF, BITRIX31 = "ut10", "ut115", "unf", "bitrix31"
_BITRIX_NAMES = re.compile(
    r"(goods|groups|prices|rests|offers|pricelists|storages|units|contragents|properties\w*)_\d+_\d+_", re.IGNORECASE
)
_UT11_NAMES = re.compile(r"(import|offers|prices|rests|contragents)\d+_\d+\.xml", re.IGNORECASE)
_UNF_NAMES = re.compile(r"(import|offers|prices|rests|contragents)\d+\.xml", re.IGNORECASE)
_UT10_NAMES = re.compile(r"(import|offers|prices|rests|contragents)\.xml|1cbitrix-[\w-]+\.xml", re.IGNORECASE)
_RANK = ("", UT10, UNF, UT115, BITRIX31)


def recognised(filename: str, version: str, known: str) -> str:
    """The family after one more request: a version or a name that only one family uses decides.

    Args:
        filename: of the request, if it has one.
        version: what the client said, if it did.
        known: what was recognised before.
    """
    base = filename.replace("\\", "/").rpartition("/")[2]
    if version or _BITRIX_NAMES.match(base):
        found = BITRIX31
    elif _UT11_NAMES.fullmatch(base):
        found = UT115
    elif _UNF_NAMES.fullmatch(base):
        found = UNF
    elif _UT10_NAMES.fullmatch(base):
        found = UT10
    else:
        found = ""
    return max(known, found, key=lambda profile: _RANK.index(profile) if profile in _RANK else len(_RANK))


def encoding_of(setting: str, profile: str) -> str:
    """The encoding of answers: the node's own, else windows-1251 for families that are only proven with it."""
    if setting != "auto":
        return setting
    return "windows-1251" if profile in (UT10, BITRIX31) else "utf-8"
