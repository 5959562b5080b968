"""SMSC.ru and SMS.RU against their simulator: the contract, and what each vendor says in his own words."""

import logging
from collections.abc import AsyncIterator, Sequence
from pathlib import Path

import pytest
from msgspec.structs import replace

from b2b_dvizhenie.adapters.console import ConsoleSms
from b2b_dvizhenie.adapters.sms.smsc import SmscSettings, SmscSms, own_id
from b2b_dvizhenie.adapters.sms.smsru import SmsRu, SmsRuSettings
from b2b_dvizhenie.application.messaging import SmsSender
from b2b_dvizhenie.domain.messaging import Accepted, Outcome, Rejected, Uncertain
from b2b_dvizhenie.testing.contracts.messages import PHONE, TEXT, SmsSenderContract, sms
from b2b_dvizhenie.testing.gateways import Fault, SmsGateway
from b2b_dvizhenie.testing.gateways.sms import API_ID, LOGIN, PASSWORD
from b2b_dvizhenie.testing.twins.messages import LOST, MemorySms

pytestmark = pytest.mark.anyio


class OverHttp(SmsSenderContract):
    gateway: SmsGateway
    url: str

    @pytest.fixture(autouse=True)
    async def _serving(self) -> AsyncIterator[None]:
        self.gateway = SmsGateway()
        async with self.gateway.serving() as self.url:
            yield

    async def arrived(self) -> Sequence[tuple[str, str]]:
        return [(f"+{one.phone}", one.text) for one in self.gateway.taken]

    def lose_the_next_answer(self) -> None:
        self.gateway.faults.append(Fault.LOST_ANSWER)

    def refuse_the_next_for_a_while(self) -> None:
        self.gateway.faults.append(Fault.BUSY)


class TestSmsc(OverHttp):
    async def sender(self) -> SmsSender:
        return SmscSms(SmscSettings(LOGIN, PASSWORD, url=self.url, timeout_seconds=1))


class TestSmsRu(OverHttp):
    async def sender(self) -> SmsSender:
        return SmsRu(SmsRuSettings(API_ID, url=self.url, timeout_seconds=1))


class TestMemory(SmsSenderContract):
    async def sender(self) -> SmsSender:
        self.twin = MemorySms()
        return self.twin

    async def arrived(self) -> Sequence[tuple[str, str]]:
        return [(one.to, one.text) for one in self.twin.sent]

    def lose_the_next_answer(self) -> None:
        self.twin.planned.append(LOST)

    def refuse_the_next_for_a_while(self) -> None:
        self.twin.planned.append(Rejected("busy", retryable=True))


class TestConsole(SmsSenderContract):
    can_fail = False

    @pytest.fixture(autouse=True)
    def _folder(self, tmp_path: Path) -> None:
        self.folder = tmp_path

    async def sender(self) -> SmsSender:
        return ConsoleSms(self.folder / "outbox")

    async def arrived(self) -> Sequence[tuple[str, str]]:
        files = sorted((self.folder / "outbox").glob("*.sms"), key=lambda file: file.stat().st_mtime_ns)
        contents = [file.read_text("utf-8").removesuffix("\n").split("\n\n", 1) for file in files]
        assert all(file.stat().st_mode & 0o077 == 0 for file in files)
        return [(to, text) for to, text in contents]


class Forgetful(SmscSms):
    """Sabotage: does not look a repeated message up."""

    async def send(self, sms):  # type: ignore[override]
        return await super().send(replace(sms, repeated=False))


async def test_the_contract_notices_a_sender_that_does_not_look_up() -> None:
    contract = TestSmsc()
    contract.gateway = SmsGateway()
    async with contract.gateway.serving() as contract.url:
        contract.sender = lambda: _made(Forgetful(SmscSettings(LOGIN, PASSWORD, url=contract.url)))  # type: ignore[method-assign]
        with pytest.raises(AssertionError):
            await contract.test_a_message_whose_answer_was_lost_is_never_sent_twice()


async def _made(sender: SmsSender) -> SmsSender:
    return sender


