"""What the door remembers in memory: verified credentials, and how many lines strangers have had."""

from datetime import UTC, datetime, timedelta

import pytest

from b2b_dvizhenie.application.exchange import AnsweredRequest, RecordRequest, VerifiedCredentials
from b2b_dvizhenie.application.exchange.credentials import CAPACITY, LIFETIME
from b2b_dvizhenie.application.exchange.request_log import STRANGERS_PER_MINUTE, RequestLog, log_line
from b2b_dvizhenie.application.exchange.sessions import ExchangeSession, NodeAccess
from b2b_dvizhenie.domain.shared.ids import NodeId, new_id

NOW = datetime(2026, 11, 25, 12, 0, 30, tzinfo=UTC)
NODE = NodeId(new_id())


def test_verified_for_some_minutes_and_only_exactly_this() -> None:
    verified = VerifiedCredentials()
    assert not verified.known(NODE, "hash", "secret", NOW)
    verified.remember(NODE, "hash", "secret", NOW)
    assert verified.known(NODE, "hash", "secret", NOW + LIFETIME - timedelta(seconds=1))
    assert not verified.known(NODE, "hash", "secret", NOW + LIFETIME)
    assert not verified.known(NODE, "hash", "other", NOW)
    assert not verified.known(NodeId(new_id()), "hash", "secret", NOW)
    assert not verified.known(NODE, "new hash", "secret", NOW), "a changed password forgets the old one at once"
    assert not verified.known(NODE, "has", "hsecret", NOW), "parts do not run into each other"
    assert not VerifiedCredentials().known(NODE, "hash", "secret", NOW)


def test_memory_is_bounded_and_forgets_the_oldest() -> None:
    verified = VerifiedCredentials()
    for number in range(CAPACITY + 10):
        verified.remember(NODE, "hash", str(number), NOW)
    known = [verified.known(NODE, "hash", str(number), NOW) for number in range(CAPACITY + 10)]
    assert sum(known) == CAPACITY
    assert not any(known[:10])


def test_nothing_in_memory_is_the_password() -> None:
    verified = VerifiedCredentials()
    verified.remember(NODE, "hash", "exchange-2026", NOW)
    assert b"exchange-2026" not in repr(vars(verified)).encode()


class Lines(RequestLog):
    """A log in memory."""

    def __init__(self) -> None:
        self.written: list[AnsweredRequest] = []

    async def write(self, request: AnsweredRequest) -> None:
        self.written.append(request)


def asked(at: datetime, session: ExchangeSession | None = None) -> AnsweredRequest:
    return AnsweredRequest(at, "catalog", "checkauth", "", "10.0.0.1", 401, "failure", 1, session=session)


@pytest.mark.anyio
async def test_strangers_cannot_fill_the_log_nor_keep_nodes_out_of_it() -> None:
    lines = Lines()
    record = RecordRequest(lines)
    told = [await record(asked(NOW)) for _ in range(STRANGERS_PER_MINUTE + 50)]
    assert sum(told) == len(lines.written) == STRANGERS_PER_MINUTE
    node = NodeAccess(NODE, "УТ", "ut", "", "auto", "auto", frozenset(), (), {})
    session = ExchangeSession(new_id(), node, "catalog", "", "", "", NOW, NOW)
    assert await record(asked(NOW, session))
    assert not await record(asked(NOW))
    assert await record(asked(NOW + timedelta(minutes=1)))


def test_lines_are_one_printable_line() -> None:
    assert log_line("a\r\nb\0c\u2028d\x1b[31m") == "a  b c d [31m"
    assert len(log_line("x" * 10_000)) == 500
