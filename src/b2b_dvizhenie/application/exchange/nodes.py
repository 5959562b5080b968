"""Exchange nodes: the 1C bases that may talk to us, made and changed by administrators."""

import re
from abc import abstractmethod
from collections.abc import Callable, Sequence
from contextlib import AbstractAsyncContextManager
from datetime import datetime
from typing import Any, Protocol

from msgspec import UNSET, Struct, UnsetType, structs

from b2b_dvizhenie.application.identity import PasswordHasher
from b2b_dvizhenie.application.shared.actor import Actor
from b2b_dvizhenie.application.shared.audit import AuditLog, Change
from b2b_dvizhenie.application.shared.clock import Clock
from b2b_dvizhenie.domain.exchange.access import ExchangeRight, checked_addresses
from b2b_dvizhenie.domain.hierarchy import Permission
from b2b_dvizhenie.domain.shared.errors import DomainError, Kind
from b2b_dvizhenie.domain.shared.ids import NodeId, new_id

PROFILES = ("auto", "ut10", "ut115", "unf", "bitrix31")
ENCODINGS = ("auto", "utf-8", "windows-1251")
_LOGIN = re.compile(r"[A-Za-z0-9._@-]{1,64}")
MIN_PASSWORD = 8
MAX_PASSWORD = 1024


class NodeLoginTaken(DomainError):
    """Another node has this login."""

    code = "exchange.node_login_taken"
    kind = Kind.CONFLICT


class NodeLoginInvalid(DomainError):
    """A login is 1–64 Latin letters, digits, dots, dashes, underscores or @: 1C sends it in a header."""

    code = "exchange.node_login_invalid"


class NodePasswordShort(DomainError):
    """The password is shorter than `least` characters, or longer than any honest one."""

    code = "exchange.node_password_short"


class NodeFieldInvalid(DomainError):
    """A field has a value that is not on its list (`allowed`)."""

    code = "exchange.node_field_invalid"


class ExchangeNode(Struct, frozen=True):
    """A node as administrators see it: everything but the password."""

    node_id: NodeId
    name: str
    login: str
    profile: str
    answer_encoding: str
    rights: tuple[ExchangeRight, ...]
    allowed_addresses: tuple[str, ...]
    settings: dict[str, Any]
    is_active: bool
    created_at: datetime


class NodeDraft(Struct, frozen=True, forbid_unknown_fields=True):
    """What a new node is made of."""

    name: str
    login: str
    password: str
    profile: str = "auto"
    answer_encoding: str = "auto"
    rights: tuple[ExchangeRight, ...] = tuple(ExchangeRight)
    allowed_addresses: tuple[str, ...] = ()


class NodeChange(Struct, frozen=True, forbid_unknown_fields=True):
    """What to change of a node; what is not given stays."""

    name: str | UnsetType = UNSET
    password: str | UnsetType = UNSET
    profile: str | UnsetType = UNSET
    answer_encoding: str | UnsetType = UNSET
    rights: tuple[ExchangeRight, ...] | UnsetType = UNSET
    allowed_addresses: tuple[str, ...] | UnsetType = UNSET
    settings: dict[str, Any] | UnsetType = UNSET
    is_active: bool | UnsetType = UNSET


class NodeRepository(Protocol):
    """Port: exchange nodes within a transaction."""

    @abstractmethod
    async def add(self, node: ExchangeNode, password_hash: str) -> None:
        """Write a new node; raises NodeLoginTaken."""
        ...

    @abstractmethod
    async def get(self, node_id: NodeId) -> ExchangeNode:
        """The node, locked until the end of the transaction; raises NotFound."""
        ...

    @abstractmethod
    async def save(self, node: ExchangeNode, password_hash: str | None) -> None:
        """Overwrite a node; without a hash the password stays."""
        ...

    @abstractmethod
    async def all(self) -> Sequence[ExchangeNode]:
        """Every node, by name."""
        ...


class NodeTransaction(Protocol):
    """Port: one transaction over nodes; leaving without `commit` rolls back."""

    nodes: NodeRepository
    audit: AuditLog

    @abstractmethod
    async def commit(self) -> None:
        """Make it durable."""
        ...


