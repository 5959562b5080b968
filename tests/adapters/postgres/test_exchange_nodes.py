"""Exchange nodes and sessions survive the database unchanged; requests and failures are counted there."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from b2b_dvizhenie.adapters.postgres.exchange_nodes import PostgresNodeTransaction
from b2b_dvizhenie.adapters.postgres.exchange_sessions import PostgresSessionFinder, PostgresSessionTransaction
from b2b_dvizhenie.application.exchange.nodes import ENCODINGS, PROFILES, ExchangeNode, NodeLoginTaken
from b2b_dvizhenie.application.exchange.request_log import AnsweredRequest
from b2b_dvizhenie.application.exchange.sessions import ExchangeSession, NodeAccess
from b2b_dvizhenie.domain.exchange.access import ExchangeRight
from b2b_dvizhenie.domain.shared.ids import NodeId, new_id
from b2b_dvizhenie.entrypoints.container import Container

pytestmark = [pytest.mark.anyio, pytest.mark.postgres]
NOW = datetime(2026, 11, 25, 9, 30, tzinfo=UTC)
texts = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"), max_size=40)
moments = st.datetimes(datetime(2020, 1, 1), datetime(2090, 1, 1), timezones=st.just(UTC))  # noqa: DTZ001
rights = st.lists(st.sampled_from(list(ExchangeRight)), unique=True).map(tuple)
addresses = st.lists(st.ip_addresses().map(str), max_size=4).map(tuple)


@st.composite
def nodes(draw: st.DrawFn) -> ExchangeNode:
    return ExchangeNode(
        node_id=NodeId(new_id()),
        name=draw(texts),
        login=new_id().hex,
        profile=draw(st.sampled_from(PROFILES)),
        answer_encoding=draw(st.sampled_from(ENCODINGS)),
        rights=draw(rights),
        allowed_addresses=draw(addresses),
        settings=draw(st.dictionaries(texts, texts | st.integers(-(10**9), 10**9) | st.booleans(), max_size=3)),
        is_active=draw(st.booleans()),
        created_at=draw(moments),
    )


async def written(container: Container, node: ExchangeNode) -> NodeAccess:
    async with PostgresNodeTransaction(container.database(), container.clock()) as work:
        await work.nodes.add(node, "hash")
        await work.commit()
    return NodeAccess(
        node.node_id,
        node.name,
        node.login,
        "hash",
        node.profile,
        node.answer_encoding,
        frozenset(node.rights),
        node.allowed_addresses,
        node.settings,
    )


def plain_node(name: str = "УТ") -> ExchangeNode:
    both = tuple(ExchangeRight)
    return ExchangeNode(NodeId(new_id()), name, new_id().hex, "auto", "auto", both, (), {}, True, NOW)


@given(node=nodes(), changed=nodes())
async def test_node_round_trip(container: Container, node: ExchangeNode, changed: ExchangeNode) -> None:
    await written(container, node)
    async with PostgresNodeTransaction(container.database(), container.clock()) as work:
        assert await work.nodes.get(node.node_id) == node
        after = ExchangeNode(
            node.node_id, *[getattr(changed, name) for name in changed.__struct_fields__[1:-1]], node.created_at
        )
        await work.nodes.save(after, None)
        assert await work.nodes.get(node.node_id) == after
        assert after in await work.nodes.all()


async def test_login_is_unique(container: Container) -> None:
    node = plain_node()
    await written(container, node)
    with pytest.raises(NodeLoginTaken):
        await written(
            container, ExchangeNode(NodeId(new_id()), *[getattr(node, f) for f in node.__struct_fields__[1:]])
        )


@given(node=nodes().filter(lambda node: node.is_active), kind=texts, address=texts, profile=texts, at=moments)
async def test_session_round_trip(
    container: Container, node: ExchangeNode, kind: str, address: str, profile: str, at: datetime
) -> None:
    access = await written(container, node)
    token = new_id().bytes
    session = ExchangeSession(new_id(), access, kind, new_id().hex, address, profile, at, at)
    finder = PostgresSessionFinder(container.database())
    before, after = at - timedelta(seconds=1), at
    async with PostgresSessionTransaction(container.database(), container.clock()) as work:
        assert await work.sessions.node_by_login(node.login) == access
        await work.sessions.add(session, token, "1C+Enterprise/8.3")
        assert await work.sessions.newest(node.node_id, kind, address, "", before) == session
        assert await work.sessions.newest(node.node_id, "other", "other", session.sessid, before) == session
        assert await work.sessions.newest(node.node_id, kind, address, "", after) is None
        await work.commit()
    assert await finder.by_token(token, before) == session
    assert await finder.by_token(token, after) is None
    assert await finder.by_token(b"another", before) is None


async def test_inactive_node_has_no_sessions(container: Container) -> None:
    node = plain_node()
    access = await written(container, node)
    session = ExchangeSession(new_id(), access, "catalog", "s", "", "", NOW, NOW)
    finder = PostgresSessionFinder(container.database())
    async with PostgresSessionTransaction(container.database(), container.clock()) as work:
        await work.sessions.add(session, b"t", "")
        await work.commit()
    assert await finder.by_token(b"t", NOW - timedelta(hours=1)) == session
    async with PostgresNodeTransaction(container.database(), container.clock()) as work:
        off = ExchangeNode(*[getattr(node, f) for f in node.__struct_fields__[:-2]], False, node.created_at)
        await work.nodes.save(off, None)
        await work.commit()
    assert await finder.by_token(b"t", NOW - timedelta(hours=1)) is None


async def test_failures_are_counted_by_login_and_address(container: Container) -> None:
    async with PostgresSessionTransaction(container.database(), container.clock()) as work:
        for login, address, age in [("a", "1", 1), ("a", "2", 1), ("b", "1", 1), ("a", "1", 60), ("c", "", 1)]:
            await work.sessions.record_failure(login, address, NOW - timedelta(minutes=age))
        since = NOW - timedelta(minutes=15)
        assert await work.sessions.failures("a", "1", since) == (2, 1, 2)
        assert await work.sessions.failures("a", "9", since) == (2, 0, 0)
        assert await work.sessions.failures("c", "", since) == (1, 1, 0)


async def test_request_log_marks_the_session_as_seen(container: Container) -> None:
    access = await written(container, plain_node())
    session = ExchangeSession(new_id(), access, "catalog", "s", "127.0.0.1", "", NOW, NOW)
    finder = PostgresSessionFinder(container.database())
    async with PostgresSessionTransaction(container.database(), container.clock()) as work:
        await work.sessions.add(session, b"t", "")
        await work.commit()
    later = NOW + timedelta(seconds=5)
    line = AnsweredRequest(
        later, "catalog", "init", "", "127.0.0.1", 200, "zip=yes", 3, session=session, profile="ut11"
    )
    await finder.write(line)
    await finder.write(AnsweredRequest(later, "catalog", "checkauth", "", "10.0.0.1", 401, "failure", 1))
    seen = await finder.by_token(b"t", NOW)
    assert seen is not None
    assert (seen.last_seen_at, seen.profile) == (later, "ut11")
    async with container.database().reading() as connection:
        rows = await (
            await connection.execute("SELECT session_id, node_id, mode, status, answer, address FROM exchange_request")
        ).fetchall()
    assert sorted(rows, key=str) == sorted(
        [
            (session.session_id, access.node_id, "init", 200, "zip=yes", "127.0.0.1"),
            (None, None, "checkauth", 401, "failure", "10.0.0.1"),
        ],
        key=str,
    )
