"""The catalogue as its viewer sees it: sections, goods, search, cards, facets; and finding what can be bought."""

from b2b_dvizhenie.application.catalog.goods import first_quantity
from b2b_dvizhenie.application.catalog.ports import CatalogReader, Item, ItemFinder, Paths
from b2b_dvizhenie.application.catalog.use_cases import (
    DEFAULT_LIMIT,
    BrowseCatalog,
    CountFacets,
    ShowBranch,
    ShowPicture,
    ShowProduct,
    ShowSections,
)
from b2b_dvizhenie.application.catalog.views import (
    PICTURES,
    Branch,
    Card,
    ExplainedPrice,
    Facets,
    Page,
    Price,
    Product,
    Section,
    ShownIn,
    Stock,
    Variant,
)

__all__ = [
    "DEFAULT_LIMIT",
    "PICTURES",
    "Branch",
    "BrowseCatalog",
    "Card",
    "CatalogReader",
    "CountFacets",
    "ExplainedPrice",
    "Facets",
    "Item",
    "ItemFinder",
    "Page",
    "Paths",
    "Price",
    "Product",
    "Section",
    "ShowBranch",
    "ShowPicture",
    "ShowProduct",
    "ShowSections",
    "ShownIn",
    "Stock",
    "Variant",
    "first_quantity",
]
