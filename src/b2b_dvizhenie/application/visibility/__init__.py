"""Access levels: what each opens, changed by administrators."""

from b2b_dvizhenie.application.visibility.levels import (
    CreateLevel,
    DeleteLevel,
    ListLevels,
    NameLevels,
    OpenInformation,
    RenameLevel,
)
from b2b_dvizhenie.application.visibility.ports import LevelBook, VisibilityTransaction, VisibilityWork

__all__ = [
    "CreateLevel",
    "DeleteLevel",
    "LevelBook",
    "ListLevels",
    "NameLevels",
    "OpenInformation",
    "RenameLevel",
    "VisibilityTransaction",
    "VisibilityWork",
]
