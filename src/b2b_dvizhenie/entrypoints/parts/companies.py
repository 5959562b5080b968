"""Buyer companies, memberships, terms."""

from dependency_injector import providers

from b2b_dvizhenie.adapters.postgres.companies import PostgresTradeTransaction
from b2b_dvizhenie.adapters.postgres.views.profiles import PostgresProfileReader
from b2b_dvizhenie.application import companies
from b2b_dvizhenie.entrypoints.parts.base import Base
from b2b_dvizhenie.entrypoints.parts.hierarchy import Hierarchy


class Companies(Hierarchy):
    """Buyer companies, memberships, terms."""

    profile_reader = providers.Singleton(PostgresProfileReader, Base.database)
    show_profile = providers.Factory(companies.ShowProfile, profile_reader)
    trade_work = providers.Factory(PostgresTradeTransaction, Base.database, Base.clock)
    list_companies = providers.Factory(companies.ListCompanies, trade_work.provider)
    assign_buyer = providers.Factory(companies.AssignBuyer, trade_work.provider)
    set_terms = providers.Factory(companies.SetTerms, trade_work.provider)
    assign_manager = providers.Factory(companies.AssignManager, trade_work.provider)