NodeWork = Callable[[], AbstractAsyncContextManager[NodeTransaction]]


def _check(profile: str, answer_encoding: str, rights: Sequence[ExchangeRight]) -> None:
    if profile not in PROFILES:
        raise NodeFieldInvalid("profile", allowed=", ".join(PROFILES))
    if answer_encoding not in ENCODINGS:
        raise NodeFieldInvalid("answer_encoding", allowed=", ".join(ENCODINGS))
    if not rights:
        raise NodeFieldInvalid("rights", allowed=", ".join(ExchangeRight))


def _check_password(password: str) -> None:
    if not MIN_PASSWORD <= len(password) <= MAX_PASSWORD:
        raise NodePasswordShort("password", least=MIN_PASSWORD)


def _audited(node: ExchangeNode) -> dict[str, Any]:
    fields = structs.asdict(node)
    del fields["node_id"], fields["created_at"]
    return {name: list(value) if isinstance(value, tuple) else value for name, value in fields.items()}


class CreateNode:
    """Add an exchange node."""

    def __init__(self, work: NodeWork, passwords: PasswordHasher, clock: Clock) -> None:
        self._work = work
        self._passwords = passwords
        self._clock = clock

    async def __call__(self, actor: Actor, draft: NodeDraft) -> ExchangeNode:
        """Write the node.

        Raises:
            NodeLoginInvalid, NodeLoginTaken, NodePasswordShort, NodeFieldInvalid, AddressInvalid, Forbidden.
        """
        actor.require(Permission.EXCHANGE_MANAGE)
        login = draft.login.strip()
        if not _LOGIN.fullmatch(login):
            raise NodeLoginInvalid("login")
        _check_password(draft.password)
        _check(draft.profile, draft.answer_encoding, draft.rights)
        node = ExchangeNode(
            node_id=NodeId(new_id()),
            name=draft.name.strip()[:255] or login,
            login=login,
            profile=draft.profile,
            answer_encoding=draft.answer_encoding,
            rights=tuple(sorted(set(draft.rights))),
            allowed_addresses=checked_addresses(draft.allowed_addresses),
            settings={},
            is_active=True,
            created_at=self._clock(),
        )
        encoded = await self._passwords.hash(draft.password)
        async with self._work() as work:
            await work.nodes.add(node, encoded)
            change = Change("exchange.node_created", "exchange_node", str(node.node_id), after=_audited(node))
            await work.audit.record(actor, change)
            await work.commit()
        return node


class ChangeNode:
    """Change an exchange node: name, password, profile, rights, addresses, settings, whether it may come at all."""

    def __init__(self, work: NodeWork, passwords: PasswordHasher) -> None:
        self._work = work
        self._passwords = passwords

    async def __call__(self, actor: Actor, node_id: NodeId, change: NodeChange) -> ExchangeNode:
        """Write the change; the password itself is never audited, that it changed is.

        Raises:
            NotFound, NodePasswordShort, NodeFieldInvalid, AddressInvalid, Forbidden.
        """
        actor.require(Permission.EXCHANGE_MANAGE)
        encoded = None
        if change.password is not UNSET:
            _check_password(change.password)
            encoded = await self._passwords.hash(change.password)
        given = {
            name: value for name, value in structs.asdict(change).items() if value is not UNSET and name != "password"
        }
        if "allowed_addresses" in given:
            given["allowed_addresses"] = checked_addresses(given["allowed_addresses"])
        async with self._work() as work:
            before = await work.nodes.get(node_id)
            after = structs.replace(before, **given)
            _check(after.profile, after.answer_encoding, after.rights)
            await work.nodes.save(after, encoded)
            told = _audited(after) | ({"password": "changed"} if encoded else {})
            await work.audit.record(
                actor, Change("exchange.node_changed", "exchange_node", str(node_id), _audited(before), told)
            )
            await work.commit()
        return after


class ListNodes:
    """Every exchange node, for those who watch the exchange."""

    def __init__(self, work: NodeWork) -> None:
        self._work = work

    async def __call__(self, actor: Actor) -> Sequence[ExchangeNode]:
        """By name; raises Forbidden."""
        actor.require(Permission.EXCHANGE_VIEW)
        async with self._work() as work:
            return await work.nodes.all()
