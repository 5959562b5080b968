"""Access levels: what each opens, changed by administrators."""

from b2b_dvizhenie.application.visibility.levels import (
    CreateLevel,
    DeleteLevel,
    ListLevels,
    NameLevels,
    OpenInformation,
    RenameLevel,
)
from b2b_dvizhenie.application.visibility.ports import (
    LevelBook,
    SegmentBook,
    VisibilityTransaction,
    VisibilityWork,
)
from b2b_dvizhenie.application.visibility.segments import (
    CreateSegment,
    DeleteSegment,
    ListSegments,
    PutMember,
    RenameSegment,
    SegmentCard,
    ShowSegment,
)

__all__ = [
    "CreateLevel",
    "CreateSegment",
    "DeleteLevel",
    "DeleteSegment",
    "LevelBook",
    "ListLevels",
    "ListSegments",
    "NameLevels",
    "OpenInformation",
    "PutMember",
    "RenameLevel",
    "RenameSegment",
    "SegmentBook",
    "SegmentCard",
    "ShowSegment",
    "VisibilityTransaction",
    "VisibilityWork",
]
