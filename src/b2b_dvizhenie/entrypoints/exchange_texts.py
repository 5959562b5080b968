"""Why an import failed, in words: the journal keeps the code and the parameters of the refusal, this puts them back."""

import re

from b2b_dvizhenie.entrypoints.texts import error_text, translations

_NAME = re.compile(r"(?:^|, )([a-z_]+)=")
UNKNOWN = "exchange.internal"


def import_error_text(code: str, detail: str, filename: str, language: str) -> str:
    """The sentence for a failed import.

    Args:
        code: of the refusal, as the journal keeps it; one without a text gets a general sentence.
        detail: its parameters as `name=value, name=value`.
        filename: of the import.
        language: of the sentence.
    """
    if translations(language).gettext(code) == code:
        return error_text(UNKNOWN, {}, language)
    return error_text(code, {"name": filename, "detail": "", "line": ""} | _params(detail), language)


def _params(detail: str) -> dict[str, str]:
    starts = list(_NAME.finditer(detail))
    if not starts or starts[0].start() != 0:
        return {"detail": detail}
    ends = [start.start() for start in starts[1:]] + [len(detail)]
    return {start[1]: detail[start.end() : end] for start, end in zip(starts, ends, strict=True)}
