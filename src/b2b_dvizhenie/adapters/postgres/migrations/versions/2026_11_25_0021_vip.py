"""VIP companies, offers of partners, activations.

Revision: 0021
Revises: 0020
"""

import sqlalchemy as sa
from alembic import op

revision = "0021"
down_revision = "0020"
branch_labels = None
depends_on = None

# Managers see what their clients took up; only administrators decide who is VIP.
_GRANTS = """
INSERT INTO role_grant (role_id, permission, scope)
SELECT r.role_id, g.permission, g.scope
  FROM role r
  JOIN (VALUES ('manager', 'vip.view', 'assigned'), ('head_of_managers', 'vip.view', 'subtree'),
               ('director', 'vip.view', 'firm'), ('administrator', 'vip.view', 'all'),
               ('administrator', 'vip.manage', 'all')) AS g (code, permission, scope) ON g.code = r.code
    ON CONFLICT DO NOTHING"""


def upgrade() -> None:
    moment = sa.DateTime(timezone=True)
    op.create_table(
        "vip_company",
        sa.Column("company_id", sa.Uuid(), nullable=False),
        sa.Column("agreement_id", sa.Uuid(), nullable=True),
        sa.Column("since", moment, nullable=False),
        sa.PrimaryKeyConstraint("company_id", name=op.f("pk_vip_company")),
        sa.ForeignKeyConstraint(
            ["company_id"], ["company.company_id"], name=op.f("fk_vip_company_company_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["agreement_id"], ["agreement.agreement_id"], name=op.f("fk_vip_company_agreement_id"), ondelete="SET NULL"
        ),
    )
    op.create_index("ix_vip_company_agreement_id", "vip_company", ["agreement_id"])
    op.create_table(
        "partner_offer",
        sa.Column("offer_id", sa.Uuid(), nullable=False),
        sa.Column("partner", sa.String(), nullable=False),
        sa.Column("title", sa.String(), nullable=False),
        sa.Column("text", sa.String(), nullable=False),
        sa.Column("valid_from", sa.Date(), nullable=True),
        sa.Column("valid_to", sa.Date(), nullable=True),
        sa.Column("is_active", sa.Boolean(), server_default=sa.text("true"), nullable=False),
        sa.Column("for_all", sa.Boolean(), server_default=sa.text("true"), nullable=False),
        sa.Column("changed_at", moment, nullable=False),
        sa.PrimaryKeyConstraint("offer_id", name=op.f("pk_partner_offer")),
        sa.CheckConstraint("valid_to >= valid_from", name=op.f("ck_partner_offer_period")),
    )
    op.create_table(
        "partner_offer_company",
        sa.Column("offer_id", sa.Uuid(), nullable=False),
        sa.Column("company_id", sa.Uuid(), nullable=False),
        sa.PrimaryKeyConstraint("offer_id", "company_id", name=op.f("pk_partner_offer_company")),
        sa.ForeignKeyConstraint(
            ["offer_id"], ["partner_offer.offer_id"], name=op.f("fk_partner_offer_company_offer_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["company_id"], ["company.company_id"], name=op.f("fk_partner_offer_company_company_id"), ondelete="CASCADE"
        ),
    )
    op.create_index("ix_partner_offer_company_company_id", "partner_offer_company", ["company_id"])
    op.create_table(
        "offer_activation",
        sa.Column("offer_id", sa.Uuid(), nullable=False),
        sa.Column("company_id", sa.Uuid(), nullable=False),
        sa.Column("user_id", sa.Uuid(), nullable=False),
        sa.Column("at", moment, nullable=False),
        sa.PrimaryKeyConstraint("offer_id", "company_id", name=op.f("pk_offer_activation")),
        sa.ForeignKeyConstraint(["offer_id"], ["partner_offer.offer_id"], name=op.f("fk_offer_activation_offer_id")),
        sa.ForeignKeyConstraint(
            ["company_id"], ["company.company_id"], name=op.f("fk_offer_activation_company_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(["user_id"], ["app_user.user_id"], name=op.f("fk_offer_activation_user_id")),
    )
    op.create_index("ix_offer_activation_company_id", "offer_activation", ["company_id"])
    op.create_index("ix_offer_activation_at", "offer_activation", ["at"])
    op.execute(_GRANTS)


def downgrade() -> None:
    op.execute("DELETE FROM role_grant WHERE permission IN ('vip.view', 'vip.manage')")
    op.drop_table("offer_activation")
    op.drop_table("partner_offer_company")
    op.drop_table("partner_offer")
    op.drop_table("vip_company")
