"""Users, roles and their grants, sessions, login attempts."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import (
    BigInteger,
    CheckConstraint,
    Column,
    ForeignKey,
    Identity,
    Index,
    LargeBinary,
    Named,
    Table,
    TypedColumns,
    Uuid,
    text,
)

from b2b_dvizhenie.adapters.postgres.tables.metadata import MOMENT, metadata


class RoleColumns(TypedColumns):
    """A role of the tree; `code` is stable, `name` is what people see ("" = the translated name of the code).

    `second_factor` says that its people must have a second step.
    """

    role_id: Named[UUID] = Column(Uuid, primary_key=True)
    parent_id: Named[UUID | None] = Column(ForeignKey("role.role_id"), type_=Uuid)
    code: Named[str] = Column(unique=True)
    name: Named[str] = Column(server_default="")
    position: Named[int]
    second_factor: Named[bool] = Column(server_default=text("false"))


role = Table("role", metadata, RoleColumns, CheckConstraint("parent_id <> role_id", name="not_own_parent"))


class RoleGrantColumns(TypedColumns):
    """A permission given to a role with a scope."""

    role_id: Named[UUID] = Column(Uuid, ForeignKey("role.role_id", ondelete="CASCADE"), primary_key=True)
    permission: Named[str] = Column(primary_key=True)
    scope: Named[str]


role_grant = Table(
    "role_grant",
    metadata,
    RoleGrantColumns,
    CheckConstraint("scope IN ('own', 'assigned', 'subtree', 'firm', 'all')", name="scope"),
)


class UserColumns(TypedColumns):
    """A person who can log in. E-mail in lower case, phone as +79120000000; at least one of them.

    `currency` is what the person chose to see prices in; empty means that of the agreement.
    """

    user_id: Named[UUID] = Column(Uuid, primary_key=True)
    role_id: Named[UUID] = Column(Uuid, ForeignKey("role.role_id"))
    head_id: Named[UUID | None] = Column(Uuid, ForeignKey("app_user.user_id"))
    firm_id: Named[UUID | None] = Column(Uuid, ForeignKey("seller_firm.firm_id"))
    name: Named[str]
    email: Named[str | None]
    phone: Named[str | None]
    password_hash: Named[str | None]
    language: Named[str] = Column(server_default="ru")
    currency: Named[str] = Column(server_default="")
    is_active: Named[bool] = Column(server_default=text("true"))
    created_at: Named[datetime] = Column(MOMENT)


app_user = Table(
    "app_user",
    metadata,
    UserColumns,
    CheckConstraint("email IS NOT NULL OR phone IS NOT NULL", name="has_login"),
    CheckConstraint("email = lower(email)", name="email_lower"),
    Index("uq_app_user_email", "email", unique=True, postgresql_where=text("is_active")),
    Index("uq_app_user_phone", "phone", unique=True, postgresql_where=text("is_active")),
    Index("ix_app_user_head_id", "head_id", postgresql_include=["user_id"]),
)


class SessionColumns(TypedColumns):
    """A login that is alive until it expires or is revoked; only the hash of its token is kept.

    `view_as_id` is through whose eyes it looks, until `view_until` at the latest.
    """

    session_id: Named[UUID] = Column(Uuid, primary_key=True)
    token_hash: Named[bytes] = Column(LargeBinary, unique=True)
    user_id: Named[UUID] = Column(Uuid, ForeignKey("app_user.user_id"))
    company_id: Named[UUID | None] = Column(Uuid, ForeignKey("company.company_id"))
    created_at: Named[datetime] = Column(MOMENT)
    expires_at: Named[datetime] = Column(MOMENT)
    last_seen_at: Named[datetime] = Column(MOMENT)
    revoked_at: Named[datetime | None] = Column(MOMENT)
    address: Named[str] = Column(server_default="")
    user_agent: Named[str] = Column(server_default="")
    view_as_id: Named[UUID | None] = Column(Uuid, ForeignKey("app_user.user_id"))
    view_until: Named[datetime | None] = Column(MOMENT)


session = Table(
    "session",
    metadata,
    SessionColumns,
    Index("ix_session_user_id", "user_id"),
    CheckConstraint("(view_as_id IS NULL) = (view_until IS NULL)", name="view"),
)


class ChallengeColumns(TypedColumns):
    """A code or a link that a browser asked for without being logged in; whether the login exists is not told here.

    Also the question for the second step; its `login` is the id of the person who has passed the first.
    """

    challenge_id: Named[UUID] = Column(Uuid, primary_key=True)
    purpose: Named[str]
    browser_hash: Named[bytes] = Column(LargeBinary, unique=True)
    login: Named[str]
    language: Named[str]
    address: Named[str]
    created_at: Named[datetime] = Column(MOMENT)
    expires_at: Named[datetime] = Column(MOMENT)
    code_digest: Named[bytes | None] = Column(LargeBinary)
    tries: Named[int] = Column(server_default=text("0"))
    used_at: Named[datetime | None] = Column(MOMENT)


challenge = Table(
    "challenge",
    metadata,
    ChallengeColumns,
    CheckConstraint("purpose IN ('code', 'recovery', 'second_step')", name="purpose"),
    Index("ix_challenge_login_created_at", "login", "created_at"),
    Index("ix_challenge_created_at", "created_at"),
)


class AccountLinkColumns(TypedColumns):
    """A link to set a password; only the hash of its token is kept, and of a person at most one is alive."""

    link_id: Named[UUID] = Column(Uuid, primary_key=True)
    kind: Named[str]
    user_id: Named[UUID] = Column(Uuid, ForeignKey("app_user.user_id"))
    token_hash: Named[bytes] = Column(LargeBinary, unique=True)
    created_at: Named[datetime] = Column(MOMENT)
    expires_at: Named[datetime] = Column(MOMENT)
    used_at: Named[datetime | None] = Column(MOMENT)


account_link = Table(
    "account_link",
    metadata,
    AccountLinkColumns,
    CheckConstraint("kind IN ('invitation', 'recovery')", name="kind"),
    Index("uq_account_link_user_id", "user_id", unique=True, postgresql_where=text("used_at IS NULL")),
)


class SecondFactorColumns(TypedColumns):
    """The authenticator app of a person, its secret sealed; not in use until `confirmed_at`.

    `last_step` is the latest time step whose code was used: neither it nor an earlier one works again.
    """

    user_id: Named[UUID] = Column(Uuid, ForeignKey("app_user.user_id", ondelete="CASCADE"), primary_key=True)
    sealed: Named[bytes] = Column(LargeBinary)
    created_at: Named[datetime] = Column(MOMENT)
    confirmed_at: Named[datetime | None] = Column(MOMENT)
    last_step: Named[int] = Column(BigInteger, server_default=text("0"))


second_factor = Table("second_factor", metadata, SecondFactorColumns)


class RecoveryCodeColumns(TypedColumns):
    """A code that replaces the authenticator once; only a keyed digest of it is kept."""

    user_id: Named[UUID] = Column(Uuid, ForeignKey("second_factor.user_id", ondelete="CASCADE"), primary_key=True)
    digest: Named[bytes] = Column(LargeBinary, primary_key=True)
    used_at: Named[datetime | None] = Column(MOMENT)


recovery_code = Table("recovery_code", metadata, RecoveryCodeColumns)


class LoginAttemptColumns(TypedColumns):
    """A failed login or second step, for the budgets per account and per address."""

    attempt_id: Named[int] = Column(BigInteger, Identity(), primary_key=True)
    at: Named[datetime] = Column(MOMENT)
    login: Named[str]
    address: Named[str]


login_attempt = Table(
    "login_attempt",
    metadata,
    LoginAttemptColumns,
    Index("ix_login_attempt_login_at", "login", "at"),
    Index("ix_login_attempt_address_at", "address", "at"),
)
