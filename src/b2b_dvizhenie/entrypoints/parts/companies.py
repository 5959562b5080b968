"""Buyer companies, memberships, terms, seller firms."""

from dependency_injector import providers

from b2b_dvizhenie.adapters.postgres.access_requests import PostgresAccessTransaction
from b2b_dvizhenie.adapters.postgres.companies import PostgresTradeTransaction
from b2b_dvizhenie.adapters.postgres.views.companies import PostgresCompanyReader
from b2b_dvizhenie.adapters.postgres.views.profiles import PostgresProfileReader
from b2b_dvizhenie.application import companies
from b2b_dvizhenie.entrypoints.parts.base import Base
from b2b_dvizhenie.entrypoints.parts.messaging import chosen
from b2b_dvizhenie.entrypoints.parts.visibility import Visibility


class Companies(Visibility):
    """Buyer companies, memberships, terms, seller firms."""

    profile_reader = providers.Singleton(
        PostgresProfileReader, Base.database, Base.clock, Base.settings.provided.exchange.zone
    )
    show_profile = providers.Factory(companies.ShowProfile, profile_reader)
    trade_work = providers.Factory(PostgresTradeTransaction, Base.database, Base.clock)
    company_reader = providers.Singleton(
        PostgresCompanyReader, Base.database, Base.clock, Base.settings.provided.exchange.zone
    )
    company_directory = providers.Singleton(chosen, "company_directory", Base.settings, Base.clock)
    find_company = providers.Factory(companies.FindCompany, company_directory)
    browse_companies = providers.Factory(companies.BrowseCompanies, company_reader)
    show_company = providers.Factory(companies.ShowCompany, company_reader)
    create_company = providers.Factory(companies.CreateCompany, trade_work.provider, Base.clock)
    change_company = providers.Factory(companies.ChangeCompany, trade_work.provider, Base.clock)
    switch_company = providers.Factory(companies.SwitchCompany, trade_work.provider, Base.clock)
    assign_buyer = providers.Factory(companies.AssignBuyer, trade_work.provider)
    remove_buyer = providers.Factory(companies.RemoveBuyer, trade_work.provider)
    find_person = providers.Factory(companies.FindPerson, trade_work.provider)
    set_terms = providers.Factory(companies.SetTerms, trade_work.provider)
    assign_manager = providers.Factory(companies.AssignManager, trade_work.provider)
    put_agreement = providers.Factory(companies.PutAgreement, trade_work.provider)
    close_agreement = providers.Factory(companies.CloseAgreement, trade_work.provider)
    access_work = providers.Factory(PostgresAccessTransaction, Base.database, Base.clock, Base.sealer)
    request_access = providers.Factory(
        companies.RequestAccess, access_work.provider, Visibility.current_settings, Base.clock
    )
    list_access_requests = providers.Factory(companies.ListAccessRequests, access_work.provider)
    show_access_request = providers.Factory(companies.ShowAccessRequest, access_work.provider)
    approve_request = providers.Factory(
        companies.ApproveRequest, access_work.provider, Base.passwords, Visibility.current_settings, Base.clock
    )
    add_person = providers.Factory(
        companies.AddPerson, access_work.provider, Base.passwords, Visibility.current_settings, Base.clock
    )
    named_company = providers.Factory(companies.NamedCompany, company_reader)
    refuse_request = providers.Factory(companies.RefuseRequest, access_work.provider, Base.clock)
    list_firms = providers.Factory(companies.ListFirms, company_reader)
    put_firm = providers.Factory(companies.PutFirm, trade_work.provider)
    # There is no acquirer to connect: methods of the kind `card` can be described, and are offered to nobody.
    cards_connected = providers.Object(False)
    list_payment_methods = providers.Factory(
        companies.ListPaymentMethods, company_reader, cards_connected=cards_connected
    )
    put_payment_method = providers.Factory(companies.PutPaymentMethod, trade_work.provider)
