"""Sections, products, variants, pictures, warehouses, stock, and where each product stands in the catalogue."""

from datetime import datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

from sqlalchemy import (
    Column,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    Named,
    Numeric,
    Table,
    Text,
    TypedColumns,
    UniqueConstraint,
    Uuid,
    text,
)
from sqlalchemy.dialects.postgresql import ARRAY, JSONB, TSVECTOR

from b2b_dvizhenie.adapters.postgres.tables.metadata import MOMENT, QUANTITY, metadata


class SectionColumns(TypedColumns):
    """A section of the catalogue. `path` holds the ids from the root to the section itself.

    `is_deleted` is the ERP's mark. `is_active` says whether it is shown: it was announced (has a name) and is not
    marked, or visible products still stand in it or below it. `product_count` counts those.
    """

    section_id: Named[UUID] = Column(Uuid, primary_key=True)
    node_id: Named[UUID] = Column(Uuid, ForeignKey("exchange_node.node_id"))
    external_ref: Named[str]
    parent_id: Named[UUID | None] = Column(Uuid, ForeignKey("section.section_id"))
    path: Named[list[UUID]] = Column(ARRAY(Uuid), server_default=text("'{}'"))
    name: Named[str]
    position: Named[int] = Column(server_default=text("0"))
    product_count: Named[int] = Column(server_default=text("0"))
    is_deleted: Named[bool] = Column(server_default=text("false"))
    is_active: Named[bool] = Column(server_default=text("true"))


section = Table("section", metadata, SectionColumns, UniqueConstraint("node_id", "external_ref"))


class BrandColumns(TypedColumns):
    """A brand; goods name it by text, so the text (as written first) is its identity within a node."""

    brand_id: Named[UUID] = Column(Uuid, primary_key=True)
    node_id: Named[UUID] = Column(Uuid, ForeignKey("exchange_node.node_id"))
    name_key: Named[str]
    name: Named[str]


brand = Table("brand", metadata, BrandColumns, UniqueConstraint("node_id", "name_key"))


class PropertyColumns(TypedColumns):
    """A characteristic of goods; `options` maps refs of dictionary values to texts."""

    property_id: Named[UUID] = Column(Uuid, primary_key=True)
    node_id: Named[UUID] = Column(Uuid, ForeignKey("exchange_node.node_id"))
    external_ref: Named[str]
    name: Named[str]
    kind: Named[str] = Column(server_default="string")
    options: Named[dict[str, str]] = Column(JSONB, server_default=text("'{}'"))
    is_active: Named[bool] = Column(server_default=text("true"))


property_ = Table("property", metadata, PropertyColumns, UniqueConstraint("node_id", "external_ref"))


class ProductColumns(TypedColumns):
    """A good. It is sold through its variants; the variant without characteristics has the product's own id.

    `is_active` follows the ERP, `is_hidden` is an administrator's switch and is never touched by an exchange.
    `sort_key` and `article_key` are `domain.catalog.sort_key` and `article_key`, `search` is `postgres.search.VECTOR`
    of `domain.catalog.search_document`: whoever writes a good writes them too.
    `properties` is a list of {"ref", "name", "values"}, with "raw" where the source sent refs of a dictionary;
    `packs` of {"unit", "factor"}. `content_hash` tells a resent good from a changed one. `inactive_reason` is
    deleted_in_1c, absent_in_full_export, or awaiting_good for one that so far only offers spoke of.
    """

    product_id: Named[UUID] = Column(Uuid, primary_key=True)
    node_id: Named[UUID] = Column(Uuid, ForeignKey("exchange_node.node_id"))
    external_ref: Named[str]
    catalog_ref: Named[str] = Column(server_default="")
    article: Named[str] = Column(server_default="")
    article_key: Named[str] = Column(Text(collation="C"), server_default="")
    code: Named[str] = Column(server_default="")
    name: Named[str]
    full_name: Named[str] = Column(server_default="")
    sort_key: Named[str] = Column(Text(collation="C"))
    description: Named[str] = Column(server_default="")
    brand_id: Named[UUID | None] = Column(Uuid, ForeignKey("brand.brand_id"))
    section_id: Named[UUID | None] = Column(Uuid, ForeignKey("section.section_id"))
    section_ids: Named[list[UUID]] = Column(ARRAY(Uuid), server_default=text("'{}'"))
    unit_code: Named[str] = Column(server_default="")
    unit_name: Named[str] = Column(server_default="")
    order_multiple: Named[Decimal] = Column(QUANTITY, server_default=text("1"))
    packs: Named[list[dict[str, Any]]] = Column(JSONB, server_default=text("'[]'"))
    vat_rate: Named[Decimal | None] = Column(Numeric(5, 2))
    weight: Named[Decimal | None] = Column(Numeric(12, 4))
    country: Named[str] = Column(server_default="")
    barcodes: Named[list[str]] = Column(ARRAY(Text), server_default=text("'{}'"))
    properties: Named[list[dict[str, Any]]] = Column(JSONB, server_default=text("'[]'"))
    requisites: Named[dict[str, str]] = Column(JSONB, server_default=text("'{}'"))
    analog_refs: Named[list[str]] = Column(ARRAY(Text), server_default=text("'{}'"))
    is_service: Named[bool] = Column(server_default=text("false"))
    is_active: Named[bool] = Column(server_default=text("true"))
    inactive_reason: Named[str] = Column(server_default="")
    is_hidden: Named[bool] = Column(server_default=text("false"))
    search: Named[str | None] = Column(TSVECTOR)
    content_hash: Named[bytes | None] = Column(LargeBinary)
    updated_at: Named[datetime] = Column(MOMENT)


