"""What every gateway for short messages and letters does (ports `SmsSender`, `MailSender`)."""

from abc import ABC, abstractmethod
from collections.abc import Sequence

import pytest
from msgspec.structs import replace

from b2b_dvizhenie.application.messaging import Letter, MailSender, Sms, SmsSender
from b2b_dvizhenie.domain.messaging import Accepted, Rejected, Uncertain
from b2b_dvizhenie.domain.shared.ids import new_id

PHONE, WRONG_PHONE = "+79120000000", "+79120000002"
ADDRESS = "buyer@example.test"
TEXT = "Код 042137. \u0401\u0436\u0438\u043a & <b>\u00ab\u0446\u0435\u043d\u0430\u00bb</b> % + = ; 🦔"


def sms(to: str = PHONE, text: str = TEXT) -> Sms:
    """A message of its own."""
    return Sms(new_id(), to, text)


def letter(to: str = ADDRESS, subject: str = "Вход", text: str = TEXT) -> Letter:
    """A letter of its own."""
    return Letter(new_id(), to, subject, text)


@pytest.mark.anyio
class SmsSenderContract(ABC):
    """Subclass and implement what prepares the gateway and looks into it."""

    can_fail = True
    """False for a sender that has no gateway behind it."""

    @abstractmethod
    async def sender(self) -> SmsSender:
        """The sender under test, with a gateway that works and has taken nothing yet."""

    @abstractmethod
    async def arrived(self) -> Sequence[tuple[str, str]]:
        """Number (+7…) and text of everything that was sent, in order."""

    def lose_the_next_answer(self) -> None:
        """The gateway takes the next message and its answer is lost."""
        pytest.skip("no gateway that could lose an answer")

    def refuse_the_next_for_a_while(self) -> None:
        """The gateway answers the next message that it is overloaded."""
        pytest.skip("no gateway that could be overloaded")

    async def test_a_message_arrives_once_as_it_was_written(self) -> None:
        """Number and text, signs of every alphabet included."""
        sender = await self.sender()
        assert isinstance(await sender.send(sms()), Accepted)
        assert list(await self.arrived()) == [(PHONE, TEXT)]

    async def test_messages_to_several_numbers_do_not_mix(self) -> None:
        """Each number gets its own."""
        sender = await self.sender()
        for number in range(3):
            assert isinstance(await sender.send(sms(f"+7912000001{number}", str(number))), Accepted)
        assert list(await self.arrived()) == [(f"+7912000001{number}", str(number)) for number in range(3)]

    async def test_a_wrong_number_is_refused_for_good(self) -> None:
        """Repeating would not help."""
        if not self.can_fail:
            pytest.skip("takes every number")
        sender = await self.sender()
        outcome = await sender.send(sms(WRONG_PHONE))
        assert isinstance(outcome, Rejected)
        assert not outcome.retryable
        assert list(await self.arrived()) == []

    async def test_an_overload_passes(self) -> None:
        """Whatever the first answer says, the message arrives later, once."""
        sender = await self.sender()
        self.refuse_the_next_for_a_while()
        message = sms()
        outcome = await sender.send(message)
        assert outcome == Rejected(outcome.code, retryable=True) if isinstance(outcome, Rejected) else True
        repeated = replace(message, repeated=isinstance(outcome, Uncertain))
        assert isinstance(await sender.send(repeated), Accepted)
        assert list(await self.arrived()) == [(PHONE, TEXT)]

    async def test_a_message_whose_answer_was_lost_is_never_sent_twice(self) -> None:
        """It is uncertain, and repeating it as such finds it, or finds that it cannot be told."""
        sender = await self.sender()
        self.lose_the_next_answer()
        message = sms()
        assert isinstance(await sender.send(message), Uncertain)
        for _ in range(2):
            outcome = await sender.send(replace(message, repeated=True))
            assert isinstance(outcome, Accepted) or outcome == Uncertain(getattr(outcome, "reason", ""), final=True)
        assert list(await self.arrived()) == [(PHONE, TEXT)]


@pytest.mark.anyio
class MailSenderContract(ABC):
    """Subclass and implement what prepares the server and looks into it."""

    @abstractmethod
    async def sender(self) -> MailSender:
        """The sender under test, with a server that works and has taken nothing yet."""

    @abstractmethod
    async def arrived(self) -> Sequence[tuple[str, str, str]]:
        """Address, subject and text of everything that was sent, in order."""

    async def test_a_letter_arrives_as_it_was_written(self) -> None:
        """Address, subject and text, signs of every alphabet included."""
        sender = await self.sender()
        assert isinstance(await sender.send(letter()), Accepted)
        assert list(await self.arrived()) == [(ADDRESS, "Вход", TEXT)]

    async def test_no_field_adds_headers(self) -> None:
        """A line break in the subject is a space; one in the address is refused or harmless."""
        sender = await self.sender()
        await sender.send(letter(subject="Вход\r\nBcc: thief@example.test"))
        await sender.send(letter(to="buyer@example.test\r\nRCPT TO:<thief@example.test>"))
        told = [one for one in await self.arrived() if "thief" in one[0]]
        assert told == []
        assert (await self.arrived())[0][1] == "Вход Bcc: thief@example.test"

    async def test_long_lines_and_texts_survive(self) -> None:
        """SMTP limits lines to 998 bytes."""
        sender = await self.sender()
        text = "ё" * 5000 + "\n.\n..\nFrom here\n" + "x" * 3000
        assert isinstance(await sender.send(letter(text=text)), Accepted)
        assert [one[2] for one in await self.arrived()] == [text]
