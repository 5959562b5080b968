"""Words of messages: msgids `message.<template>.<subject|text|sms>` of the locale, filled with the message's params."""

from collections.abc import Mapping

from b2b_dvizhenie.application.messaging import MessageTexts, WrittenMessage
from b2b_dvizhenie.domain.messaging import Channel
from b2b_dvizhenie.entrypoints.settings import Settings
from b2b_dvizhenie.entrypoints.texts import LANGUAGES, translations


class LocaleTexts(MessageTexts):
    """Every text may also use `{portal}` (the seller's name) and `{address}` (where the portal is)."""

    def __init__(self, settings: Settings) -> None:
        self._common = {"portal": settings.brand.name, "address": public_address(settings)}

    def written(self, template: str, channel: Channel, language: str, params: Mapping[str, str]) -> WrittenMessage:
        """Subject and text; raises LookupError for a template without words, which is a mistake of ours."""
        known = language if language in LANGUAGES else LANGUAGES[0]
        filling = {**params, **self._common}
        if channel is Channel.SMS:
            return WrittenMessage("", self._text(f"message.{template}.sms", known).format_map(filling))
        subject = self._text(f"message.{template}.subject", known).format_map(filling)
        return WrittenMessage(subject, self._text(f"message.{template}.text", known).format_map(filling))

    def _text(self, code: str, language: str) -> str:
        text = translations(language).gettext(code)
        if text == code:
            raise LookupError(f"no {language} text for {code}")
        return text


def public_address(settings: Settings) -> str:
    """Where people reach the portal, without a slash at the end. Not taken from a request: anybody can forge one."""
    http = settings.http
    return (http.public_url or f"http://{http.host}:{http.port}").rstrip("/")
