"""Buyer companies from 1C: their own id is the key, nothing is merged by itself (onec.md §3.6)."""

from pathlib import Path

import pytest

from b2b_dvizhenie.application.exchange.records import (
    BankAccount,
    FileHead,
    FileKind,
    PartnerRecord,
    PriceTypeRecord,
)
from b2b_dvizhenie.domain.exchange.settings import NodeSettings
from b2b_dvizhenie.testing.digest import row_versions
from b2b_dvizhenie.testing.importing import Importer

pytestmark = [pytest.mark.anyio, pytest.mark.postgres]

PARTNERS = FileHead(FileKind.PARTNERS)
FULL = PartnerRecord(
    "p1",
    "Vega",
    "LLC Vega",
    inn="7701000001",
    kpp="770101001",
    address="Moscow",
    contacts=(("phone", "+7 900 000-00-00"),),
    accounts=(BankAccount("40702810000000000001", "044525225", "Bank"),),
)


async def test_a_company_is_kept_with_what_documents_need(importer: Importer):
    await importer(PARTNERS, FULL)
    row = importer.execute("SELECT kind, name, full_name, inn, kpp, is_active, details FROM company")[0]
    assert row[:6] == ("legal", "Vega", "LLC Vega", "7701000001", "770101001", True)
    assert row[6]["contacts"] == [{"kind": "phone", "value": "+7 900 000-00-00"}]
    assert row[6]["accounts"][0]["number"] == "40702810000000000001"
    versions = row_versions(importer.url)
    await importer(PARTNERS, FULL)
    assert row_versions(importer.url) == versions


async def test_equal_tax_numbers_are_told_not_merged(importer: Importer, database_url: str, tmp_path: Path):
    await Importer(database_url, tmp_path, "other")(PARTNERS, FULL)
    applied = await importer(PARTNERS, FULL)
    assert [(one.code, one.ref) for one in applied.problems] == [("exchange.partner_similar", "p1")]
    assert importer.execute("SELECT count(*) FROM company") == [(2,)]


async def test_deletion_and_return_leave_an_administrators_choice_alone(importer: Importer):
    active = "SELECT is_active, name FROM company"
    await importer(PARTNERS, FULL)
    await importer(PARTNERS, PartnerRecord("p1", "", deleted=True))
    assert importer.execute(active) == [(False, "Vega")]
    await importer(PARTNERS, FULL)
    assert importer.execute(active) == [(True, "Vega")]
    importer.execute("UPDATE company SET is_active = false")
    await importer(PARTNERS, PartnerRecord("p1", "Vega renamed"))
    assert importer.execute(active) == [(False, "Vega renamed")]


async def test_new_companies_get_the_nodes_terms_as_soon_as_there_are_any(importer: Importer):
    importer.settings = NodeSettings(default_price_type="Wholesale")
    agreed = "SELECT t.name, a.currency FROM agreement a JOIN price_type t USING (price_type_id)"
    await importer(PARTNERS, FULL)
    assert importer.execute(agreed) == []
    await importer(
        FileHead(FileKind.CLASSIFIER), PriceTypeRecord("w", "Wholesale", "USD"), PriceTypeRecord("r", "Retail")
    )
    assert importer.execute(agreed) == [("Wholesale", "USD")]
    assert importer.execute("SELECT name FROM price_type WHERE is_default") == [("Wholesale",)]
    importer.execute("UPDATE agreement SET currency = 'EUR'")
    await importer(PARTNERS, PartnerRecord("p2", "Altair"))
    assert sorted(importer.execute(agreed)) == [("Wholesale", "EUR"), ("Wholesale", "USD")]
