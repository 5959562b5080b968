"""The outbox on the real database: with the change or not at all, sealed, sent once, erased when done."""

from datetime import timedelta
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest

from b2b_dvizhenie.adapters.sealing import InstallationSealer
from b2b_dvizhenie.application.messaging import (
    SEND_JOB,
    MessageDelayed,
    MessageRefused,
    MessageTexts,
    MessageUncertain,
    SendMessage,
    WrittenMessage,
)
from b2b_dvizhenie.application.shared.sealing import SealBroken
from b2b_dvizhenie.domain.messaging import Channel, Message, Rejected, Uncertain
from b2b_dvizhenie.entrypoints.container import Container
from b2b_dvizhenie.testing.twins.messages import LOST, MemoryMail, MemorySms

pytestmark = [pytest.mark.anyio, pytest.mark.postgres]
SECRET = "042137"


class Bare(MessageTexts):
    """The code and nothing else."""

    def written(self, template: str, _channel: Channel, _language: str, params: Any) -> WrittenMessage:
        return WrittenMessage(template, params["code"])


async def put(container: Container, *, commit: bool = True, **changes: Any) -> UUID:
    values = {"channel": Channel.SMS, "to": "+79120000000", "template": "test", "params": {"code": SECRET}} | changes
    async with container.identity_work() as work:
        message_id = await work.outbox.put(Message(**values))
        if commit:
            await work.commit()
    return message_id


async def rows(container: Container, statement: str) -> list[Any]:
    async with container.database().reading() as connection:
        return await (await connection.execute(statement.encode())).fetchall()


class Post:
    """The use case over gateways in memory."""

    def __init__(self, container: Container, later: timedelta = timedelta(0)) -> None:
        self.sms, self.mail = MemorySms(), MemoryMail()
        clock = container.clock()
        self.send = SendMessage(container.messaging_work, self.sms, self.mail, Bare(), lambda: clock() + later)


async def test_a_message_leaves_with_its_transaction_or_not_at_all(container: Container) -> None:
    await put(container, commit=False)
    assert await rows(container, "SELECT 1 FROM message") == []
    assert await rows(container, "SELECT 1 FROM job") == []
    message_id = await put(container)
    assert await rows(container, "SELECT name, payload FROM job") == [(SEND_JOB, {"message_id": str(message_id)})]
    post = Post(container)
    await post.send(message_id)
    assert [(one.to, one.text) for one in post.sms.sent] == [("+79120000000", SECRET)]
    assert await rows(container, "SELECT state, sealed FROM message") == [("sent", None)]


async def test_nothing_secret_lies_in_the_database(container: Container) -> None:
    """A13: neither in the message nor in the job."""
    await put(container)
    for table in ("message", "job"):
        (found,) = await rows(container, f"SELECT string_agg(t::text, ' ') FROM {table} t")  # noqa: S608 - our words
        assert SECRET not in found[0]
        assert SECRET.encode().hex() not in found[0]


async def test_a_job_that_runs_again_sends_nothing_twice(container: Container) -> None:
    message_id = await put(container)
    post = Post(container)
    for _ in range(3):
        await post.send(message_id)
    assert len(post.sms.sent) == 1
    await post.send(UUID(int=7))


async def test_an_expired_message_stays_and_is_erased(container: Container) -> None:
    message_id = await put(container, expires_at=container.clock()() + timedelta(minutes=5))
    post = Post(container, later=timedelta(minutes=5))
    await post.send(message_id)
    assert post.sms.sent == []
    assert await rows(container, "SELECT state, sealed FROM message") == [("expired", None)]


async def test_a_refusal_for_good_ends_it(container: Container) -> None:
    message_id = await put(container)
    post = Post(container)
    post.sms.planned.append(Rejected("stop", retryable=False))
    with pytest.raises(MessageRefused):
        await post.send(message_id)
    assert await rows(container, "SELECT state, sealed, error FROM message") == [("refused", None, "stop")]


async def test_a_refusal_for_a_while_is_tried_again(container: Container) -> None:
    message_id = await put(container, channel=Channel.MAIL, to="a@example.test")
    post = Post(container)
    post.mail.planned.append(Rejected("451", retryable=True))
    with pytest.raises(MessageDelayed):
        await post.send(message_id)
    assert await rows(container, "SELECT state, error FROM message") == [("waiting", "451")]
    await post.send(message_id)
    assert [(one.to, one.repeated) for one in post.mail.sent] == [("a@example.test", False)]


async def test_a_lost_answer_is_repeated_as_such(container: Container) -> None:
    message_id = await put(container)
    post = Post(container)
    post.sms.planned.append(LOST)
    with pytest.raises(MessageDelayed):
        await post.send(message_id)
    assert await rows(container, "SELECT state FROM message") == [("sending",)]
    # The gateway cannot even be asked: what may have been sent must not become "surely not sent".
    post.sms.planned.append(Rejected("busy", retryable=True))
    with pytest.raises(MessageDelayed):
        await post.send(message_id)
    assert await rows(container, "SELECT state FROM message") == [("sending",)]
    post.sms.planned.append(Uncertain("cannot tell", final=True))
    with pytest.raises(MessageUncertain):
        await post.send(message_id)
    assert len(post.sms.sent) == 1


async def test_a_worker_that_dies_while_it_sends_leaves_a_mark(container: Container) -> None:
    message_id = await put(container)

    class Dies(MemorySms):
        async def send(self, _sms: Any) -> Any:
            raise KeyboardInterrupt

    post = Post(container)
    dying = SendMessage(container.messaging_work, Dies(), post.mail, Bare(), container.clock())
    with pytest.raises(KeyboardInterrupt):
        await dying(message_id)
    await post.send(message_id)
    assert [one.repeated for one in post.sms.sent] == [True]


def test_a_seal_opens_with_its_key_about_its_thing_only(tmp_path: Path) -> None:
    one, same, other = (InstallationSealer(tmp_path / name) for name in ("a", "a", "b"))
    sealed = one.seal(b"secret", "user:1")
    assert same.opened(sealed, "user:1") == b"secret"
    assert one.seal(b"secret", "user:1") != sealed
    assert one.digest("1", "a") == same.digest("1", "a") != other.digest("1", "a")
    assert one.digest("1", "a1") != one.digest("11", "a")
    for sealer, wire, about in (
        (one, sealed, "user:2"),
        (other, sealed, "user:1"),
        (one, sealed[:-1] + bytes([sealed[-1] ^ 1]), "user:1"),
        (one, b"", "user:1"),
    ):
        with pytest.raises(SealBroken):
            sealer.opened(wire, about)
    key = tmp_path / "a" / "secret.key"
    assert key.stat().st_mode & 0o077 == 0
    assert [file.name for file in key.parent.iterdir()] == ["secret.key"]
    given = InstallationSealer(tmp_path / "c", "k" * 32)
    assert given.opened(given.seal(b"x", ""), "") == b"x"
    assert not (tmp_path / "c").exists()
    with pytest.raises(ValueError, match="32"):
        InstallationSealer(tmp_path, "short")
