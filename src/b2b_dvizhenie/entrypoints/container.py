"""The one place that knows every layer: which adapter serves which port, which use case gets which port.

Sync providers only: building the container does no I/O. `running` opens and closes what has a life.
"""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime

from dependency_injector import containers, providers

from b2b_dvizhenie.adapters.cron import CronsimCalendar
from b2b_dvizhenie.adapters.files import LocalFiles
from b2b_dvizhenie.adapters.onec.archives import ArchiveLimits
from b2b_dvizhenie.adapters.onec.importing import CommerceMLReader
from b2b_dvizhenie.adapters.onec.order_statuses import ORDER_STATUSES
from b2b_dvizhenie.adapters.onec.storage import FolderStorage
from b2b_dvizhenie.adapters.passwords import Argon2Passwords
from b2b_dvizhenie.adapters.postgres.companies import PostgresTradeTransaction
from b2b_dvizhenie.adapters.postgres.database import Database
from b2b_dvizhenie.adapters.postgres.exchange.exports import PostgresExportKeeper
from b2b_dvizhenie.adapters.postgres.exchange.journal import PostgresImportJournal
from b2b_dvizhenie.adapters.postgres.exchange.writer import PostgresCatalogueWriter
from b2b_dvizhenie.adapters.postgres.exchange_deliveries import PostgresDeliveryTransaction
from b2b_dvizhenie.adapters.postgres.exchange_housekeeping import PostgresSweepTransaction
from b2b_dvizhenie.adapters.postgres.exchange_imports import PostgresImportReader, PostgresImportTransaction
from b2b_dvizhenie.adapters.postgres.exchange_nodes import PostgresNodeTransaction
from b2b_dvizhenie.adapters.postgres.exchange_orders import PostgresOrderStateTransaction, PostgresOrdersToSend
from b2b_dvizhenie.adapters.postgres.exchange_sessions import PostgresSessionFinder, PostgresSessionTransaction
from b2b_dvizhenie.adapters.postgres.identity import PostgresIdentityTransaction
from b2b_dvizhenie.adapters.postgres.operations import PostgresOperationsTransaction
from b2b_dvizhenie.adapters.postgres.ordering import PostgresOrderingTransaction
from b2b_dvizhenie.adapters.postgres.ordering_carts import PostgresCartReader
from b2b_dvizhenie.adapters.postgres.pricing import PostgresPrices
from b2b_dvizhenie.adapters.postgres.views.catalog import PostgresCatalogReader, PostgresItemFinder
from b2b_dvizhenie.adapters.postgres.views.directory import PostgresDirectory
from b2b_dvizhenie.adapters.postgres.views.exchange import PostgresMonitor
from b2b_dvizhenie.adapters.postgres.views.operations import PostgresOperationsReader
from b2b_dvizhenie.adapters.postgres.views.orders import PostgresOrderReader
from b2b_dvizhenie.adapters.postgres.views.profiles import PostgresProfileReader
from b2b_dvizhenie.adapters.postgres.views.sessions import PostgresSessionReader
from b2b_dvizhenie.adapters.postgres.views.trail import PostgresAuditReader
from b2b_dvizhenie.application import catalog, companies, exchange, identity, operations, ordering, pricing
from b2b_dvizhenie.application.shared.clock import Clock
from b2b_dvizhenie.entrypoints.http.exchange_modes import ExchangeModes, order_check
from b2b_dvizhenie.entrypoints.settings import Settings

CHUNK_TOLERANCE = 4
"""How much larger than `file_limit` a request may be: some clients round it, and bodies are not held in memory."""


def utc_now() -> datetime:
    """The current moment, aware, in UTC. The one place of the product that asks the machine for the time."""
    return datetime.now(UTC)  # noqa: TID251 - this is the clock everybody else is given


def build_session_files(settings: Settings, clock: Clock) -> FolderStorage:
    """The folders of exchange sessions in the data directory, with the limits of the settings."""
    limits = settings.exchange
    return FolderStorage(
        settings.data / "exchange",
        clock,
        chunk_bytes=CHUNK_TOLERANCE * limits.chunk_bytes,
        session_bytes=limits.session_bytes,
        archive_limits=ArchiveLimits(limits.unpacked_bytes, limits.unpacked_ratio, limits.unpacked_files),
    )


