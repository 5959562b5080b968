"""What buyers may see: access levels, segments."""

from dependency_injector import providers

from b2b_dvizhenie.adapters.postgres.visibility import PostgresVisibilityTransaction
from b2b_dvizhenie.application import visibility
from b2b_dvizhenie.entrypoints.parts.base import Base
from b2b_dvizhenie.entrypoints.parts.hierarchy import Hierarchy


class Visibility(Hierarchy):
    """What buyers may see: access levels."""

    visibility_work = providers.Factory(PostgresVisibilityTransaction, Base.database, Base.clock)
    list_levels = providers.Factory(visibility.ListLevels, visibility_work.provider)
    name_levels = providers.Factory(visibility.NameLevels, visibility_work.provider)
    open_information = providers.Factory(visibility.OpenInformation, visibility_work.provider)
    create_level = providers.Factory(visibility.CreateLevel, visibility_work.provider)
    rename_level = providers.Factory(visibility.RenameLevel, visibility_work.provider)
    delete_level = providers.Factory(visibility.DeleteLevel, visibility_work.provider)

    list_segments = providers.Factory(visibility.ListSegments, visibility_work.provider)
    show_segment = providers.Factory(visibility.ShowSegment, visibility_work.provider)
    create_segment = providers.Factory(visibility.CreateSegment, visibility_work.provider)
    rename_segment = providers.Factory(visibility.RenameSegment, visibility_work.provider)
    put_everybody = providers.Factory(visibility.PutEverybody, visibility_work.provider)
    put_member = providers.Factory(visibility.PutMember, visibility_work.provider)
    show_segment_rules = providers.Factory(visibility.ShowSegmentRules, visibility_work.provider)
    put_segment_rule = providers.Factory(visibility.PutSegmentRule, visibility_work.provider)
    set_segment_weight = providers.Factory(visibility.SetSegmentWeight, visibility_work.provider)
    delete_segment = providers.Factory(visibility.DeleteSegment, visibility_work.provider)