product = Table(
    "product",
    metadata,
    ProductColumns,
    UniqueConstraint("node_id", "external_ref"),
    Index("ix_product_sort_key", "sort_key", "product_id", postgresql_where=text("is_active AND NOT is_hidden")),
    Index("ix_product_article_key", "article_key", "product_id"),
    Index("ix_product_search", "search", postgresql_using="gin"),
    Index("ix_product_barcodes", "barcodes", postgresql_using="gin"),
    Index("ix_product_brand_id", "brand_id", postgresql_where=text("is_active AND NOT is_hidden")),
    # What discounts ask of goods, for pages of own prices: a row of the table is a hundred times as wide.
    Index(
        "ix_product_narrow",
        "product_id",
        postgresql_include=["section_id", "brand_id", "order_multiple", "article"],
        postgresql_where=text("is_active AND NOT is_hidden"),
    ),
)


class SearchWordColumns(TypedColumns):
    """Every word goods can be found by, once: where a typing error is looked up (never among millions of names)."""

    word: Named[str] = Column(Text(collation="C"), primary_key=True)


search_word = Table(
    "search_word",
    metadata,
    SearchWordColumns,
    Index("ix_search_word_word", "word", postgresql_using="gin", postgresql_ops={"word": "gin_trgm_ops"}),
)


class PlacementColumns(TypedColumns):
    """A visible product in a section or any section above it, in the order of the catalogue page."""

    section_id: Named[UUID] = Column(Uuid, ForeignKey("section.section_id", ondelete="CASCADE"), primary_key=True)
    sort_key: Named[str] = Column(Text(collation="C"), primary_key=True)
    product_id: Named[UUID] = Column(Uuid, ForeignKey("product.product_id", ondelete="CASCADE"), primary_key=True)


placement = Table(
    "product_placement", metadata, PlacementColumns, Index("ix_product_placement_product_id", "product_id")
)


class VariantColumns(TypedColumns):
    """What is sold: a product with one set of characteristics. `variant_ref` is "" for the product itself.

    Every product has exactly one variant "", whose id is the product's own. It is on sale when an offer of its own
    says so (`content_hash` is set: it is the product without characteristic, no fallback for the others), or when
    the product has no other variant at all. A product that is sold by characteristics only has it inactive.
    `attributes` is a list of [name, value]; `content_hash` covers what offers say about the variant itself.
    """

    variant_id: Named[UUID] = Column(Uuid, primary_key=True)
    product_id: Named[UUID] = Column(Uuid, ForeignKey("product.product_id", ondelete="CASCADE"))
    variant_ref: Named[str] = Column(server_default="")
    name: Named[str] = Column(server_default="")
    article: Named[str] = Column(server_default="")
    barcodes: Named[list[str]] = Column(ARRAY(Text), server_default=text("'{}'"))
    attributes: Named[list[list[str]]] = Column(JSONB, server_default=text("'[]'"))
    is_active: Named[bool] = Column(server_default=text("true"))
    content_hash: Named[bytes | None] = Column(LargeBinary)


variant = Table(
    "variant",
    metadata,
    VariantColumns,
    UniqueConstraint("product_id", "variant_ref"),
    Index("ix_variant_article", "article", postgresql_where=text("article <> ''")),
    Index("ix_variant_barcodes", "barcodes", postgresql_using="gin"),
    Index(
        "ix_variant_narrow",
        "variant_id",
        postgresql_include=["product_id", "article"],
        postgresql_where=text("is_active"),
    ),
)


class PictureColumns(TypedColumns):
    """A picture of a product; the file lies in content-addressed storage under `sha256`.

    `source` is the path by which the ERP names it: a picture that is named again but not sent again is kept by it.
    """

    product_id: Named[UUID] = Column(Uuid, ForeignKey("product.product_id", ondelete="CASCADE"), primary_key=True)
    position: Named[int] = Column(Integer, primary_key=True, autoincrement=False)
    sha256: Named[str]
    media_type: Named[str]
    source: Named[str] = Column(server_default="")


picture = Table("product_picture", metadata, PictureColumns, Index("ix_product_picture_sha256", "sha256"))


class WarehouseColumns(TypedColumns):
    """A warehouse; "*" as external_ref is the one that stands for a total without warehouses."""

    warehouse_id: Named[UUID] = Column(Uuid, primary_key=True)
    node_id: Named[UUID] = Column(Uuid, ForeignKey("exchange_node.node_id"))
    external_ref: Named[str]
    name: Named[str]
    address: Named[str] = Column(server_default="")
    position: Named[int] = Column(server_default=text("0"))
    is_active: Named[bool] = Column(server_default=text("true"))


warehouse = Table("warehouse", metadata, WarehouseColumns, UniqueConstraint("node_id", "external_ref"))


class StockColumns(TypedColumns):
    """Free stock of a variant in a warehouse, as the ERP gave it (may be negative; people see zero then).

    No foreign key to `variant`: millions of rows are merged by joins that cannot make orphans, and goods are never
    erased; `b2b doctor` counts orphans.
    """

    variant_id: Named[UUID] = Column(Uuid, primary_key=True)
    warehouse_id: Named[UUID] = Column(Uuid, primary_key=True)
    quantity: Named[Decimal] = Column(QUANTITY)
    updated_at: Named[datetime] = Column(MOMENT)


stock = Table("stock", metadata, StockColumns)
