"""The offline twin of the directory of companies."""

from b2b_dvizhenie.application.companies import CompanyDirectory, FoundCompany


class DirectoryInMemory(CompanyDirectory):
    """Knows the companies it was given, and counts how often it was asked."""

    def __init__(self, *companies: FoundCompany) -> None:
        self._companies = {one.requisites.inn: one for one in companies}
        self.asked = 0

    @property
    def is_enabled(self) -> bool:
        """It can be asked."""
        return True

    async def find(self, inn: str) -> FoundCompany | None:
        """The company, or None."""
        self.asked += 1
        return self._companies.get(inn)