class Container(containers.DeclarativeContainer):
    """Everything a process can use. Names of use cases are the names handlers ask for."""

    settings = providers.Dependency(instance_of=Settings)
    database_url = providers.Dependency(instance_of=str)
    clock = providers.Object(utc_now)

    # adapters
    database = providers.Singleton(Database, database_url, pool_size=settings.provided.database.pool_size)
    passwords = providers.Singleton(Argon2Passwords)
    files = providers.Singleton(LocalFiles, settings.provided.data)

    # identity
    identity_work = providers.Factory(PostgresIdentityTransaction, database, clock)
    session_reader = providers.Singleton(PostgresSessionReader, database)
    authenticate = providers.Singleton(identity.Authenticate, session_reader, clock)
    log_in = providers.Factory(identity.LogIn, identity_work.provider, passwords, clock)
    log_out = providers.Factory(identity.LogOut, identity_work.provider, clock)
    select_company = providers.Factory(identity.SelectCompany, identity_work.provider)
    list_sessions = providers.Factory(identity.ListSessions, identity_work.provider, clock)
    close_session = providers.Factory(identity.CloseSession, identity_work.provider, clock)
    close_other_sessions = providers.Factory(identity.CloseOtherSessions, identity_work.provider, clock)
    change_password = providers.Factory(identity.ChangePassword, identity_work.provider, passwords, clock)
    directory_reader = providers.Singleton(PostgresDirectory, database)
    list_users = providers.Factory(identity.ListUsers, directory_reader)
    create_user = providers.Factory(identity.CreateUser, identity_work.provider, passwords, clock)

    # operations: background jobs and schedules
    operations_work = providers.Factory(PostgresOperationsTransaction, database, clock)
    operations_reader = providers.Singleton(PostgresOperationsReader, database)
    cron_calendar = providers.Singleton(CronsimCalendar)
    list_jobs = providers.Factory(operations.ListJobs, operations_reader)
    show_job = providers.Factory(operations.ShowJob, operations_reader)
    show_queue = providers.Factory(operations.ShowQueue, operations_reader)
    retry_job = providers.Factory(operations.RetryJob, operations_work.provider, clock)
    discard_job = providers.Factory(operations.DiscardJob, operations_work.provider)
    audit_reader = providers.Singleton(PostgresAuditReader, database)
    read_audit = providers.Factory(operations.ReadAudit, audit_reader)
    list_schedules = providers.Factory(operations.ListSchedules, operations_reader, cron_calendar, clock)
    change_schedule = providers.Factory(operations.ChangeSchedule, operations_work.provider, cron_calendar, clock)
    fire_schedules = providers.Factory(
        operations.FireSchedules, operations_reader, operations_work.provider, cron_calendar, clock
    )

    # catalog
    catalog_reader = providers.Singleton(PostgresCatalogReader, database)
    item_finder = providers.Singleton(PostgresItemFinder, database)
    show_sections = providers.Factory(catalog.ShowSections, catalog_reader)
    show_branch = providers.Factory(catalog.ShowBranch, catalog_reader)
    browse_catalog = providers.Factory(catalog.BrowseCatalog, catalog_reader)
    count_facets = providers.Factory(catalog.CountFacets, catalog_reader)
    show_product = providers.Factory(catalog.ShowProduct, catalog_reader)

    # pricing
    price_source = providers.Singleton(PostgresPrices, database)
    price_lines = providers.Factory(pricing.PriceLines, price_source, clock)
    price_items = providers.Factory(pricing.PriceItems, item_finder, price_lines)

    # ordering
    ordering_work = providers.Factory(PostgresOrderingTransaction, database, clock)
    order_reader = providers.Singleton(PostgresOrderReader, database, settings.provided.exchange.zone)
    confirm_delivery = providers.Factory(ordering.HandOverOrders, ordering_work.provider, clock)
    cart_reader = providers.Singleton(PostgresCartReader, database)
    show_cart = providers.Factory(ordering.ShowCart, cart_reader, ordering_work.provider, price_lines)
    put_lines = providers.Factory(ordering.PutLines, ordering_work.provider, price_lines, clock)
    remove_line = providers.Factory(ordering.RemoveLine, ordering_work.provider, price_lines, clock)
    accept_prices = providers.Factory(ordering.AcceptPrices, ordering_work.provider, price_lines)
    clear_cart = providers.Factory(ordering.ClearCart, ordering_work.provider)
    place_order = providers.Factory(ordering.PlaceOrder, ordering_work.provider, price_lines, clock)
    list_orders = providers.Factory(ordering.ListOrders, order_reader)
    show_order = providers.Factory(ordering.ShowOrder, order_reader)
    cancel_order = providers.Factory(ordering.CancelOrder, ordering_work.provider, clock)
    repeat_order = providers.Factory(ordering.RepeatOrder, order_reader, ordering_work.provider, price_lines, clock)

    # exchange
    node_work = providers.Factory(PostgresNodeTransaction, database, clock)
    create_node = providers.Factory(exchange.CreateNode, node_work.provider, passwords, clock)
    change_node = providers.Factory(exchange.ChangeNode, node_work.provider, passwords)
    list_nodes = providers.Factory(exchange.ListNodes, node_work.provider)
    session_work = providers.Factory(PostgresSessionTransaction, database, clock)
    session_finder = providers.Singleton(PostgresSessionFinder, database)
    verified_credentials = providers.Singleton(exchange.VerifiedCredentials)
    verify_node = providers.Factory(exchange.VerifyNode, passwords, verified_credentials, clock)
    open_exchange_session = providers.Factory(exchange.OpenExchangeSession, session_work.provider, verify_node, clock)
    resolve_session = providers.Factory(
        exchange.ResolveSession, session_finder, session_work.provider, verify_node, clock
    )
    import_work = providers.Factory(PostgresImportTransaction, database, clock)
    repeat_import = providers.Factory(exchange.RepeatImport, import_work.provider, clock)
    import_reader = providers.Singleton(PostgresImportReader, database)
    import_journal = providers.Singleton(PostgresImportJournal, database)
    record_reader = providers.Singleton(CommerceMLReader)
    catalogue_writer = providers.Singleton(PostgresCatalogueWriter, database_url, files, clock)
    order_state_work = providers.Factory(PostgresOrderStateTransaction, database, clock, ORDER_STATUSES)
    apply_order_state = providers.Factory(exchange.ApplyOrderState, order_state_work.provider, clock)
    order_states = providers.Factory(exchange.OrderStates, apply_order_state)
    orders_to_send = providers.Singleton(PostgresOrdersToSend, database, settings.provided.exchange.zone)
    export_keeper = providers.Singleton(PostgresExportKeeper, database)
    close_exports = providers.Factory(exchange.CloseExports, export_keeper, clock)
    decide_absent = providers.Factory(exchange.DecideAbsent, export_keeper, clock)
    list_exports = providers.Factory(exchange.ListExports, export_keeper)
    import_file = providers.Factory(
        exchange.ImportFile, import_journal, record_reader, catalogue_writer, order_states, clock
    )
    import_folder = providers.Factory(
        exchange.ImportFolder, import_work.provider, import_reader, import_file.provider, clock
    )
    record_request = providers.Singleton(exchange.RecordRequest, session_finder)
    session_files = providers.Singleton(build_session_files, settings, clock)
    start_upload = providers.Factory(exchange.StartUpload, session_files)
    receive_chunk = providers.Factory(exchange.ReceiveChunk, session_files)
    request_import = providers.Singleton(
        exchange.RequestImport,
        session_files,
        import_work.provider,
        import_reader,
        clock,
        hold_seconds=settings.provided.exchange.hold_seconds,
    )
    delivery_work = providers.Factory(PostgresDeliveryTransaction, database, clock)
    hand_over_orders = providers.Factory(ordering.HandOverOrders, ordering_work.provider, clock)
    query_orders = providers.Factory(
        exchange.QueryOrders, delivery_work.provider, orders_to_send, providers.Object(order_check), clock
    )
    confirm_orders = providers.Factory(exchange.ConfirmOrders, delivery_work.provider, hand_over_orders, clock)
    end_full_export = providers.Factory(exchange.EndFullExport, import_work.provider)
    exchange_modes = providers.Singleton(
        ExchangeModes,
        open_exchange_session,
        start_upload,
        receive_chunk,
        request_import,
        end_full_export,
        query_orders,
        confirm_orders,
        clock,
        settings.provided.exchange,
    )
    sweep_work = providers.Factory(PostgresSweepTransaction, database, clock)
    sweep_uploads = providers.Factory(exchange.SweepUploads, session_files, sweep_work.provider, clock)
    clean_exchange = providers.Factory(exchange.CleanExchange, session_files, sweep_work.provider, clock)
    monitor_reader = providers.Singleton(PostgresMonitor, database)
    show_summary = providers.Factory(exchange.ShowSummary, node_work.provider, monitor_reader, clock)
    read_exchange_log = providers.Factory(exchange.ReadExchangeLog, monitor_reader)

    # companies
    profile_reader = providers.Singleton(PostgresProfileReader, database)
    show_profile = providers.Factory(companies.ShowProfile, profile_reader)
    trade_work = providers.Factory(PostgresTradeTransaction, database, clock)
    list_companies = providers.Factory(companies.ListCompanies, trade_work.provider)
    assign_buyer = providers.Factory(companies.AssignBuyer, trade_work.provider)
    set_terms = providers.Factory(companies.SetTerms, trade_work.provider)
    assign_manager = providers.Factory(companies.AssignManager, trade_work.provider)


def build(settings: Settings, database_url: str) -> Container:
    """The container of a process. Builds every singleton, so that a wrong setting fails here and not at first use."""
    container = Container(settings=settings, database_url=database_url)
    for provider in container.providers.values():
        if isinstance(provider, providers.Singleton):
            provider()
    return container


@asynccontextmanager
async def running(container: Container) -> AsyncIterator[Container]:
    """The container with its pools open."""
    database = container.database()
    await database.open()
    try:
        yield container
    finally:
        await database.close()
