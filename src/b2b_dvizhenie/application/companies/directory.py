"""Requisites of a company by its INN, from a state registry or whoever resells it: typed once less, never trusted."""

from abc import abstractmethod
from typing import Protocol

from msgspec import Struct
from msgspec.structs import replace

from b2b_dvizhenie.application.shared.actor import Actor
from b2b_dvizhenie.domain.companies import BankAccount, Requisites, checked, checked_inn
from b2b_dvizhenie.domain.hierarchy import Permission
from b2b_dvizhenie.domain.shared.errors import DomainError, Invalid, Kind


class DirectoryUnavailable(DomainError):
    """The directory does not answer, or not in a way that can be read; params hold a `reason` for the log."""

    code = "companies.directory_unavailable"
    kind = Kind.UNAVAILABLE


class DirectoryRefused(DomainError):
    """The directory does not take our key, or the day's requests are used up; params hold a `reason`."""

    code = "companies.directory_refused"
    kind = Kind.UNAVAILABLE


class CompanyUnknown(DomainError):
    """The directory knows no company with this INN."""

    code = "companies.directory_unknown"


class FoundCompany(Struct, frozen=True):
    """What the directory says. `is_closed`: the company is struck off, or is being wound up."""

    requisites: Requisites
    is_closed: bool = False


class CompanyDirectory(Protocol):
    """Port: companies by INN.

    Contract: `find` takes an INN whose check digits agree and asks at most once; it answers with the head office, whose
    INN is the asked one, or None for a company that the directory does not know. It raises DirectoryUnavailable when
    nothing readable comes within its time limit, DirectoryRefused for a wrong key or used-up requests, and nothing
    else, whatever the other side sends; it follows no redirections and reads no endless answers. The answer is as
    fresh as the directory. Texts may hold anything a stranger can write: whoever takes them checks them.
    """

    @property
    @abstractmethod
    def is_enabled(self) -> bool:
        """Whether there is a directory to ask at all; pages offer nothing otherwise. Known without asking."""
        ...

    @abstractmethod
    async def find(self, inn: str) -> FoundCompany | None:
        """The company, or None."""
        ...


class FindCompany:
    """Fill the form of a company by its INN."""

    def __init__(self, directory: CompanyDirectory) -> None:
        self._directory = directory

    @property
    def is_enabled(self) -> bool:
        """Whether the form can be filled by INN."""
        return self._directory.is_enabled

    async def __call__(self, actor: Actor, inn: str) -> FoundCompany:
        """What the directory says of the company; nothing is stored. What could not be stored is left out.

        Raises:
            Forbidden: no right to change companies; the directory is not asked.
            FieldRequired, InnMalformed, InnMistyped: by the field `inn`; the directory is not asked.
            CompanyUnknown: by the field `inn`.
            DirectoryUnavailable, DirectoryRefused: it can be filled in by hand meanwhile.
        """
        actor.require(Permission.COMPANIES_MANAGE)
        wanted = checked_inn(inn)
        if not self._directory.is_enabled:
            raise DirectoryUnavailable(reason="off")
        found = await self._directory.find(wanted)
        if found is None:
            raise CompanyUnknown("inn")
        if found.requisites.inn != wanted:
            raise DirectoryUnavailable(reason="another company")
        return replace(found, requisites=_storable(found.requisites))


def _storable(requisites: Requisites) -> Requisites:
    """The requisites without the fields that are wrong or missing; those are for a person to fill in."""
    try:
        return checked(requisites)
    except Invalid as refusal:
        wrong = {(error.field or "").split(".")[0] for error in refusal.errors}
    # Of what the directory says, only the wrong fields are emptied; the name stays for the person to see.
    emptied: dict[str, object] = {
        name: BankAccount() if name == "bank" else "" for name in wrong if name not in ("kind", "inn")
    }
    return replace(requisites, **emptied)
