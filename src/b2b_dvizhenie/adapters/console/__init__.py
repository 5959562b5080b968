"""The offline twins of gateways: every message becomes a file in `outbox/` of the data directory.

For trying the product out, and for installations that send nothing. The log names the file and never what is in it.
"""

import os
from pathlib import Path
from uuid import UUID

import structlog
from msgspec import Struct

from b2b_dvizhenie.application.messaging import Letter, MailSender, Sms, SmsSender
from b2b_dvizhenie.application.shared.adapters import Adapter, Surroundings
from b2b_dvizhenie.domain.messaging import Accepted, Outcome, Rejected

log = structlog.get_logger("messages")
FOLDER = "outbox"


class ConsoleSettings(Struct, frozen=True, forbid_unknown_fields=True):
    """Nothing to set."""


def _written(folder: Path, message_id: UUID, kind: str, content: str) -> Outcome:
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    file = folder / f"{message_id}.{kind}"
    descriptor = os.open(file, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(descriptor, "w", encoding="utf-8", errors="replace", newline="") as target:
        target.write(content)
    log.info("message written", file=str(file))
    return Accepted(file.name)


class ConsoleSms(SmsSender):
    """Writes `<id>.sms`: the number, an empty line, the text. A repeated message is the same file."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    async def send(self, sms: Sms) -> Outcome:
        """Write the file."""
        return _written(self._folder, sms.message_id, "sms", f"{sms.to}\n\n{sms.text}\n")


class ConsoleMail(MailSender):
    """Writes `<id>.mail`: address, subject, an empty line, the text. A repeated letter is the same file."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    async def send(self, letter: Letter) -> Outcome:
        """Write the file."""
        if any(sign.isspace() for sign in letter.to) or "@" not in letter.to:
            return Rejected("address", retryable=False)
        head = " ".join(letter.subject.split())
        return _written(self._folder, letter.message_id, "mail", f"{letter.to}\n{head}\n\n{letter.text}\n")


def _sms(_settings: ConsoleSettings, surroundings: Surroundings) -> SmsSender:
    return ConsoleSms(surroundings.data_dir / FOLDER)


def _mail(_settings: ConsoleSettings, surroundings: Surroundings) -> MailSender:
    return ConsoleMail(surroundings.data_dir / FOLDER)


sms = Adapter(ConsoleSettings, _sms)
mail = Adapter(ConsoleSettings, _mail)
