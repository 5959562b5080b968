"""A made-up wholesaler of electrical goods: a deterministic catalogue of any size as CommerceML files of 1C.

    wholesaler = Wholesaler(size=3000, seed=2026)
    manifest = write_catalog(wholesaler, folder)            # full export, УТ 11.5 portions
    manifest = write_changes(wholesaler, folder, day=1)     # prices and stocks that moved on day 1

From a shell: `python -m b2b_dvizhenie.testing.wholesaler --size 3000 --out DIR`.
"""

from b2b_dvizhenie.testing.wholesaler.companies import BUYERS, FIRM, PRICE_TYPES, WAREHOUSES
from b2b_dvizhenie.testing.wholesaler.dialects import Profile
from b2b_dvizhenie.testing.wholesaler.export import (
    ExportFile,
    Manifest,
    read_manifest,
    steps,
    write_catalog,
    write_changes,
)
from b2b_dvizhenie.testing.wholesaler.goods import Dirt, Good, Offer, Variant, Wholesaler
from b2b_dvizhenie.testing.wholesaler.packaging import chunks, pack
from b2b_dvizhenie.testing.wholesaler.settlements import settlement_tables
from b2b_dvizhenie.testing.wholesaler.tally import Counts

__all__ = [
    "BUYERS",
    "FIRM",
    "PRICE_TYPES",
    "WAREHOUSES",
    "Counts",
    "Dirt",
    "ExportFile",
    "Good",
    "Manifest",
    "Offer",
    "Profile",
    "Variant",
    "Wholesaler",
    "chunks",
    "pack",
    "read_manifest",
    "settlement_tables",
    "steps",
    "write_catalog",
    "write_changes",
]
