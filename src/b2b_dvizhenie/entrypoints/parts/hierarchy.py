"""Roles, rights, people and their heads."""

from dependency_injector import providers

from b2b_dvizhenie.adapters.postgres.hierarchy import PostgresHierarchyTransaction
from b2b_dvizhenie.adapters.postgres.views.reach import PostgresReach
from b2b_dvizhenie.application import hierarchy
from b2b_dvizhenie.entrypoints.parts.base import Base
from b2b_dvizhenie.entrypoints.parts.identity import Identity


class Hierarchy(Identity):
    """Roles, rights, people and their heads."""

    hierarchy_work = providers.Factory(PostgresHierarchyTransaction, Base.database, Base.clock, Base.sealer)
    list_roles = providers.Factory(hierarchy.ListRoles, hierarchy_work.provider)
    create_role = providers.Factory(hierarchy.CreateRole, hierarchy_work.provider)
    rename_role = providers.Factory(hierarchy.RenameRole, hierarchy_work.provider)
    move_role = providers.Factory(hierarchy.MoveRole, hierarchy_work.provider)
    delete_role = providers.Factory(hierarchy.DeleteRole, hierarchy_work.provider)
    set_grant = providers.Factory(hierarchy.SetGrant, hierarchy_work.provider)
    require_second_factor = providers.Factory(hierarchy.RequireSecondFactor, hierarchy_work.provider)
    change_person = providers.Factory(hierarchy.ChangePerson, hierarchy_work.provider)
    change_people = providers.Factory(hierarchy.ChangePeople, hierarchy_work.provider)
    show_person = providers.Factory(hierarchy.ShowPerson, hierarchy_work.provider)
    edit_person = providers.Factory(hierarchy.EditPerson, hierarchy_work.provider)
    reach_reader = providers.Singleton(PostgresReach, Base.database)
    explain_sight = providers.Factory(
        hierarchy.ExplainSight, hierarchy_work.provider, Identity.session_reader, reach_reader, Base.clock
    )
    list_staff = providers.Factory(hierarchy.ListStaff, hierarchy_work.provider)
