"""SMS by SMSC.ru (protocols.md §3.1)."""

from typing import Any
from uuid import UUID

from msgspec import Struct

from b2b_dvizhenie.adapters.sms.gateway import asked
from b2b_dvizhenie.application.messaging import Sms, SmsSender
from b2b_dvizhenie.application.shared.adapters import Adapter, Surroundings
from b2b_dvizhenie.domain.messaging import Accepted, Outcome, Rejected, Uncertain

_TOO_MANY = 9
_LATER = {3, 4, _TOO_MANY}
"""Money (somebody pays it in), blocked for a while, too many at once: they pass. Everything else is for good."""
_ABSENT = -3


class SmscSettings(Struct, frozen=True, forbid_unknown_fields=True):
    """The account: `login` and `password`; `sender` is the agreed name, "" for the account's own."""

    login: str
    password: str
    sender: str = ""
    url: str = "https://smsc.ru/sys/"
    timeout_seconds: int = 15


def own_id(message_id: UUID) -> int:
    """The gateway takes an id of ours, a positive whole number of 31 bits: the random end of a UUIDv7."""
    return (message_id.int & 0x7FFF_FFFF) or 1


class SmscSms(SmsSender):
    """The gateway keeps our id with the number, so a repeated message is looked up before it is sent."""

    def __init__(self, settings: SmscSettings) -> None:
        self._settings = settings

    async def send(self, sms: Sms) -> Outcome:
        """Look a repeated one up, then hand over."""
        phone, number = sms.to.removeprefix("+"), own_id(sms.message_id)
        if sms.repeated:
            known = await self._known(phone, number)
            if known is not None:
                return known
        fields = {"phones": phone, "mes": sms.text, "id": str(number), "charset": "utf-8", "cost": "3"}
        if self._settings.sender:
            fields["sender"] = self._settings.sender
        answer = await self._asked("send.php", fields)
        if not isinstance(answer, dict):
            return answer
        if "error_code" in answer:
            code = answer["error_code"]
            if code == _TOO_MANY and not sms.repeated:
                return Uncertain("smsc:9")  # also said of a message that has just been taken: looking it up tells
            return Rejected(f"smsc:{code}", retryable=code in _LATER)
        if str(answer.get("id")) != str(number):
            return Uncertain("smsc:answer")
        return Accepted(str(number))

    async def _known(self, phone: str, number: int) -> Outcome | None:
        """What the gateway says of the earlier attempt; None where there was none."""
        answer = await self._asked("status.php", {"phone": phone, "id": str(number)})
        if isinstance(answer, Rejected):
            return answer
        if not isinstance(answer, dict):
            return Rejected("smsc:status", retryable=True)  # nothing was sent by asking
        if answer.get("status") == _ABSENT:
            return None
        if "error_code" in answer:
            return Rejected(f"smsc:{answer['error_code']}", retryable=True)
        return Accepted(str(number))

    async def _asked(self, page: str, fields: dict[str, str]) -> dict[str, Any] | Outcome:
        account = {"login": self._settings.login, "psw": self._settings.password, "fmt": "3"}
        return await asked("smsc", f"{self._settings.url}{page}", account | fields, self._settings.timeout_seconds)


def _build(settings: SmscSettings, _surroundings: Surroundings) -> SmsSender:
    return SmscSms(settings)


adapter = Adapter(SmscSettings, _build)
