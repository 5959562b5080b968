"""Companies by INN from DaData's suggestions, findById/party (protocols.md §6), and the adapter for having none.

The address is the product's own constant or an administrator's setting, checked when the process starts: HTTPS, or
plain HTTP to this machine only; no redirection is followed, so the key goes nowhere else.
"""

import msgspec
from msgspec import Struct

from b2b_dvizhenie.adapters.lookups.asking import NoAnswer, asked
from b2b_dvizhenie.application.companies import (
    CompanyDirectory,
    DirectoryRefused,
    DirectoryUnavailable,
    FoundCompany,
)
from b2b_dvizhenie.application.shared.adapters import Adapter, Surroundings
from b2b_dvizhenie.application.shared.outgoing import checked_address
from b2b_dvizhenie.domain.companies import CompanyKind, Requisites

MAX_ANSWER = 512 * 1024
"""Bytes of an answer; a company with everything the service tells has some ten thousand."""
_REFUSED = {401, 402, 403, 429}
_CLOSED = {"LIQUIDATED", "LIQUIDATING", "BANKRUPT"}
_INDIVIDUAL = "INDIVIDUAL"
_PERSON_DIGITS = 12


class DadataSettings(Struct, frozen=True, forbid_unknown_fields=True):
    """`key` is the API key of the account; `url` is where suggestions are asked, `timeout_seconds` for how long
    altogether.
    """

    key: str
    url: str = "https://suggestions.dadata.ru/suggestions/api/4_1/rs"
    timeout_seconds: float = 5


class _Name(Struct, frozen=True):
    full_with_opf: str | None = None
    short_with_opf: str | None = None


class _Address(Struct, frozen=True):
    value: str | None = None
    unrestricted_value: str | None = None


class _State(Struct, frozen=True):
    status: str | None = None


class _Party(Struct, frozen=True):
    inn: str | None = None
    kpp: str | None = None
    ogrn: str | None = None
    type: str | None = None
    branch_type: str | None = None
    name: _Name | None = None
    address: _Address | None = None
    state: _State | None = None


class _Suggestion(Struct, frozen=True):
    value: str
    data: _Party


class _Answer(Struct, frozen=True):
    suggestions: list[_Suggestion]


class Dadata(CompanyDirectory):
    """Asks DaData; one request per company, nothing is kept."""

    def __init__(self, settings: DadataSettings) -> None:
        self._settings = settings

    @property
    def is_enabled(self) -> bool:
        """There is a key."""
        return True

    async def find(self, inn: str) -> FoundCompany | None:
        """The head office of the company, or None."""
        answer = await self._asked(inn)
        exact = [one for one in answer.suggestions if one.data.inn == inn]
        if answer.suggestions and not exact:
            raise DirectoryUnavailable(reason="another company")
        head = next((one for one in exact if one.data.branch_type in (None, "MAIN")), None)
        return None if head is None else _found(head, inn)

    async def _asked(self, inn: str) -> _Answer:
        headers = {"Authorization": f"Token {self._settings.key}", "Accept": "application/json"}
        try:
            answer = await asked(
                "POST",
                f"{self._settings.url}/findById/party",
                seconds=self._settings.timeout_seconds,
                most=MAX_ANSWER,
                headers=headers,
                body={"query": inn, "branch_type": "MAIN"},
            )
        except NoAnswer as error:
            raise DirectoryUnavailable(reason=error.reason) from error
        if not answer.is_ok:
            refusal = DirectoryRefused if answer.status in _REFUSED else DirectoryUnavailable
            raise refusal(reason=f"http {answer.status}")
        try:
            return msgspec.json.decode(answer.content, type=_Answer)
        except (msgspec.DecodeError, UnicodeDecodeError) as error:
            raise DirectoryUnavailable(reason="answer") from error


def _found(suggestion: _Suggestion, inn: str) -> FoundCompany:
    party = suggestion.data
    name = party.name or _Name()
    address = party.address or _Address()
    is_individual = party.type == _INDIVIDUAL or len(inn) == _PERSON_DIGITS
    status = party.state.status if party.state else None
    requisites = Requisites(
        kind=CompanyKind.ENTREPRENEUR if is_individual else CompanyKind.LEGAL,
        name=name.short_with_opf or suggestion.value,
        full_name=name.full_with_opf or "",
        inn=inn,
        kpp="" if is_individual else party.kpp or "",
        ogrn=party.ogrn or "",
        address=address.unrestricted_value or address.value or "",
    )
    return FoundCompany(requisites, is_closed=status in _CLOSED)


def _build(settings: DadataSettings, _surroundings: Surroundings) -> CompanyDirectory:
    if not settings.key.isascii() or not settings.key.isprintable() or not settings.key.strip():
        raise ValueError("key must be the API key of the DaData account")
    return Dadata(
        DadataSettings(settings.key.strip(), checked_address(settings.url), max(0.1, min(settings.timeout_seconds, 30)))
    )


class OffSettings(Struct, frozen=True, forbid_unknown_fields=True):
    """Nothing to set."""


class NoDirectory(CompanyDirectory):
    """No directory: pages offer no filling by INN."""

    @property
    def is_enabled(self) -> bool:
        """There is nothing to ask."""
        return False

    async def find(self, inn: str) -> FoundCompany | None:
        """Nobody asks; whoever does is told that there is nothing."""
        raise DirectoryUnavailable(reason=f"off: {len(inn)} digits not asked")


def _off(_settings: OffSettings, _surroundings: Surroundings) -> CompanyDirectory:
    return NoDirectory()


adapter = Adapter(DadataSettings, _build)
off = Adapter(OffSettings, _off)
