"""Searching and ordering the catalogue: words for typing errors, byte order for keys, indexes of its pages.

Revision: 0002
Revises: 0001
"""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None

_VISIBLE = sa.text("is_active AND NOT is_hidden")
_KEYS = (("product", "sort_key"), ("product", "article_key"), ("product_placement", "sort_key"))


def upgrade() -> None:
    op.execute("CREATE EXTENSION IF NOT EXISTS pg_trgm")  # trusted: the owner of the database may do it
    op.create_table(
        "search_word",
        sa.Column("word", sa.Text(collation="C"), nullable=False),
        sa.PrimaryKeyConstraint("word", name=op.f("pk_search_word")),
    )
    op.create_index(
        "ix_search_word_word",
        "search_word",
        ["word"],
        postgresql_using="gin",
        postgresql_ops={"word": "gin_trgm_ops"},
    )
    op.drop_index("ix_product_article_key", table_name="product")
    for table, column in _KEYS:
        op.alter_column(table, column, type_=sa.Text(collation="C"))
    op.create_index("ix_product_article_key", "product", ["article_key", "product_id"])
    op.drop_index("ix_product_brand_id", table_name="product")
    op.create_index("ix_product_brand_id", "product", ["brand_id"], postgresql_where=_VISIBLE)
    op.create_index("ix_variant_barcodes", "variant", ["barcodes"], postgresql_using="gin")


def downgrade() -> None:
    op.drop_index("ix_variant_barcodes", table_name="variant")
    op.drop_index("ix_product_brand_id", table_name="product", postgresql_where=_VISIBLE)
    op.create_index("ix_product_brand_id", "product", ["brand_id"])
    op.drop_index("ix_product_article_key", table_name="product")
    for table, column in _KEYS:
        op.alter_column(table, column, type_=sa.String())
    op.create_index(
        "ix_product_article_key", "product", ["article_key"], postgresql_ops={"article_key": "text_pattern_ops"}
    )
    op.drop_table("search_word")
