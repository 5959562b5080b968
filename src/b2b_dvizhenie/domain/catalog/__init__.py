"""Sections, products, variants, stock and search."""

from b2b_dvizhenie.domain.catalog.folding import SearchDocument, article_key, search_document, sort_key

__all__ = ["SearchDocument", "article_key", "search_document", "sort_key"]
