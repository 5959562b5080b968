"""Letters against a real SMTP server in this process: TLS demanded and checked, refusals, broken lines."""

import asyncio
import datetime as dt
import ssl
import warnings
from collections.abc import AsyncIterator, Sequence
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default
from ipaddress import ip_address
from pathlib import Path
from typing import Any, Self, cast

import pytest
from aiosmtpd.smtp import SMTP, AuthResult
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from b2b_dvizhenie.adapters.console import ConsoleMail
from b2b_dvizhenie.adapters.smtp import SmtpMail, SmtpSettings
from b2b_dvizhenie.application.messaging import MailSender
from b2b_dvizhenie.domain.messaging import Accepted, Outcome, Rejected, Uncertain
from b2b_dvizhenie.entrypoints.container import utc_now
from b2b_dvizhenie.testing.contracts.messages import MailSenderContract, letter
from b2b_dvizhenie.testing.twins.messages import MemoryMail

pytestmark = pytest.mark.anyio
LOGIN, PASSWORD = "portal", "smtp secret"


class Handler:
    """Keeps letters; answers `rcpt` and `data` as told; breaks the line after the dot if told."""

    def __init__(self) -> None:
        self.letters: list[tuple[str, EmailMessage]] = []
        self.rcpt = self.data = "250 OK"
        self.breaks = False
        self.waits = 0

    async def handle_RCPT(  # noqa: N802 - aiosmtpd's name
        self, _server: Any, _session: Any, envelope: Any, address: str, _options: Any
    ) -> str:
        if self.rcpt.startswith("250"):
            envelope.rcpt_tos.append(address)
        return self.rcpt

    async def handle_DATA(self, server: Any, _session: Any, envelope: Any) -> str:  # noqa: N802 - aiosmtpd's name
        if self.data.startswith("250"):
            parsed = message_from_bytes(envelope.content, policy=default)
            self.letters.append((envelope.rcpt_tos[0], cast("EmailMessage", parsed)))
        await asyncio.sleep(self.waits)
        if self.breaks:
            server.transport.abort()
        return self.data


