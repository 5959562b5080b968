"""Companies by INN: twin and adapter keep one contract; whatever the other side does ends in one of two errors."""

from collections.abc import Iterator
from typing import Any

import pytest

from b2b_dvizhenie.adapters.lookups.dadata import Dadata, DadataSettings, NoDirectory, adapter
from b2b_dvizhenie.application.companies import (
    CompanyDirectory,
    CompanyUnknown,
    DirectoryRefused,
    DirectoryUnavailable,
    FindCompany,
    FoundCompany,
)
from b2b_dvizhenie.application.shared.actor import Actor, system_actor
from b2b_dvizhenie.application.shared.outgoing import checked_address
from b2b_dvizhenie.domain.companies import BankAccount, CompanyKind, Requisites
from b2b_dvizhenie.domain.hierarchy import Forbidden
from b2b_dvizhenie.domain.shared.errors import DomainError
from b2b_dvizhenie.testing.contracts import CompanyDirectoryContract
from b2b_dvizhenie.testing.contracts.company_directory import ENTREPRENEUR, ORGANISATION, UNKNOWN
from b2b_dvizhenie.testing.gateways.dadata import MISBEHAVIOURS, DadataSimulator
from b2b_dvizhenie.testing.twins import DirectoryInMemory

KNOWN = (FoundCompany(ORGANISATION), FoundCompany(ENTREPRENEUR, is_closed=True))
STAFF = system_actor("test")


@pytest.fixture
def service() -> Iterator[DadataSimulator]:
    with DadataSimulator(*KNOWN) as one:
        yield one


@pytest.fixture
def dadata(service: DadataSimulator) -> Dadata:
    return Dadata(DadataSettings("secret", service.url, 0.4))


class TestTwin(CompanyDirectoryContract):
    @pytest.fixture
    def directory(self) -> CompanyDirectory:
        return DirectoryInMemory(*KNOWN)


class TestDadata(CompanyDirectoryContract):
    @pytest.fixture
    def directory(self, dadata: Dadata) -> CompanyDirectory:
        return dadata


@pytest.mark.anyio
@pytest.mark.parametrize("how", MISBEHAVIOURS)
async def test_misbehaviour_is_one_of_two_errors(service: DadataSimulator, dadata: Dadata, how: str) -> None:
    service.misbehave = how
    refused = how in ("http 401", "http 403", "http 429")
    with pytest.raises(DirectoryRefused if refused else DirectoryUnavailable):
        await dadata.find(ORGANISATION.inn)
    assert service.elsewhere == 0, "the key must not follow a redirection"
    assert len(service.requests) == 1
    service.misbehave = ""
    assert await dadata.find(ORGANISATION.inn) is not None


@pytest.mark.anyio
async def test_a_wrong_key_and_a_dead_address(service: DadataSimulator) -> None:
    with pytest.raises(DirectoryRefused):
        await Dadata(DadataSettings("wrong", service.url)).find(ORGANISATION.inn)
    with pytest.raises(DirectoryUnavailable):
        await Dadata(DadataSettings("secret", "http://127.0.0.1:9")).find(ORGANISATION.inn)
    with pytest.raises(DirectoryUnavailable):
        await NoDirectory().find(ORGANISATION.inn)


@pytest.mark.parametrize(
    "url", ["http://example.test", "ftp://127.0.0.1", "https://user:word@example.test", "https://", "file:///etc", ""]
)
def test_where_the_key_may_not_go(url: str) -> None:
    with pytest.raises(ValueError, match="https"):
        checked_address(url)
    with pytest.raises(ValueError, match="https"):
        adapter.build(DadataSettings("secret", url), None)  # type: ignore[arg-type]  # nothing around is used


def test_where_it_may_go() -> None:
    assert checked_address("https://example.test/rs/") == "https://example.test/rs"
    assert checked_address("http://127.0.0.1:8080") == "http://127.0.0.1:8080"
    with pytest.raises(ValueError, match="key"):
        adapter.build(DadataSettings("bad\nkey"), None)  # type: ignore[arg-type]  # nothing around is used


@pytest.mark.anyio
async def test_the_use_case_asks_only_for_a_possible_inn_and_only_for_whom_may() -> None:
    twin = DirectoryInMemory(*KNOWN)
    find = FindCompany(twin)
    for inn, code in (("", "companies.field_required"), ("123", "companies.inn_malformed")):
        with pytest.raises(DomainError) as caught:
            await find(STAFF, inn)
        assert (caught.value.code, caught.value.field) == (code, "inn")
    with pytest.raises(Forbidden):
        await find(Actor(None, "n", "manager", {}), ORGANISATION.inn)
    assert twin.asked == 0
    assert (await find(STAFF, " 7797 228188 ")).requisites == ORGANISATION
    with pytest.raises(CompanyUnknown):
        await find(STAFF, UNKNOWN)


@pytest.mark.anyio
async def test_what_could_not_be_stored_is_left_out() -> None:
    """A directory is a stranger: its texts are checked like anybody's."""
    fields: dict[str, Any] = {"kind": CompanyKind.LEGAL, "inn": ORGANISATION.inn, "bank": BankAccount(bik="1")}
    dirty = Requisites(name="Good", kpp="bad", ogrn="1", address="a\u202eb", full_name="x" * 5000, **fields)
    found = (await FindCompany(DirectoryInMemory(FoundCompany(dirty)))(STAFF, ORGANISATION.inn)).requisites
    assert found == Requisites(kind=CompanyKind.LEGAL, name="Good", inn=ORGANISATION.inn)
