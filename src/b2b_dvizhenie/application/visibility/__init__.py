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
    RuleBranch,
    RuleSection,
    SegmentBook,
    SegmentRuleBook,
    VisibilityTransaction,
    VisibilityWork,
)
from b2b_dvizhenie.application.visibility.segment_rules import (
    PutSegmentRule,
    SegmentRulesCard,
    SetSegmentWeight,
    ShowSegmentRules,
)
from b2b_dvizhenie.application.visibility.segments import (
    CreateSegment,
    DeleteSegment,
    ListSegments,
    PutEverybody,
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
    "PutEverybody",
    "PutMember",
    "PutSegmentRule",
    "RenameLevel",
    "RenameSegment",
    "RuleBranch",
    "RuleSection",
    "SegmentBook",
    "SegmentCard",
    "SegmentRuleBook",
    "SegmentRulesCard",
    "SetSegmentWeight",
    "ShowSegment",
    "ShowSegmentRules",
    "VisibilityTransaction",
    "VisibilityWork",
]
