"""Every reason to refuse an order has a sentence in both languages, with the same parameters."""

import re
from inspect import getsource
from string import Formatter

import pytest

from b2b_dvizhenie.domain.ordering import acceptance
from b2b_dvizhenie.entrypoints.http.api import refusals
from b2b_dvizhenie.entrypoints.texts import LANGUAGES, translations

CODES = sorted(
    set(re.findall(r'Refusal\(\s*"([^"]+)"', getsource(acceptance)))
    | set(re.findall(r'"(ordering\.\w+)"', getsource(refusals)))
)


def test_codes_were_found() -> None:
    assert {"ordering.cart_empty", "ordering.not_on_sale", "ordering.price_risen"} <= set(CODES)


@pytest.mark.parametrize("code", CODES)
def test_reason_has_a_text(code: str) -> None:
    texts = [translations(language).gettext(code) for language in LANGUAGES]
    assert code not in texts
    parameters = [{name for _, name, _, _ in Formatter().parse(text) if name} for text in texts]
    assert parameters[0] == parameters[1]
