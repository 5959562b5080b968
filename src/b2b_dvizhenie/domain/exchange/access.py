"""Who may exchange with us: rights of a node, addresses it may come from, budgets of failed logins (onec.md §2.1)."""

from collections.abc import Iterable
from datetime import timedelta
from enum import StrEnum
from ipaddress import ip_address, ip_network

from b2b_dvizhenie.domain.shared.errors import DomainError, Kind

SESSION_IDLE = timedelta(hours=24)
"""A session that was silent for longer is dead; 1C then starts with `checkauth` again."""
ATTEMPT_WINDOW = timedelta(minutes=15)
ATTEMPTS_PER_LOGIN = 300
"""Failures for one login from everywhere: slows a distributed guess, does not let a stranger lock 1C out easily."""
ATTEMPTS_PER_PAIR = 10
"""Failures for one login from one address."""
ATTEMPTS_PER_ADDRESS = 60
"""Failures from one address whatever the login."""


class ExchangeRight(StrEnum):
    """What a node may do."""

    CATALOG = "catalog"
    SALE = "sale"


class CredentialsMissing(DomainError):
    """The request carries neither a session nor `Authorization`: often a web server on the way dropped the header."""

    code = "exchange.credentials_missing"
    kind = Kind.UNAUTHENTICATED


class NodeCredentialsWrong(DomainError):
    """No active node has this login and password; which of the two is wrong is not told."""

    code = "exchange.bad_credentials"
    kind = Kind.UNAUTHENTICATED


class AttemptsExhausted(DomainError):
    """Too many failed logins; `minutes` says how long to wait."""

    code = "exchange.too_many_attempts"
    kind = Kind.LIMITED


class AddressRefused(DomainError):
    """The node may not come from this address."""

    code = "exchange.address_refused"
    kind = Kind.FORBIDDEN


class RightMissing(DomainError):
    """The node may not do this kind of exchange."""

    code = "exchange.right_missing"
    kind = Kind.FORBIDDEN


class ContentNotAllowed(DomainError):
    """The file holds a `kind` of data the node may not send: goods under orders, or the other way round."""

    code = "exchange.content_not_allowed"
    kind = Kind.FORBIDDEN


class GatewayTableRefused(DomainError):
    """The node may not send this `table` of the gateway."""

    code = "exchange.gateway_table_refused"
    kind = Kind.FORBIDDEN


class SessionUnknown(DomainError):
    """No such session, or it was silent for too long."""

    code = "exchange.session_unknown"
    kind = Kind.UNAUTHENTICATED


class SessidWrong(DomainError):
    """The `sessid` of the request belongs to another session."""

    code = "exchange.sessid_wrong"
    kind = Kind.UNAUTHENTICATED


class AddressInvalid(DomainError):
    """An entry of the list of allowed addresses is neither an address nor a network."""

    code = "exchange.address_invalid"


def checked_addresses(addresses: Iterable[str]) -> tuple[str, ...]:
    """Addresses and networks (CIDR) in their canonical spelling.

    Raises:
        AddressInvalid: names the entry that is neither.
    """
    checked = []
    for position, text in enumerate(addresses):
        try:
            network = ip_network(text.strip(), strict=False)
        except ValueError:
            raise AddressInvalid(f"allowed_addresses.{position}", value=text[:100]) from None
        checked.append(str(network.network_address) if network.num_addresses == 1 else str(network))
    return tuple(checked)


def may_come_from(allowed: Iterable[str], address: str) -> bool:
    """Whether an address is on the list; an empty list lets everybody in, an unreadable address is on no list."""
    networks = [ip_network(entry) for entry in allowed]
    if not networks:
        return True
    try:
        own = ip_address(address)
    except ValueError:
        return False
    # A server that listens on both protocols names an IPv4 caller as ::ffff:a.b.c.d.
    names = {own, getattr(own, "ipv4_mapped", None) or own}
    return any(name in network for name in names for network in networks)
