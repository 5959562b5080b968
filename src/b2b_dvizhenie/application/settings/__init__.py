"""Reading and changing what administrators decide at run time."""

from b2b_dvizhenie.application.settings.ports import (
    SettingReader,
    SettingStore,
    SettingsTransaction,
    SettingsWork,
    StoredSetting,
)
from b2b_dvizhenie.application.settings.use_cases import (
    ChangeSettings,
    CurrentSettings,
    SettingLine,
    SettingsPage,
    ShowSettings,
)

__all__ = [
    "ChangeSettings",
    "CurrentSettings",
    "SettingLine",
    "SettingReader",
    "SettingStore",
    "SettingsPage",
    "SettingsTransaction",
    "SettingsWork",
    "ShowSettings",
    "StoredSetting",
]
