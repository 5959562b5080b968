"""The first schema: people, companies, catalogue, prices, orders, exchange, jobs, audit.

Revision: 0001
Revises:
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "audit",
        sa.Column("audit_id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("user_id", sa.Uuid(), nullable=True),
        sa.Column("actor", sa.String(), nullable=False),
        sa.Column("action", sa.String(), nullable=False),
        sa.Column("subject_type", sa.String(), nullable=False),
        sa.Column("subject_id", sa.String(), nullable=False),
        sa.Column("before", postgresql.JSONB(astext_type=sa.Text()), nullable=True),
        sa.Column("after", postgresql.JSONB(astext_type=sa.Text()), nullable=True),
        sa.Column("request_id", sa.String(), server_default="", nullable=False),
        sa.PrimaryKeyConstraint("audit_id", name=op.f("pk_audit")),
    )
    op.create_index("ix_audit_at", "audit", ["at"], unique=False)
    op.create_index("ix_audit_subject", "audit", ["subject_type", "subject_id"], unique=False)
    op.create_table(
        "exchange_node",
        sa.Column("node_id", sa.Uuid(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("login", sa.String(), nullable=False),
        sa.Column("password_hash", sa.String(), nullable=False),
        sa.Column("profile", sa.String(), server_default="auto", nullable=False),
        sa.Column("answer_encoding", sa.String(), server_default="auto", nullable=False),
        sa.Column("rights", postgresql.ARRAY(sa.Text()), server_default=sa.text("'{catalog,sale}'"), nullable=False),
        sa.Column(
            "settings",
            postgresql.JSONB(astext_type=sa.Text()),
            server_default=sa.text("'{}'"),
            nullable=False,
        ),
        sa.Column("is_active", sa.Boolean(), server_default=sa.text("true"), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("node_id", name=op.f("pk_exchange_node")),
        sa.UniqueConstraint("login", name=op.f("uq_exchange_node_login")),
    )
    op.create_table(
        "exchange_request",
        sa.Column("request_id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("session_id", sa.Uuid(), nullable=True),
        sa.Column("node_id", sa.Uuid(), nullable=True),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("mode", sa.String(), nullable=False),
        sa.Column("filename", sa.String(), server_default="", nullable=False),
        sa.Column("bytes_in", sa.BigInteger(), server_default=sa.text("0"), nullable=False),
        sa.Column("status", sa.Integer(), nullable=False),
        sa.Column("answer", sa.String(), nullable=False),
        sa.Column("milliseconds", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("request_id", name=op.f("pk_exchange_request")),
    )
    op.create_index("ix_exchange_request_at", "exchange_request", ["at"], unique=False)
    op.create_table(
        "job",
        sa.Column("job_id", sa.Uuid(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("payload", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("queue", sa.String(), server_default="default", nullable=False),
        sa.Column("lane", sa.String(), nullable=True),
        sa.Column("dedupe_key", sa.String(), nullable=True),
        sa.Column("priority", sa.Integer(), server_default=sa.text("0"), nullable=False),
        sa.Column("run_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("attempts", sa.Integer(), server_default=sa.text("0"), nullable=False),
        sa.Column("max_attempts", sa.Integer(), server_default=sa.text("8"), nullable=False),
        sa.Column("leased_by", sa.String(), nullable=True),
        sa.Column("leased_until", sa.DateTime(timezone=True), nullable=True),
        sa.Column("sent_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("dead_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("last_error", sa.String(), server_default="", nullable=False),
        sa.Column("request_id", sa.String(), server_default="", nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("job_id", name=op.f("pk_job")),
    )
    op.create_index(
        "ix_job_lane",
        "job",
        ["lane"],
        unique=False,
        postgresql_where=sa.text("lane IS NOT NULL AND dead_at IS NULL"),
    )
    op.create_index(
        "ix_job_ready",
        "job",
        ["queue", sa.literal_column("priority DESC"), "run_at"],
        unique=False,
        postgresql_where=sa.text("dead_at IS NULL"),
    )
    op.create_index(
        "uq_job_dedupe_key",
        "job",
        ["dedupe_key"],
        unique=True,
        postgresql_where=sa.text("dedupe_key IS NOT NULL AND leased_until IS NULL AND dead_at IS NULL"),
    )
    op.create_table(
        "login_attempt",
        sa.Column("attempt_id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("login", sa.String(), nullable=False),
        sa.Column("address", sa.String(), nullable=False),
        sa.PrimaryKeyConstraint("attempt_id", name=op.f("pk_login_attempt")),
    )
    op.create_index("ix_login_attempt_address_at", "login_attempt", ["address", "at"], unique=False)
    op.create_index("ix_login_attempt_login_at", "login_attempt", ["login", "at"], unique=False)
    op.create_table(
        "price",
        sa.Column("price_type_id", sa.Uuid(), nullable=False),
        sa.Column("variant_id", sa.Uuid(), nullable=False),
        sa.Column("min_quantity", sa.Numeric(precision=15, scale=3), server_default=sa.text("0"), nullable=False),
        sa.Column("amount", sa.Numeric(precision=18, scale=4), nullable=False),
        sa.Column("currency", sa.String(), nullable=False),
        sa.Column("factor", sa.Numeric(precision=15, scale=3), server_default=sa.text("1"), nullable=False),
        sa.Column("unit", sa.String(), server_default="", nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("amount > 0 AND amount <> 'NaN'", name=op.f("ck_price_positive")),
        sa.PrimaryKeyConstraint("price_type_id", "variant_id", "min_quantity", name=op.f("pk_price")),
    )
    op.create_index("ix_price_variant_id", "price", ["variant_id"], unique=False)
    op.create_table(
        "role",
        sa.Column("role_id", sa.Uuid(), nullable=False),
        sa.Column("parent_id", sa.Uuid(), nullable=True),
        sa.Column("code", sa.String(), nullable=False),
        sa.Column("name", sa.String(), server_default="", nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.CheckConstraint("parent_id <> role_id", name=op.f("ck_role_not_own_parent")),
        sa.ForeignKeyConstraint(["parent_id"], ["role.role_id"], name=op.f("fk_role_parent_id")),
        sa.PrimaryKeyConstraint("role_id", name=op.f("pk_role")),
        sa.UniqueConstraint("code", name=op.f("uq_role_code")),
    )
    op.create_table(
        "schedule",
        sa.Column("schedule_id", sa.String(), nullable=False),
        sa.Column("job_name", sa.String(), nullable=False),
        sa.Column("payload", postgresql.JSONB(astext_type=sa.Text()), server_default=sa.text("'{}'"), nullable=False),
        sa.Column("cron", sa.String(), nullable=True),
        sa.Column("every_seconds", sa.Integer(), nullable=True),
        sa.Column("zone", sa.String(), server_default="Europe/Moscow", nullable=False),
        sa.Column("overlap", sa.Boolean(), server_default=sa.text("false"), nullable=False),
        sa.Column("is_active", sa.Boolean(), server_default=sa.text("true"), nullable=False),
        sa.Column("last_slot", sa.DateTime(timezone=True), nullable=True),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("(cron IS NULL) <> (every_seconds IS NULL)", name=op.f("ck_schedule_cron_or_interval")),
        sa.CheckConstraint("every_seconds > 0", name=op.f("ck_schedule_interval_positive")),
        sa.PrimaryKeyConstraint("schedule_id", name=op.f("pk_schedule")),
    )
    op.create_table(
        "seller_firm",
        sa.Column("firm_id", sa.Uuid(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("inn", sa.String(), server_default="", nullable=False),
        sa.Column("is_default", sa.Boolean(), server_default=sa.text("false"), nullable=False),
        sa.PrimaryKeyConstraint("firm_id", name=op.f("pk_seller_firm")),
    )
    op.create_table(
        "setting",
        sa.Column("key", sa.String(), nullable=False),
        sa.Column("value", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("updated_by", sa.Uuid(), nullable=True),
        sa.PrimaryKeyConstraint("key", name=op.f("pk_setting")),
    )
    op.create_table(
        "stock",
        sa.Column("variant_id", sa.Uuid(), nullable=False),
        sa.Column("warehouse_id", sa.Uuid(), nullable=False),
        sa.Column("quantity", sa.Numeric(precision=15, scale=3), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("variant_id", "warehouse_id", name=op.f("pk_stock")),
    )
    op.create_table(
        "app_user",
        sa.Column("user_id", sa.Uuid(), nullable=False),
        sa.Column("role_id", sa.Uuid(), nullable=False),
        sa.Column("head_id", sa.Uuid(), nullable=True),
        sa.Column("firm_id", sa.Uuid(), nullable=True),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("email", sa.String(), nullable=True),
        sa.Column("phone", sa.String(), nullable=True),
        sa.Column("password_hash", sa.String(), nullable=True),
        sa.Column("language", sa.String(), server_default="ru", nullable=False),
        sa.Column("is_active", sa.Boolean(), server_default=sa.text("true"), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("email = lower(email)", name=op.f("ck_app_user_email_lower")),
        sa.CheckConstraint("email IS NOT NULL OR phone IS NOT NULL", name=op.f("ck_app_user_has_login")),
        sa.ForeignKeyConstraint(["firm_id"], ["seller_firm.firm_id"], name=op.f("fk_app_user_firm_id")),
        sa.ForeignKeyConstraint(["head_id"], ["app_user.user_id"], name=op.f("fk_app_user_head_id")),
        sa.ForeignKeyConstraint(["role_id"], ["role.role_id"], name=op.f("fk_app_user_role_id")),
        sa.PrimaryKeyConstraint("user_id", name=op.f("pk_app_user")),
    )
    op.create_index("ix_app_user_head_id", "app_user", ["head_id"], unique=False)
    op.create_index("uq_app_user_email", "app_user", ["email"], unique=True, postgresql_where=sa.text("is_active"))
    op.create_index("uq_app_user_phone", "app_user", ["phone"], unique=True, postgresql_where=sa.text("is_active"))
    op.create_table(
        "brand",
        sa.Column("brand_id", sa.Uuid(), nullable=False),
        sa.Column("node_id", sa.Uuid(), nullable=False),
        sa.Column("name_key", sa.String(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.ForeignKeyConstraint(["node_id"], ["exchange_node.node_id"], name=op.f("fk_brand_node_id")),
        sa.PrimaryKeyConstraint("brand_id", name=op.f("pk_brand")),
        sa.UniqueConstraint("node_id", "name_key", name=op.f("uq_brand_node_id_name_key")),
    )
    op.create_table(
        "exchange_generation",
        sa.Column("generation_id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("node_id", sa.Uuid(), nullable=False),
        sa.Column("catalog_ref", sa.String(), nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("opened_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("last_file_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("closed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("failed_files", sa.Integer(), server_default=sa.text("0"), nullable=False),
        sa.Column("stamped", sa.Integer(), server_default=sa.text("0"), nullable=False),
        sa.Column("absent", sa.Integer(), server_default=sa.text("0"), nullable=False),
        sa.ForeignKeyConstraint(["node_id"], ["exchange_node.node_id"], name=op.f("fk_exchange_generation_node_id")),
        sa.PrimaryKeyConstraint("generation_id", name=op.f("pk_exchange_generation")),
    )
    op.create_index(
        "ix_exchange_generation_node_id",
        "exchange_generation",
        ["node_id", "catalog_ref", "state"],
        unique=False,
    )
    op.create_table(
        "exchange_import",
        sa.Column("import_id", sa.Uuid(), nullable=False),
        sa.Column("node_id", sa.Uuid(), nullable=False),
        sa.Column("session_id", sa.Uuid(), nullable=True),
        sa.Column("filename", sa.String(), nullable=False),
        sa.Column("path", sa.String(), nullable=False),
        sa.Column("sha256", sa.String(), nullable=False),
        sa.Column("bytes", sa.BigInteger(), nullable=False),
        sa.Column("kinds", postgresql.ARRAY(sa.Text()), server_default=sa.text("'{}'"), nullable=False),
        sa.Column("only_changes", sa.Boolean(), server_default=sa.text("true"), nullable=False),
        sa.Column("catalog_ref", sa.String(), server_default="", nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("stage", sa.String(), server_default="", nullable=False),
        sa.Column("progress", sa.BigInteger(), server_default=sa.text("0"), nullable=False),
        sa.Column("total", sa.BigInteger(), server_default=sa.text("0"), nullable=False),
        sa.Column(
            "counters",
            postgresql.JSONB(astext_type=sa.Text()),
            server_default=sa.text("'{}'"),
            nullable=False,
        ),
        sa.Column("error_code", sa.String(), server_default="", nullable=False),
        sa.Column("error_detail", sa.String(), server_default="", nullable=False),
        sa.Column("started_by", sa.String(), server_default="", nullable=False),
        sa.Column("request_id", sa.String(), server_default="", nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("started_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("finished_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["node_id"], ["exchange_node.node_id"], name=op.f("fk_exchange_import_node_id")),
        sa.PrimaryKeyConstraint("import_id", name=op.f("pk_exchange_import")),
    )
    op.create_index("ix_exchange_import_node_id", "exchange_import", ["node_id", "created_at"], unique=False)
    op.create_index("ix_exchange_import_session_id", "exchange_import", ["session_id", "filename"], unique=False)
    op.create_index("ix_exchange_import_sha256", "exchange_import", ["node_id", "sha256"], unique=False)
    op.create_table(
        "exchange_session",
        sa.Column("session_id", sa.Uuid(), nullable=False),
        sa.Column("node_id", sa.Uuid(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("token_hash", sa.LargeBinary(), nullable=False),
        sa.Column("sessid", sa.String(), nullable=False),
        sa.Column("address", sa.String(), server_default="", nullable=False),
        sa.Column("user_agent", sa.String(), server_default="", nullable=False),
        sa.Column("profile", sa.String(), server_default="", nullable=False),
        sa.Column("started_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("last_seen_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("closed_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["node_id"], ["exchange_node.node_id"], name=op.f("fk_exchange_session_node_id")),
        sa.PrimaryKeyConstraint("session_id", name=op.f("pk_exchange_session")),
        sa.UniqueConstraint("token_hash", name=op.f("uq_exchange_session_token_hash")),
    )
    op.create_index("ix_exchange_session_node_id", "exchange_session", ["node_id", "last_seen_at"], unique=False)
    op.create_table(
        "order_status_map",
        sa.Column("node_id", sa.Uuid(), nullable=False),
        sa.Column("erp_status", sa.String(), nullable=False),
        sa.Column("status", sa.String(), nullable=False),
        sa.ForeignKeyConstraint(
            ["node_id"],
            ["exchange_node.node_id"],
            name=op.f("fk_order_status_map_node_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("node_id", "erp_status", name=op.f("pk_order_status_map")),
    )
    op.create_table(
        "pending_offer",
        sa.Column("node_id", sa.Uuid(), nullable=False),
        sa.Column("product_ref", sa.String(), nullable=False),
        sa.Column("variant_ref", sa.String(), nullable=False),
        sa.Column("record", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("received_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["node_id"], ["exchange_node.node_id"], name=op.f("fk_pending_offer_node_id")),
        sa.PrimaryKeyConstraint("node_id", "product_ref", "variant_ref", name=op.f("pk_pending_offer")),
    )
    op.create_table(
        "price_type",
        sa.Column("price_type_id", sa.Uuid(), nullable=False),
        sa.Column("node_id", sa.Uuid(), nullable=False),
        sa.Column("external_ref", sa.String(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("currency", sa.String(), server_default="RUB", nullable=False),
        sa.Column("vat_included", sa.Boolean(), server_default=sa.text("true"), nullable=False),
        sa.Column("is_default", sa.Boolean(), server_default=sa.text("false"), nullable=False),
        sa.Column("is_active", sa.Boolean(), server_default=sa.text("true"), nullable=False),
        sa.ForeignKeyConstraint(["node_id"], ["exchange_node.node_id"], name=op.f("fk_price_type_node_id")),
        sa.PrimaryKeyConstraint("price_type_id", name=op.f("pk_price_type")),
        sa.UniqueConstraint("node_id", "external_ref", name=op.f("uq_price_type_node_id_external_ref")),
    )
    op.create_index(
        "uq_price_type_default",
        "price_type",
        ["is_default"],
        unique=True,
        postgresql_where=sa.text("is_default"),
    )
    op.create_table(
        "property",
        sa.Column("property_id", sa.Uuid(), nullable=False),
        sa.Column("node_id", sa.Uuid(), nullable=False),
        sa.Column("external_ref", sa.String(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("kind", sa.String(), server_default="string", nullable=False),
        sa.Column("options", postgresql.JSONB(astext_type=sa.Text()), server_default=sa.text("'{}'"), nullable=False),
        sa.Column("is_active", sa.Boolean(), server_default=sa.text("true"), nullable=False),
        sa.ForeignKeyConstraint(["node_id"], ["exchange_node.node_id"], name=op.f("fk_property_node_id")),
        sa.PrimaryKeyConstraint("property_id", name=op.f("pk_property")),
        sa.UniqueConstraint("node_id", "external_ref", name=op.f("uq_property_node_id_external_ref")),
    )
    op.create_table(
        "role_grant",
        sa.Column("role_id", sa.Uuid(), nullable=False),
        sa.Column("permission", sa.String(), nullable=False),
        sa.Column("scope", sa.String(), nullable=False),
        sa.CheckConstraint("scope IN ('own', 'assigned', 'subtree', 'firm', 'all')", name=op.f("ck_role_grant_scope")),
        sa.ForeignKeyConstraint(["role_id"], ["role.role_id"], name=op.f("fk_role_grant_role_id"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("role_id", "permission", name=op.f("pk_role_grant")),
    )
    op.create_table(
        "section",
        sa.Column("section_id", sa.Uuid(), nullable=False),
        sa.Column("node_id", sa.Uuid(), nullable=False),
        sa.Column("external_ref", sa.String(), nullable=False),
        sa.Column("parent_id", sa.Uuid(), nullable=True),
        sa.Column("path", postgresql.ARRAY(sa.Uuid()), server_default=sa.text("'{}'"), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("position", sa.Integer(), server_default=sa.text("0"), nullable=False),
        sa.Column("product_count", sa.Integer(), server_default=sa.text("0"), nullable=False),
        sa.Column("is_active", sa.Boolean(), server_default=sa.text("true"), nullable=False),
        sa.ForeignKeyConstraint(["node_id"], ["exchange_node.node_id"], name=op.f("fk_section_node_id")),
        sa.ForeignKeyConstraint(["parent_id"], ["section.section_id"], name=op.f("fk_section_parent_id")),
        sa.PrimaryKeyConstraint("section_id", name=op.f("pk_section")),
        sa.UniqueConstraint("node_id", "external_ref", name=op.f("uq_section_node_id_external_ref")),
    )
    op.create_table(
        "warehouse",
        sa.Column("warehouse_id", sa.Uuid(), nullable=False),
        sa.Column("node_id", sa.Uuid(), nullable=False),
        sa.Column("external_ref", sa.String(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("address", sa.String(), server_default="", nullable=False),
        sa.Column("position", sa.Integer(), server_default=sa.text("0"), nullable=False),
        sa.Column("is_active", sa.Boolean(), server_default=sa.text("true"), nullable=False),
        sa.ForeignKeyConstraint(["node_id"], ["exchange_node.node_id"], name=op.f("fk_warehouse_node_id")),
        sa.PrimaryKeyConstraint("warehouse_id", name=op.f("pk_warehouse")),
        sa.UniqueConstraint("node_id", "external_ref", name=op.f("uq_warehouse_node_id_external_ref")),
    )
    op.create_table(
        "company",
        sa.Column("company_id", sa.Uuid(), nullable=False),
        sa.Column("node_id", sa.Uuid(), nullable=True),
        sa.Column("external_ref", sa.String(), nullable=True),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("full_name", sa.String(), server_default="", nullable=False),
        sa.Column("inn", sa.String(), server_default="", nullable=False),
        sa.Column("kpp", sa.String(), server_default="", nullable=False),
        sa.Column("ogrn", sa.String(), server_default="", nullable=False),
        sa.Column("details", postgresql.JSONB(astext_type=sa.Text()), server_default=sa.text("'{}'"), nullable=False),
        sa.Column("manager_id", sa.Uuid(), nullable=True),
        sa.Column("is_active", sa.Boolean(), server_default=sa.text("true"), nullable=False),
        sa.Column("content_hash", sa.LargeBinary(), nullable=True),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("kind IN ('legal', 'entrepreneur', 'person')", name=op.f("ck_company_kind")),
        sa.ForeignKeyConstraint(["manager_id"], ["app_user.user_id"], name=op.f("fk_company_manager_id")),
        sa.ForeignKeyConstraint(["node_id"], ["exchange_node.node_id"], name=op.f("fk_company_node_id")),
        sa.PrimaryKeyConstraint("company_id", name=op.f("pk_company")),
        sa.UniqueConstraint("node_id", "external_ref", name=op.f("uq_company_node_id_external_ref")),
    )
    op.create_index("ix_company_inn", "company", ["inn"], unique=False)
    op.create_index("ix_company_manager_id", "company", ["manager_id"], unique=False)
    op.create_table(
        "exchange_problem",
        sa.Column("problem_id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("import_id", sa.Uuid(), nullable=False),
        sa.Column("entity", sa.String(), nullable=False),
        sa.Column("severity", sa.String(), nullable=False),
        sa.Column("code", sa.String(), nullable=False),
        sa.Column("ref", sa.String(), server_default="", nullable=False),
        sa.Column("line", sa.Integer(), server_default=sa.text("0"), nullable=False),
        sa.Column("detail", sa.String(), server_default="", nullable=False),
        sa.ForeignKeyConstraint(
            ["import_id"],
            ["exchange_import.import_id"],
            name=op.f("fk_exchange_problem_import_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("problem_id", name=op.f("pk_exchange_problem")),
    )
    op.create_index("ix_exchange_problem_import_id", "exchange_problem", ["import_id"], unique=False)
    op.create_table(
        "product",
        sa.Column("product_id", sa.Uuid(), nullable=False),
        sa.Column("node_id", sa.Uuid(), nullable=False),
        sa.Column("external_ref", sa.String(), nullable=False),
        sa.Column("catalog_ref", sa.String(), server_default="", nullable=False),
        sa.Column("generation", sa.Integer(), server_default=sa.text("0"), nullable=False),
        sa.Column("article", sa.String(), server_default="", nullable=False),
        sa.Column("article_key", sa.String(), server_default="", nullable=False),
        sa.Column("code", sa.String(), server_default="", nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("full_name", sa.String(), server_default="", nullable=False),
        sa.Column("sort_key", sa.String(), nullable=False),
        sa.Column("description", sa.String(), server_default="", nullable=False),
        sa.Column("brand_id", sa.Uuid(), nullable=True),
        sa.Column("section_id", sa.Uuid(), nullable=True),
        sa.Column("section_ids", postgresql.ARRAY(sa.Uuid()), server_default=sa.text("'{}'"), nullable=False),
        sa.Column("unit_code", sa.String(), server_default="", nullable=False),
        sa.Column("unit_name", sa.String(), server_default="", nullable=False),
        sa.Column("order_multiple", sa.Numeric(precision=15, scale=3), server_default=sa.text("1"), nullable=False),
        sa.Column("vat_rate", sa.Numeric(precision=5, scale=2), nullable=True),
        sa.Column("weight", sa.Numeric(precision=12, scale=4), nullable=True),
        sa.Column("country", sa.String(), server_default="", nullable=False),
        sa.Column("barcodes", postgresql.ARRAY(sa.Text()), server_default=sa.text("'{}'"), nullable=False),
        sa.Column(
            "properties",
            postgresql.JSONB(astext_type=sa.Text()),
            server_default=sa.text("'[]'"),
            nullable=False,
        ),
        sa.Column(
            "requisites",
            postgresql.JSONB(astext_type=sa.Text()),
            server_default=sa.text("'{}'"),
            nullable=False,
        ),
        sa.Column("is_service", sa.Boolean(), server_default=sa.text("false"), nullable=False),
        sa.Column("is_active", sa.Boolean(), server_default=sa.text("true"), nullable=False),
        sa.Column("inactive_reason", sa.String(), server_default="", nullable=False),
        sa.Column("is_hidden", sa.Boolean(), server_default=sa.text("false"), nullable=False),
        sa.Column("search", postgresql.TSVECTOR(), nullable=True),
        sa.Column("content_hash", sa.LargeBinary(), nullable=True),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["brand_id"], ["brand.brand_id"], name=op.f("fk_product_brand_id")),
        sa.ForeignKeyConstraint(["node_id"], ["exchange_node.node_id"], name=op.f("fk_product_node_id")),
        sa.ForeignKeyConstraint(["section_id"], ["section.section_id"], name=op.f("fk_product_section_id")),
        sa.PrimaryKeyConstraint("product_id", name=op.f("pk_product")),
        sa.UniqueConstraint("node_id", "external_ref", name=op.f("uq_product_node_id_external_ref")),
    )
    op.create_index(
        "ix_product_article_key",
        "product",
        ["article_key"],
        unique=False,
        postgresql_ops={"article_key": "text_pattern_ops"},
    )
    op.create_index("ix_product_barcodes", "product", ["barcodes"], unique=False, postgresql_using="gin")
    op.create_index("ix_product_brand_id", "product", ["brand_id"], unique=False)
    op.create_index("ix_product_search", "product", ["search"], unique=False, postgresql_using="gin")
    op.create_index(
        "ix_product_sort_key",
        "product",
        ["sort_key", "product_id"],
        unique=False,
        postgresql_where=sa.text("is_active AND NOT is_hidden"),
    )
    op.create_table(
        "agreement",
        sa.Column("agreement_id", sa.Uuid(), nullable=False),
        sa.Column("company_id", sa.Uuid(), nullable=False),
        sa.Column("firm_id", sa.Uuid(), nullable=True),
        sa.Column("price_type_id", sa.Uuid(), nullable=False),
        sa.Column("warehouse_id", sa.Uuid(), nullable=True),
        sa.Column("currency", sa.String(), server_default="RUB", nullable=False),
        sa.Column("rounding", sa.String(), server_default="line_each_discount", nullable=False),
        sa.Column("is_default", sa.Boolean(), server_default=sa.text("true"), nullable=False),
        sa.Column("is_active", sa.Boolean(), server_default=sa.text("true"), nullable=False),
        sa.ForeignKeyConstraint(
            ["company_id"], ["company.company_id"], name=op.f("fk_agreement_company_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(["firm_id"], ["seller_firm.firm_id"], name=op.f("fk_agreement_firm_id")),
        sa.ForeignKeyConstraint(
            ["price_type_id"], ["price_type.price_type_id"], name=op.f("fk_agreement_price_type_id")
        ),
        sa.ForeignKeyConstraint(["warehouse_id"], ["warehouse.warehouse_id"], name=op.f("fk_agreement_warehouse_id")),
        sa.PrimaryKeyConstraint("agreement_id", name=op.f("pk_agreement")),
    )
    op.create_index(
        "uq_agreement_default",
        "agreement",
        ["company_id"],
        unique=True,
        postgresql_where=sa.text("is_default AND is_active"),
    )
    op.create_table(
        "customer_order",
        sa.Column("order_id", sa.Uuid(), nullable=False),
        sa.Column("number", sa.String(), nullable=False),
        sa.Column("user_id", sa.Uuid(), nullable=False),
        sa.Column("company_id", sa.Uuid(), nullable=False),
        sa.Column("manager_id", sa.Uuid(), nullable=True),
        sa.Column("firm_id", sa.Uuid(), nullable=True),
        sa.Column("status", sa.String(), nullable=False),
        sa.Column("currency", sa.String(), nullable=False),
        sa.Column("amount", sa.Numeric(precision=18, scale=2), nullable=False),
        sa.Column("vat_amount", sa.Numeric(precision=18, scale=2), nullable=False),
        sa.Column("terms", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("comment", sa.String(), server_default="", nullable=False),
        sa.Column("delivery_address", sa.String(), server_default="", nullable=False),
        sa.Column("client_number", sa.String(), server_default="", nullable=False),
        sa.Column("idempotency_key", sa.String(), nullable=True),
        sa.Column("request_hash", sa.LargeBinary(), nullable=True),
        sa.Column("revision", sa.Integer(), server_default=sa.text("1"), nullable=False),
        sa.Column("placed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("erp_ref", sa.String(), server_default="", nullable=False),
        sa.Column("erp_number", sa.String(), server_default="", nullable=False),
        sa.Column("erp_date", sa.DateTime(timezone=True), nullable=True),
        sa.Column("erp_status", sa.String(), server_default="", nullable=False),
        sa.Column("erp_version", sa.String(), server_default="", nullable=False),
        sa.Column("erp_lines", postgresql.JSONB(astext_type=sa.Text()), nullable=True),
        sa.Column("erp_amount", sa.Numeric(precision=18, scale=2), nullable=True),
        sa.Column("is_paid", sa.Boolean(), server_default=sa.text("false"), nullable=False),
        sa.Column("is_shipped", sa.Boolean(), server_default=sa.text("false"), nullable=False),
        sa.CheckConstraint("amount >= 0 AND amount <> 'NaN'", name=op.f("ck_customer_order_amount")),
        sa.CheckConstraint("length(number) <= 11", name=op.f("ck_customer_order_number_fits_1c")),
        sa.ForeignKeyConstraint(["company_id"], ["company.company_id"], name=op.f("fk_customer_order_company_id")),
        sa.ForeignKeyConstraint(["firm_id"], ["seller_firm.firm_id"], name=op.f("fk_customer_order_firm_id")),
        sa.ForeignKeyConstraint(["manager_id"], ["app_user.user_id"], name=op.f("fk_customer_order_manager_id")),
        sa.ForeignKeyConstraint(["user_id"], ["app_user.user_id"], name=op.f("fk_customer_order_user_id")),
        sa.PrimaryKeyConstraint("order_id", name=op.f("pk_customer_order")),
        sa.UniqueConstraint("number", name=op.f("uq_customer_order_number")),
        sa.UniqueConstraint("user_id", "idempotency_key", name=op.f("uq_customer_order_user_id_idempotency_key")),
    )
    op.create_index(
        "ix_customer_order_company_id",
        "customer_order",
        ["company_id", sa.literal_column("placed_at DESC")],
        unique=False,
    )
    op.create_index(
        "ix_customer_order_manager_id",
        "customer_order",
        ["manager_id", sa.literal_column("placed_at DESC")],
        unique=False,
    )
    op.create_index(
        "ix_customer_order_placed_at", "customer_order", [sa.literal_column("placed_at DESC")], unique=False
    )
    op.create_table(
        "membership",
        sa.Column("user_id", sa.Uuid(), nullable=False),
        sa.Column("company_id", sa.Uuid(), nullable=False),
        sa.Column("access_level", sa.Integer(), server_default=sa.text("1"), nullable=False),
        sa.ForeignKeyConstraint(
            ["company_id"], ["company.company_id"], name=op.f("fk_membership_company_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["user_id"], ["app_user.user_id"], name=op.f("fk_membership_user_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("user_id", "company_id", name=op.f("pk_membership")),
    )
    op.create_index("ix_membership_company_id", "membership", ["company_id"], unique=False)
    op.create_table(
        "product_picture",
        sa.Column("product_id", sa.Uuid(), nullable=False),
        sa.Column("position", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("sha256", sa.String(), nullable=False),
        sa.Column("media_type", sa.String(), nullable=False),
        sa.ForeignKeyConstraint(
            ["product_id"],
            ["product.product_id"],
            name=op.f("fk_product_picture_product_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("product_id", "position", name=op.f("pk_product_picture")),
    )
    op.create_table(
        "product_placement",
        sa.Column("section_id", sa.Uuid(), nullable=False),
        sa.Column("sort_key", sa.String(), nullable=False),
        sa.Column("product_id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(
            ["product_id"],
            ["product.product_id"],
            name=op.f("fk_product_placement_product_id"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["section_id"],
            ["section.section_id"],
            name=op.f("fk_product_placement_section_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("section_id", "sort_key", "product_id", name=op.f("pk_product_placement")),
    )
    op.create_index("ix_product_placement_product_id", "product_placement", ["product_id"], unique=False)
    op.create_table(
        "session",
        sa.Column("session_id", sa.Uuid(), nullable=False),
        sa.Column("token_hash", sa.LargeBinary(), nullable=False),
        sa.Column("user_id", sa.Uuid(), nullable=False),
        sa.Column("company_id", sa.Uuid(), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("last_seen_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("revoked_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("address", sa.String(), server_default="", nullable=False),
        sa.Column("user_agent", sa.String(), server_default="", nullable=False),
        sa.ForeignKeyConstraint(["company_id"], ["company.company_id"], name=op.f("fk_session_company_id")),
        sa.ForeignKeyConstraint(["user_id"], ["app_user.user_id"], name=op.f("fk_session_user_id")),
        sa.PrimaryKeyConstraint("session_id", name=op.f("pk_session")),
        sa.UniqueConstraint("token_hash", name=op.f("uq_session_token_hash")),
    )
    op.create_index("ix_session_user_id", "session", ["user_id"], unique=False)
    op.create_table(
        "variant",
        sa.Column("variant_id", sa.Uuid(), nullable=False),
        sa.Column("product_id", sa.Uuid(), nullable=False),
        sa.Column("variant_ref", sa.String(), server_default="", nullable=False),
        sa.Column("name", sa.String(), server_default="", nullable=False),
        sa.Column("article", sa.String(), server_default="", nullable=False),
        sa.Column("barcodes", postgresql.ARRAY(sa.Text()), server_default=sa.text("'{}'"), nullable=False),
        sa.Column(
            "attributes",
            postgresql.JSONB(astext_type=sa.Text()),
            server_default=sa.text("'[]'"),
            nullable=False,
        ),
        sa.Column("is_active", sa.Boolean(), server_default=sa.text("true"), nullable=False),
        sa.Column("content_hash", sa.LargeBinary(), nullable=True),
        sa.ForeignKeyConstraint(
            ["product_id"], ["product.product_id"], name=op.f("fk_variant_product_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("variant_id", name=op.f("pk_variant")),
        sa.UniqueConstraint("product_id", "variant_ref", name=op.f("uq_variant_product_id_variant_ref")),
    )
    op.create_table(
        "cart_line",
        sa.Column("user_id", sa.Uuid(), nullable=False),
        sa.Column("variant_id", sa.Uuid(), nullable=False),
        sa.Column("quantity", sa.Numeric(precision=15, scale=3), nullable=False),
        sa.Column("seen_price", sa.Numeric(precision=18, scale=4), nullable=True),
        sa.Column("comment", sa.String(), server_default="", nullable=False),
        sa.Column("added_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("quantity > 0 AND quantity <> 'NaN'", name=op.f("ck_cart_line_quantity_positive")),
        sa.ForeignKeyConstraint(
            ["user_id"], ["app_user.user_id"], name=op.f("fk_cart_line_user_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(["variant_id"], ["variant.variant_id"], name=op.f("fk_cart_line_variant_id")),
        sa.PrimaryKeyConstraint("user_id", "variant_id", name=op.f("pk_cart_line")),
    )
    op.create_index("ix_cart_line_variant_id", "cart_line", ["variant_id"], unique=False)
    op.create_table(
        "exchange_delivery",
        sa.Column("session_id", sa.Uuid(), nullable=False),
        sa.Column("order_id", sa.Uuid(), nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column("node_id", sa.Uuid(), nullable=False),
        sa.Column("given_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("confirmed_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["node_id"], ["exchange_node.node_id"], name=op.f("fk_exchange_delivery_node_id")),
        sa.ForeignKeyConstraint(
            ["order_id"],
            ["customer_order.order_id"],
            name=op.f("fk_exchange_delivery_order_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("session_id", "order_id", "revision", name=op.f("pk_exchange_delivery")),
    )
    op.create_index(
        "ix_exchange_delivery_order_id",
        "exchange_delivery",
        ["order_id", "node_id", "revision"],
        unique=False,
    )
    op.create_table(
        "order_event",
        sa.Column("event_id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("order_id", sa.Uuid(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("params", postgresql.JSONB(astext_type=sa.Text()), server_default=sa.text("'{}'"), nullable=False),
        sa.Column("actor", sa.String(), server_default="", nullable=False),
        sa.ForeignKeyConstraint(
            ["order_id"],
            ["customer_order.order_id"],
            name=op.f("fk_order_event_order_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("event_id", name=op.f("pk_order_event")),
    )
    op.create_index("ix_order_event_order_id", "order_event", ["order_id", "event_id"], unique=False)
    op.create_table(
        "order_line",
        sa.Column("order_id", sa.Uuid(), nullable=False),
        sa.Column("position", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("variant_id", sa.Uuid(), nullable=False),
        sa.Column("article", sa.String(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("unit_code", sa.String(), nullable=False),
        sa.Column("unit_name", sa.String(), nullable=False),
        sa.Column("quantity", sa.Numeric(precision=15, scale=3), nullable=False),
        sa.Column("unit_price", sa.Numeric(precision=18, scale=4), nullable=False),
        sa.Column("amount", sa.Numeric(precision=18, scale=2), nullable=False),
        sa.Column("vat_rate", sa.Numeric(precision=5, scale=2), nullable=True),
        sa.Column("vat_amount", sa.Numeric(precision=18, scale=2), nullable=False),
        sa.Column("explanation", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("comment", sa.String(), server_default="", nullable=False),
        sa.CheckConstraint("quantity > 0 AND quantity <> 'NaN'", name=op.f("ck_order_line_quantity_positive")),
        sa.ForeignKeyConstraint(
            ["order_id"], ["customer_order.order_id"], name=op.f("fk_order_line_order_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(["variant_id"], ["variant.variant_id"], name=op.f("fk_order_line_variant_id")),
        sa.PrimaryKeyConstraint("order_id", "position", name=op.f("pk_order_line")),
    )
    op.create_index("ix_order_line_variant_id", "order_line", ["variant_id"], unique=False)
    op.execute("CREATE SEQUENCE order_number START WITH 1")
    op.execute(
        """
        CREATE FUNCTION refuse_audit_change() RETURNS trigger LANGUAGE plpgsql AS $$
        BEGIN
            RAISE EXCEPTION 'audit rows are append-only' USING ERRCODE = 'restrict_violation';
        END $$
        """
    )
    op.execute(
        "CREATE TRIGGER audit_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON audit "
        "FOR EACH STATEMENT EXECUTE FUNCTION refuse_audit_change()"
    )


def downgrade() -> None:
    op.execute("DROP TRIGGER audit_append_only ON audit")
    op.execute("DROP FUNCTION refuse_audit_change")
    op.execute("DROP SEQUENCE order_number")
    op.drop_index("ix_order_line_variant_id", table_name="order_line")
    op.drop_table("order_line")
    op.drop_index("ix_order_event_order_id", table_name="order_event")
    op.drop_table("order_event")
    op.drop_index("ix_exchange_delivery_order_id", table_name="exchange_delivery")
    op.drop_table("exchange_delivery")
    op.drop_index("ix_cart_line_variant_id", table_name="cart_line")
    op.drop_table("cart_line")
    op.drop_table("variant")
    op.drop_index("ix_session_user_id", table_name="session")
    op.drop_table("session")
    op.drop_index("ix_product_placement_product_id", table_name="product_placement")
    op.drop_table("product_placement")
    op.drop_table("product_picture")
    op.drop_index("ix_membership_company_id", table_name="membership")
    op.drop_table("membership")
    op.drop_index("ix_customer_order_placed_at", table_name="customer_order")
    op.drop_index("ix_customer_order_manager_id", table_name="customer_order")
    op.drop_index("ix_customer_order_company_id", table_name="customer_order")
    op.drop_table("customer_order")
    op.drop_index("uq_agreement_default", table_name="agreement", postgresql_where=sa.text("is_default AND is_active"))
    op.drop_table("agreement")
    op.drop_index("ix_product_sort_key", table_name="product", postgresql_where=sa.text("is_active AND NOT is_hidden"))
    op.drop_index("ix_product_search", table_name="product", postgresql_using="gin")
    op.drop_index("ix_product_brand_id", table_name="product")
    op.drop_index("ix_product_barcodes", table_name="product", postgresql_using="gin")
    op.drop_index("ix_product_article_key", table_name="product", postgresql_ops={"article_key": "text_pattern_ops"})
    op.drop_table("product")
    op.drop_index("ix_exchange_problem_import_id", table_name="exchange_problem")
    op.drop_table("exchange_problem")
    op.drop_index("ix_company_manager_id", table_name="company")
    op.drop_index("ix_company_inn", table_name="company")
    op.drop_table("company")
    op.drop_table("warehouse")
    op.drop_table("section")
    op.drop_table("role_grant")
    op.drop_table("property")
    op.drop_index("uq_price_type_default", table_name="price_type", postgresql_where=sa.text("is_default"))
    op.drop_table("price_type")
    op.drop_table("pending_offer")
    op.drop_table("order_status_map")
    op.drop_index("ix_exchange_session_node_id", table_name="exchange_session")
    op.drop_table("exchange_session")
    op.drop_index("ix_exchange_import_sha256", table_name="exchange_import")
    op.drop_index("ix_exchange_import_session_id", table_name="exchange_import")
    op.drop_index("ix_exchange_import_node_id", table_name="exchange_import")
    op.drop_table("exchange_import")
    op.drop_index("ix_exchange_generation_node_id", table_name="exchange_generation")
    op.drop_table("exchange_generation")
    op.drop_table("brand")
    op.drop_index("uq_app_user_phone", table_name="app_user", postgresql_where=sa.text("is_active"))
    op.drop_index("uq_app_user_email", table_name="app_user", postgresql_where=sa.text("is_active"))
    op.drop_index("ix_app_user_head_id", table_name="app_user")
    op.drop_table("app_user")
    op.drop_table("stock")
    op.drop_table("setting")
    op.drop_table("seller_firm")
    op.drop_table("schedule")
    op.drop_table("role")
    op.drop_index("ix_price_variant_id", table_name="price")
    op.drop_table("price")
    op.drop_index("ix_login_attempt_login_at", table_name="login_attempt")
    op.drop_index("ix_login_attempt_address_at", table_name="login_attempt")
    op.drop_table("login_attempt")
    op.drop_index(
        "uq_job_dedupe_key",
        table_name="job",
        postgresql_where=sa.text("dedupe_key IS NOT NULL AND leased_until IS NULL AND dead_at IS NULL"),
    )
    op.drop_index("ix_job_ready", table_name="job", postgresql_where=sa.text("dead_at IS NULL"))
    op.drop_index("ix_job_lane", table_name="job", postgresql_where=sa.text("lane IS NOT NULL AND dead_at IS NULL"))
    op.drop_table("job")
    op.drop_index("ix_exchange_request_at", table_name="exchange_request")
    op.drop_table("exchange_request")
    op.drop_table("exchange_node")
    op.drop_index("ix_audit_subject", table_name="audit")
    op.drop_index("ix_audit_at", table_name="audit")
    op.drop_table("audit")
