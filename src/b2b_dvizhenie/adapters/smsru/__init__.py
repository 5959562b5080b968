"""SMS by SMS.RU (protocols.md §3.2)."""

import json
from typing import Any

import httpx
from msgspec import Struct

from b2b_dvizhenie.application.messaging import Sms, SmsSender
from b2b_dvizhenie.application.shared.adapters import Adapter, Surroundings
from b2b_dvizhenie.domain.messaging import Accepted, Outcome, Rejected, Uncertain

_TAKEN = range(100, 104)
_LATER = {201, 206, 220, 230, 231, 232}
"""Money, limits of the day, an overload: they pass. Everything else is for good."""
_MAX_ANSWER = 64 * 1024


class SmsRuSettings(Struct, frozen=True, forbid_unknown_fields=True):
    """The account: `api_id`; `sender` is the agreed name, "" for the account's own."""

    api_id: str
    sender: str = ""
    url: str = "https://sms.ru/"
    timeout_seconds: int = 15


class SmsRu(SmsSender):
    """The gateway takes no id of ours, so an attempt whose answer was lost cannot be looked up and is not repeated."""

    def __init__(self, settings: SmsRuSettings) -> None:
        self._settings = settings

    async def send(self, sms: Sms) -> Outcome:
        """Hand it over; an `OK` over the answer is not yet one for the number."""
        if sms.repeated:
            return Uncertain("smsru:lost answer", final=True)
        phone = sms.to.removeprefix("+")
        answer = await self._asked({"to": phone, "msg": sms.text})
        if not isinstance(answer, dict):
            return answer
        code = answer.get("status_code")
        if answer.get("status") == "OK":
            numbers = answer.get("sms")
            line = numbers.get(phone) if isinstance(numbers, dict) else None
            if not isinstance(line, dict):
                return Uncertain("smsru:answer")
            code = line.get("status_code")
            if line.get("status") == "OK" and code in _TAKEN:
                return Accepted(str(line.get("sms_id", "")))
        if not isinstance(code, int):
            return Uncertain("smsru:answer")
        return Rejected(f"smsru:{code}", retryable=code in _LATER)

    async def _asked(self, fields: dict[str, str]) -> dict[str, Any] | Outcome:
        account = {"api_id": self._settings.api_id, "json": "1"}
        if self._settings.sender:
            account["from"] = self._settings.sender
        try:
            async with httpx.AsyncClient(timeout=self._settings.timeout_seconds, follow_redirects=False) as client:
                response = await client.post(f"{self._settings.url}sms/send", data={**account, **fields})
        except (httpx.ConnectError, httpx.ConnectTimeout, httpx.UnsupportedProtocol, httpx.InvalidURL) as error:
            return Rejected(type(error).__name__, retryable=True)
        except httpx.HTTPError as error:
            return Uncertain(type(error).__name__)
        if response.status_code != httpx.codes.OK or len(response.content) > _MAX_ANSWER:
            return Uncertain(f"smsru:http {response.status_code}")
        try:
            answer = json.loads(response.content)
        except ValueError:
            return Uncertain("smsru:answer")
        return answer if isinstance(answer, dict) else Uncertain("smsru:answer")


def _build(settings: SmsRuSettings, _surroundings: Surroundings) -> SmsSender:
    return SmsRu(settings)


adapter = Adapter(SmsRuSettings, _build)