def certificate(folder: Path) -> tuple[Path, ssl.SSLContext]:
    """A certificate for 127.0.0.1 that nobody else has signed, and a server's context with it."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "mail.example.test")])
    now = dt.datetime(2026, 1, 1, tzinfo=dt.UTC)
    made = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(1)
        .not_valid_before(now)
        .not_valid_after(now + dt.timedelta(days=36_500))
        .add_extension(x509.SubjectAlternativeName([x509.IPAddress(ip_address("127.0.0.1"))]), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
        .sign(key, hashes.SHA256())
    )
    public, private = folder / "public.pem", folder / "private.pem"
    public.write_bytes(made.public_bytes(serialization.Encoding.PEM))
    private.write_bytes(
        key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    )
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(public, private)
    return public, context


def _authenticated(_server: Any, _session: Any, _envelope: Any, _mechanism: str, given: Any) -> AuthResult:
    return AuthResult(success=(given.login, given.password) == (LOGIN.encode(), PASSWORD.encode()))


class Server:
    """A mail server on a free port: `tls` as of the settings."""

    def __init__(self, folder: Path, tls: str = "starttls") -> None:
        self.handler = Handler()
        self.tls = tls
        self.ca, self._context = certificate(folder)

    async def __aenter__(self) -> Self:
        options: dict[str, Any] = {"tls_context": self._context, "require_starttls": True}
        if self.tls != "starttls":
            options = {}
        if self.tls != "none":
            options |= {"authenticator": _authenticated, "auth_require_tls": self.tls == "starttls"}
            options |= {"auth_required": True}

        def protocol() -> SMTP:
            with warnings.catch_warnings():
                warnings.simplefilter("ignore")  # it warns of choices that a test makes on purpose
                return SMTP(self.handler, enable_SMTPUTF8=True, loop=asyncio.get_running_loop(), **options)

        implicit = self._context if self.tls == "implicit" else None
        self._server = await asyncio.get_running_loop().create_server(protocol, "127.0.0.1", 0, ssl=implicit)
        self.port = self._server.sockets[0].getsockname()[1]
        return self

    async def __aexit__(self, *_: object) -> None:
        self._server.close()

    def sender(self, **changes: Any) -> SmtpMail:
        account = {} if self.tls == "none" else {"login": LOGIN, "password": PASSWORD}
        values = {
            "host": "127.0.0.1",
            "port": self.port,
            "sender": "portal@seller.test",
            "sender_name": "ВольтОпт",
            "tls": self.tls,
            "ca_file": str(self.ca),
            "timeout_seconds": 2,
        }
        return SmtpMail(SmtpSettings(**{**values, **account, **changes}), utc_now)


class TestSmtp(MailSenderContract):
    @pytest.fixture(autouse=True, params=["starttls", "implicit", "none"])
    async def _serving(self, tmp_path: Path, request: pytest.FixtureRequest) -> AsyncIterator[None]:
        async with Server(tmp_path, request.param) as self.server:
            yield

    async def sender(self) -> MailSender:
        return self.server.sender()

    async def arrived(self) -> Sequence[tuple[str, str, str]]:
        return [
            (to, str(one["subject"]), one.get_content().replace("\r\n", "\n").removesuffix("\n"))
            for to, one in self.server.handler.letters
        ]


class TestMemory(MailSenderContract):
    async def sender(self) -> MailSender:
        self.twin = MemoryMail()
        return self.twin

    async def arrived(self) -> Sequence[tuple[str, str, str]]:
        return [(one.to, " ".join(one.subject.split()), one.text) for one in self.twin.sent if "\n" not in one.to]


class TestConsole(MailSenderContract):
    @pytest.fixture(autouse=True)
    def _folder(self, tmp_path: Path) -> None:
        self.folder = tmp_path

    async def sender(self) -> MailSender:
        return ConsoleMail(self.folder)

    async def arrived(self) -> Sequence[tuple[str, str, str]]:
        found = []
        for file in sorted(self.folder.glob("*.mail"), key=lambda file: file.stat().st_mtime_ns):
            to, subject, _, text = file.read_bytes().decode().removesuffix("\n").split("\n", 3)
            found.append((to, subject, text))
        return found


@pytest.fixture
async def server(tmp_path: Path) -> AsyncIterator[Server]:
    async with Server(tmp_path) as one:
        yield one


async def test_headers_say_who_writes_and_that_a_machine_does(server: Server) -> None:
    one = letter()
    assert isinstance(await server.sender().send(one), Accepted)
    ((to, message),) = server.handler.letters
    assert to == one.to
    assert message["from"].addresses[0].addr_spec == "portal@seller.test"
    assert message["from"].addresses[0].display_name == "ВольтОпт"
    assert message["message-id"] == f"<{one.message_id}@seller.test>"
    assert message["auto-submitted"] == "auto-generated"


@pytest.mark.parametrize(
    ("changes", "retryable"), [({"password": "wrong"}, True), ({"ca_file": ""}, True), ({"port": 9}, True)]
)
async def test_what_is_ours_to_mend_waits(server: Server, changes: dict[str, Any], retryable: bool) -> None:
    """A wrong password, a certificate that nobody trusts, a server that is not there."""
    outcome = await server.sender(**changes).send(letter())
    assert isinstance(outcome, Rejected)
    assert outcome.retryable is retryable
    assert server.handler.letters == []


async def test_tls_is_demanded_and_not_merely_tried(tmp_path: Path) -> None:
    async with Server(tmp_path, "none") as plain:
        outcome = await plain.sender(tls="starttls").send(letter())
        assert isinstance(outcome, Rejected)
        assert plain.handler.letters == []


@pytest.mark.parametrize(
    ("rcpt", "data", "expected"),
    [
        ("550 no such user", "250 OK", Rejected("550", retryable=False)),
        ("451 greylisted", "250 OK", Rejected("451", retryable=True)),
        ("250 OK", "554 spam", Rejected("554", retryable=False)),
        ("250 OK", "452 disk full", Rejected("452", retryable=True)),
    ],
)
async def test_refusals(server: Server, rcpt: str, data: str, expected: Outcome) -> None:
    server.handler.rcpt, server.handler.data = rcpt, data
    assert await server.sender().send(letter()) == expected


async def test_a_line_that_breaks_after_the_dot_leaves_it_open(server: Server) -> None:
    server.handler.breaks = True
    assert isinstance(await server.sender().send(letter()), Uncertain)
    assert len(server.handler.letters) == 1


async def test_a_server_that_answers_too_late_leaves_it_open(server: Server) -> None:
    server.handler.waits = 2
    assert isinstance(await server.sender(timeout_seconds=1).send(letter()), Uncertain)


def test_a_password_does_not_go_over_an_open_line() -> None:
    settings = SmtpSettings(host="mail.example.test", sender="a@example.test", tls="none", login="a", password="b")
    with pytest.raises(ValueError, match="TLS"):
        SmtpMail(settings, utc_now)