async def outcome_of(
    vendor: str, gateway: SmsGateway, *, secret: str = "", to: str = PHONE, text: str = TEXT
) -> Outcome:
    async with gateway.serving() as url:
        sender: SmsSender
        if vendor == "smsc":
            sender = SmscSms(SmscSettings(LOGIN, secret or PASSWORD, url=url, timeout_seconds=1))
        else:
            sender = SmsRu(SmsRuSettings(secret or API_ID, url=url, timeout_seconds=1))
        return await sender.send(sms(to, text))


@pytest.mark.parametrize(
    ("vendor", "changes", "expected"),
    [
        ("smsc", {"secret": "wrong"}, Rejected("smsc:2", retryable=False)),
        ("smsru", {"secret": "wrong"}, Rejected("smsru:200", retryable=False)),
        ("smsc", {"to": "+79120000003"}, Rejected("smsc:8", retryable=False)),
        ("smsru", {"to": "+79120000003"}, Rejected("smsru:209", retryable=False)),
        ("smsc", {"text": ""}, Rejected("smsc:1", retryable=False)),
        ("smsru", {"text": ""}, Rejected("smsru:203", retryable=False)),
    ],
)
async def test_refusals_in_the_vendors_words(vendor: str, changes: dict[str, str], expected: Outcome) -> None:
    assert await outcome_of(vendor, SmsGateway(), **changes) == expected


@pytest.mark.parametrize("vendor", ["smsc", "smsru"])
async def test_an_empty_purse_is_filled_some_day(vendor: str) -> None:
    outcome = await outcome_of(vendor, SmsGateway(balance=0))
    assert isinstance(outcome, Rejected)
    assert outcome.retryable


@pytest.mark.parametrize("vendor", ["smsc", "smsru"])
@pytest.mark.parametrize("fault", [Fault.RESET, Fault.SLOW, Fault.GARBAGE, Fault.HTTP_500])
async def test_whatever_the_line_does_is_uncertain(vendor: str, fault: Fault) -> None:
    gateway = SmsGateway(slow_seconds=2)
    gateway.faults.append(fault)
    assert isinstance(await outcome_of(vendor, gateway), Uncertain)


async def test_an_answer_that_trickles_is_not_waited_out() -> None:
    """No wait for a byte is long; limits of single steps would take the whole answer, seconds later."""
    gateway = SmsGateway()
    gateway.faults.append(Fault.TRICKLING)
    assert await outcome_of("smsru", gateway) == Uncertain("TimeoutError")
    assert len(gateway.taken) == 1


@pytest.mark.parametrize("vendor", ["smsc", "smsru"])
async def test_a_gateway_that_cannot_be_reached_was_sent_nothing(vendor: str) -> None:
    url = "http://127.0.0.1:9/"
    sender: SmsSender = SmscSms(SmscSettings(LOGIN, PASSWORD, url=url))
    if vendor == "smsru":
        sender = SmsRu(SmsRuSettings(API_ID, url=url))
    outcome = await sender.send(sms())
    assert isinstance(outcome, Rejected)
    assert outcome.retryable


async def test_a_repeat_within_a_minute_is_looked_up_before_it_is_believed() -> None:
    """Error 9 may mean that the message is there already."""
    gateway = SmsGateway()
    gateway.refuses_repeats = True
    async with gateway.serving() as url:
        sender = SmscSms(SmscSettings(LOGIN, PASSWORD, url=url))
        message = sms()
        assert isinstance(await sender.send(message), Accepted)
        assert isinstance(await sender.send(message), Uncertain)
        assert await sender.send(replace(message, repeated=True)) == Accepted(str(own_id(message.message_id)))
    assert len(gateway.taken) == 1


async def test_an_unanswered_question_about_a_repeat_sends_nothing() -> None:
    gateway = SmsGateway()
    gateway.faults.append(Fault.HTTP_500)
    async with gateway.serving() as url:
        outcome = await SmscSms(SmscSettings(LOGIN, PASSWORD, url=url)).send(replace(sms(), repeated=True))
    assert isinstance(outcome, Rejected)
    assert outcome.retryable
    assert gateway.asked == ["/status.php"]


@pytest.mark.parametrize("vendor", ["smsc", "smsru"])
async def test_nothing_secret_is_logged(vendor: str, caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.DEBUG):
        await outcome_of(vendor, SmsGateway())
    logged = caplog.text
    assert not any(secret in logged for secret in (PASSWORD, "gateway+secret", API_ID, "042137", "9120000000"))
