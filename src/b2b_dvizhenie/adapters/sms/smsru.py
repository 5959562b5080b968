"""SMS by SMS.RU (protocols.md §3.2)."""

from msgspec import Struct

from b2b_dvizhenie.adapters.sms.gateway import asked
from b2b_dvizhenie.application.messaging import Sms, SmsSender
from b2b_dvizhenie.application.shared.adapters import Adapter, Surroundings
from b2b_dvizhenie.domain.messaging import Accepted, Outcome, Rejected, Uncertain

_TAKEN = range(100, 104)
_LATER = {201, 206, 220, 230, 231, 232}
"""Money, limits of the day, an overload: they pass. Everything else is for good."""


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
        fields = {"api_id": self._settings.api_id, "json": "1", "to": phone, "msg": sms.text}
        if self._settings.sender:
            fields["from"] = self._settings.sender
        answer = await asked("smsru", f"{self._settings.url}sms/send", fields, self._settings.timeout_seconds)
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


def _build(settings: SmsRuSettings, _surroundings: Surroundings) -> SmsSender:
    return SmsRu(settings)


adapter = Adapter(SmsRuSettings, _build)
