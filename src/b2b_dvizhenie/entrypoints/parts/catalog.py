"""The catalogue as buyers see it."""

from dependency_injector import providers

from b2b_dvizhenie.adapters.postgres.views.catalog import PostgresCatalogReader, PostgresItemFinder
from b2b_dvizhenie.application import catalog
from b2b_dvizhenie.entrypoints.parts.base import Base
from b2b_dvizhenie.entrypoints.parts.discounts import CurrentPrices


class Catalog(CurrentPrices):
    """The catalogue as buyers see it."""

    catalog_reader = providers.Singleton(PostgresCatalogReader, Base.database)
    item_finder = providers.Singleton(PostgresItemFinder, Base.database)
    show_sections = providers.Factory(catalog.ShowSections, catalog_reader)
    show_branch = providers.Factory(catalog.ShowBranch, catalog_reader)
    browse_catalog = providers.Factory(catalog.BrowseCatalog, catalog_reader, CurrentPrices.current_discounts)
    count_facets = providers.Factory(catalog.CountFacets, catalog_reader)
    show_picture = providers.Factory(catalog.ShowPicture, catalog_reader, Base.files)
    show_product = providers.Factory(catalog.ShowProduct, catalog_reader, CurrentPrices.current_discounts)
