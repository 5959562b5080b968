"""What administrators change at run time. A context that has settings adds them to `DECLARED`, in the order they are
shown, and what must follow one in the same transaction to `EFFECTS`.
"""

from collections.abc import Mapping
from typing import Any

from dependency_injector import providers

from b2b_dvizhenie.adapters.postgres.identity import end_longer_sessions
from b2b_dvizhenie.adapters.postgres.settings import Effect, PostgresSettingReader, PostgresSettingsTransaction
from b2b_dvizhenie.application import settings
from b2b_dvizhenie.domain import balances, companies, drift, identity, pricing, vip, visibility
from b2b_dvizhenie.domain.settings import Setting
from b2b_dvizhenie.entrypoints.parts.base import Base

DECLARED: tuple[Setting[Any], ...] = (
    *identity.SETTINGS,
    *companies.SETTINGS,
    *visibility.SETTINGS,
    *balances.SETTINGS,
    *pricing.CURRENCY_SETTINGS,
    *pricing.LIVE_SETTINGS,
    *vip.SETTINGS,
    *drift.SETTINGS,
)
EFFECTS: Mapping[str, Effect] = {identity.TOKEN_LIFETIME_DAYS.key: end_longer_sessions}


class RunTimeSettings(Base):
    """What administrators change at run time."""

    setting_reader = providers.Singleton(PostgresSettingReader, Base.database)
    current_settings = providers.Singleton(settings.CurrentSettings, setting_reader, Base.clock)
    settings_work = providers.Factory(PostgresSettingsTransaction, Base.database, Base.clock, providers.Object(EFFECTS))
    show_settings = providers.Factory(settings.ShowSettings, settings_work.provider, providers.Object(DECLARED))
    change_settings = providers.Factory(settings.ChangeSettings, settings_work.provider, providers.Object(DECLARED))
