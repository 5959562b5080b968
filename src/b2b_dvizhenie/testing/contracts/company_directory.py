"""Contract suite of the directory of companies."""

from abc import abstractmethod

import pytest

from b2b_dvizhenie.application.companies import CompanyDirectory, FoundCompany
from b2b_dvizhenie.domain.companies import CompanyKind, Requisites

ORGANISATION = Requisites(
    kind=CompanyKind.LEGAL,
    name="OOO Vector",
    full_name="Obshchestvo Vector",
    inn="7797228188",
    kpp="779701001",
    ogrn="1442056734063",
    address="Moskva, 1",
)
ENTREPRENEUR = Requisites(
    kind=CompanyKind.ENTREPRENEUR,
    name="IP Test",
    full_name="Test Testovich",
    inn="500040793310",
    ogrn="385628643906308",
)
UNKNOWN = "7766201161"


class CompanyDirectoryContract:
    """What every directory does. `directory` knows ORGANISATION, and ENTREPRENEUR as closed, and nothing else."""

    @abstractmethod
    @pytest.fixture
    def directory(self) -> CompanyDirectory:
        """The directory under test."""
        ...

    @pytest.mark.anyio
    async def test_an_organisation(self, directory: CompanyDirectory) -> None:
        """The head office, whole."""
        assert directory.is_enabled
        assert await directory.find(ORGANISATION.inn) == FoundCompany(ORGANISATION)

    @pytest.mark.anyio
    async def test_an_entrepreneur_who_is_closed(self, directory: CompanyDirectory) -> None:
        """No KPP, and the word that it is closed."""
        assert await directory.find(ENTREPRENEUR.inn) == FoundCompany(ENTREPRENEUR, is_closed=True)

    @pytest.mark.anyio
    async def test_a_company_nobody_knows(self, directory: CompanyDirectory) -> None:
        """None, not an error; and the directory goes on."""
        assert await directory.find(UNKNOWN) is None
        assert await directory.find(ORGANISATION.inn) is not None
