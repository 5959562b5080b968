"""The catalogue as its viewer sees it: sections, goods, search, cards, facets; and finding what can be bought."""

from b2b_dvizhenie.application.catalog.ports import CatalogReader, Item, ItemFinder
from b2b_dvizhenie.application.catalog.use_cases import (
    DEFAULT_LIMIT,
    BrowseCatalog,
    CountFacets,
    ShowBranch,
    ShowProduct,
    ShowSections,
)
from b2b_dvizhenie.application.catalog.views import Branch, Card, Facets, Page, Product, Section, Variant

__all__ = [
    "DEFAULT_LIMIT",
    "Branch",
    "BrowseCatalog",
    "Card",
    "CatalogReader",
    "CountFacets",
    "Facets",
    "Item",
    "ItemFinder",
    "Page",
    "Product",
    "Section",
    "ShowBranch",
    "ShowProduct",
    "ShowSections",
    "Variant",
]
