"""Names as people type them, in their one spelling."""

import unicodedata

_HIDDEN = ("Cc", "Cf", "Cs", "Co", "Cn")


def spelled(text: str, maximum: int) -> str | None:
    """The name with composed characters and single spaces; None where it is empty, longer than `maximum`, or holds
    signs that cannot be seen.
    """
    if len(text) > maximum * 4:  # before work that grows with the length
        return None
    name = " ".join(unicodedata.normalize("NFC", text).split())
    hidden = any(unicodedata.category(sign) in _HIDDEN for sign in name)
    return name if 1 <= len(name) <= maximum and not hidden else None
