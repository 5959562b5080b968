"""What people receive: gateways in memory, and a worker that does the jobs on the way there at once."""

import re
from typing import Any

from sqlalchemy import text

from b2b_dvizhenie.domain.shared.ids import new_id
from b2b_dvizhenie.entrypoints.container import Container
from b2b_dvizhenie.entrypoints.worker.handlers import HANDLERS, RunningJob
from b2b_dvizhenie.testing.twins.messages import MemoryMail, MemorySms

_CODE = re.compile(r"(?<!\d)\d{6}(?!\d)")
_TOKEN = re.compile(r"token=([\w-]+)")


class Mailbox:
    """Messages that this container sends from now on."""

    def __init__(self, container: Container) -> None:
        self._container = container
        self.sms, self.mail = MemorySms(), MemoryMail()
        container.sms_sender.override(self.sms)
        container.mail_sender.override(self.mail)

    async def deliver(self) -> int:
        """Do every waiting job, also those that others leave; how many there were."""
        done = 0
        while jobs := await self._taken():
            for name, payload, request_id in jobs:
                await HANDLERS[name](self._container, payload, RunningJob(str(new_id()), 1, request_id))
            done += len(jobs)
        return done

    async def _taken(self) -> list[tuple[str, dict[str, Any], str]]:
        taking = text("DELETE FROM job RETURNING name, payload, request_id")
        async with self._container.database().engine.begin() as connection:
            return [tuple(row) for row in await connection.execute(taking)]

    @property
    def texts(self) -> list[str]:
        """Everything that arrived, the latest last."""
        return [*(one.text for one in self.sms.sent), *(one.text for one in self.mail.sent)]

    def codes(self) -> list[str]:
        """Six-digit codes that arrived."""
        return [code for text in self.texts for code in _CODE.findall(text)]

    def tokens(self) -> list[str]:
        """Tokens of links that arrived."""
        return [token for text in self.texts for token in _TOKEN.findall(text)]
