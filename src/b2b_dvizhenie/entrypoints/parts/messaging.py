"""Messages to people: the gateways that the settings choose, the box in which messages wait."""

from typing import Any

from dependency_injector import providers

from b2b_dvizhenie.adapters.postgres.messaging import PostgresMessagingTransaction
from b2b_dvizhenie.application import messaging
from b2b_dvizhenie.application.shared.adapters import Surroundings
from b2b_dvizhenie.application.shared.clock import Clock
from b2b_dvizhenie.entrypoints.message_texts import LocaleTexts
from b2b_dvizhenie.entrypoints.parts.base import Base
from b2b_dvizhenie.entrypoints.parts.settings import RunTimeSettings
from b2b_dvizhenie.entrypoints.plugins import build_adapter
from b2b_dvizhenie.entrypoints.settings import Settings


def chosen(port: str, settings: Settings, clock: Clock) -> Any:
    """The adapter of `[sms]`, `[mail]` or another section; raises SettingsError."""
    return build_adapter(port, getattr(settings, port), Surroundings(settings.data, clock))


class Messaging(RunTimeSettings):
    """Messages to people."""

    sms_sender = providers.Singleton(chosen, "sms", Base.settings, Base.clock)
    mail_sender = providers.Singleton(chosen, "mail", Base.settings, Base.clock)
    message_texts = providers.Singleton(LocaleTexts, Base.settings)
    messaging_work = providers.Factory(PostgresMessagingTransaction, Base.database, Base.clock, Base.sealer)
    send_message = providers.Factory(
        messaging.SendMessage, messaging_work.provider, sms_sender, mail_sender, message_texts, Base.clock
    )
