"""Letters by SMTP (protocols.md §4.1)."""

import ssl
from collections.abc import Callable
from datetime import datetime
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import SMTP as WIRE
from email.utils import format_datetime
from typing import Literal

import aiosmtplib
from msgspec import Struct

from b2b_dvizhenie.application.messaging import Letter, MailSender
from b2b_dvizhenie.application.shared.adapters import Adapter, Surroundings
from b2b_dvizhenie.domain.messaging import Accepted, Outcome, Rejected, Uncertain

_SUBJECT = 200


class SmtpSettings(Struct, frozen=True, forbid_unknown_fields=True):
    """The mail server.

    `tls`: `starttls` (port 587, demanded and not merely tried), `implicit` (465), `none` for a server on this machine.
    `ca_file` holds certificates to trust besides the system's, for a server inside the company.
    """

    host: str
    sender: str
    sender_name: str = ""
    port: int = 587
    tls: Literal["starttls", "implicit", "none"] = "starttls"
    login: str = ""
    password: str = ""
    timeout_seconds: int = 20
    ca_file: str = ""


class SmtpMail(MailSender):
    """One connection per letter: there are few of them, and no state survives a failure.

    Raises:
        ValueError: the sender is no address, or a password would go over an open line to another machine.
    """

    def __init__(self, settings: SmtpSettings, clock: Callable[[], datetime]) -> None:
        self._settings = settings
        self._clock = clock
        self._from = Address(settings.sender_name, addr_spec=settings.sender)
        if settings.tls == "none" and settings.login and settings.host not in ("localhost", "127.0.0.1", "::1"):
            raise ValueError("a password is sent only over TLS: set tls to starttls or implicit")
        self._context = None
        if settings.tls != "none":
            self._context = ssl.create_default_context()
            if settings.ca_file:
                self._context.load_verify_locations(settings.ca_file)

    async def send(self, letter: Letter) -> Outcome:
        """Hand it over; the answer after the final dot decides."""
        try:
            message = self._message(letter)
        except ValueError:
            return Rejected("address", retryable=False)
        settings = self._settings
        client = aiosmtplib.SMTP(
            hostname=settings.host,
            port=settings.port,
            use_tls=settings.tls == "implicit",
            start_tls=settings.tls == "starttls",
            tls_context=self._context,
            username=settings.login or None,
            password=settings.password or None,
            timeout=settings.timeout_seconds,
        )
        try:
            try:
                await client.connect()
            except aiosmtplib.SMTPResponseException as error:
                return Rejected(str(error.code), retryable=True)  # ours to mend: a password, a block
            except (aiosmtplib.SMTPException, OSError, ValueError) as error:
                return Rejected(type(error).__name__, retryable=True)
            return await self._delivered(client, letter, message)
        finally:
            client.close()

    async def _delivered(self, client: aiosmtplib.SMTP, letter: Letter, message: EmailMessage) -> Outcome:
        try:
            await client.mail(self._settings.sender)
            await client.rcpt(letter.to)
        except aiosmtplib.SMTPResponseException as error:
            return Rejected(str(error.code), retryable=error.code < 500)
        except (aiosmtplib.SMTPException, OSError, ValueError) as error:
            return Rejected(type(error).__name__, retryable=True)
        try:
            answer = await client.data(message.as_bytes())
        except aiosmtplib.SMTPResponseException as error:
            return Rejected(str(error.code), retryable=error.code < 500)
        except (aiosmtplib.SMTPException, OSError) as error:
            return Uncertain(type(error).__name__)
        return Accepted(answer.message[:100])

    def _message(self, letter: Letter) -> EmailMessage:
        message = EmailMessage(policy=WIRE)
        message["From"] = self._from
        message["To"] = Address(addr_spec=letter.to)
        message["Subject"] = " ".join(letter.subject.split())[:_SUBJECT]
        message["Date"] = format_datetime(self._clock())
        message["Message-ID"] = f"<{letter.message_id}@{self._from.domain}>"
        message["Auto-Submitted"] = "auto-generated"
        message.set_content(letter.text.encode("utf-8", "replace").decode(), cte="base64")
        return message


def _build(settings: SmtpSettings, surroundings: Surroundings) -> MailSender:
    return SmtpMail(settings, surroundings.clock)


adapter = Adapter(SmtpSettings, _build)
