"""The exchange with 1C: sessions, imports, orders out, the monitor."""

from dependency_injector import providers

from b2b_dvizhenie.adapters.onec.archives import ArchiveLimits
from b2b_dvizhenie.adapters.onec.importing import CommerceMLReader
from b2b_dvizhenie.adapters.onec.order_statuses import ORDER_STATUSES
from b2b_dvizhenie.adapters.onec.storage import FolderStorage
from b2b_dvizhenie.adapters.postgres.exchange.exports import PostgresExportKeeper
from b2b_dvizhenie.adapters.postgres.exchange.journal import PostgresImportJournal
from b2b_dvizhenie.adapters.postgres.exchange.writer import PostgresCatalogueWriter
from b2b_dvizhenie.adapters.postgres.exchange_deliveries import PostgresDeliveryTransaction
from b2b_dvizhenie.adapters.postgres.exchange_housekeeping import PostgresSweepTransaction
from b2b_dvizhenie.adapters.postgres.exchange_imports import PostgresImportReader, PostgresImportTransaction
from b2b_dvizhenie.adapters.postgres.exchange_nodes import PostgresNodeTransaction
from b2b_dvizhenie.adapters.postgres.exchange_orders import PostgresOrderStateTransaction, PostgresOrdersToSend
from b2b_dvizhenie.adapters.postgres.exchange_sessions import PostgresSessionFinder, PostgresSessionTransaction
from b2b_dvizhenie.adapters.postgres.gateway import PostgresGatewayWork
from b2b_dvizhenie.adapters.postgres.gateway_balances import (
    PostgresBalances,
    PostgresBonuses,
    PostgresDebts,
    PostgresSchedule,
)
from b2b_dvizhenie.adapters.postgres.gateway_documents import PostgresDocumentFiles, PostgresDocuments
from b2b_dvizhenie.adapters.postgres.gateway_managing import PostgresManageTransaction
from b2b_dvizhenie.adapters.postgres.gateway_staging import PostgresStageTransaction
from b2b_dvizhenie.adapters.postgres.gateway_stocks import PostgresStocks
from b2b_dvizhenie.adapters.postgres.views.exchange import PostgresMonitor
from b2b_dvizhenie.adapters.postgres.views.gateway import PostgresGatewayReader
from b2b_dvizhenie.application import exchange, ordering
from b2b_dvizhenie.application.exchange import gateway
from b2b_dvizhenie.application.shared.clock import Clock
from b2b_dvizhenie.entrypoints.http.exchange_modes import ExchangeModes, order_check
from b2b_dvizhenie.entrypoints.parts.base import Base
from b2b_dvizhenie.entrypoints.parts.drift import Drift
from b2b_dvizhenie.entrypoints.parts.ordering import Ordering
from b2b_dvizhenie.entrypoints.settings import Settings

CHUNK_TOLERANCE = 4
"""How much larger than `file_limit` a request may be: some clients round it, and bodies are not held in memory."""


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


class Exchange(Drift):
    """The exchange with 1C: sessions, imports, orders out, the monitor."""

    node_work = providers.Factory(PostgresNodeTransaction, Base.database, Base.clock)
    create_node = providers.Factory(exchange.CreateNode, node_work.provider, Base.passwords, Base.clock)
    change_node = providers.Factory(exchange.ChangeNode, node_work.provider, Base.passwords)
    list_nodes = providers.Factory(exchange.ListNodes, node_work.provider)
    session_work = providers.Factory(PostgresSessionTransaction, Base.database, Base.clock)
    session_finder = providers.Singleton(PostgresSessionFinder, Base.database)
    verified_credentials = providers.Singleton(exchange.VerifiedCredentials)
    verify_node = providers.Factory(exchange.VerifyNode, Base.passwords, verified_credentials, Base.clock)
    open_exchange_session = providers.Factory(
        exchange.OpenExchangeSession, session_work.provider, verify_node, Base.clock
    )
    resolve_session = providers.Factory(
        exchange.ResolveSession, session_finder, session_work.provider, verify_node, Base.clock
    )
    import_work = providers.Factory(PostgresImportTransaction, Base.database, Base.clock)
    repeat_import = providers.Factory(exchange.RepeatImport, import_work.provider, Base.clock)
    import_reader = providers.Singleton(PostgresImportReader, Base.database)
    import_journal = providers.Singleton(PostgresImportJournal, Base.database)
    record_reader = providers.Singleton(CommerceMLReader)
    catalogue_writer = providers.Singleton(PostgresCatalogueWriter, Base.database_url, Base.files, Base.clock)
    order_state_work = providers.Factory(PostgresOrderStateTransaction, Base.database, Base.clock, ORDER_STATUSES)
    compare_order = providers.Factory(exchange.CompareOrder, Drift.current_settings, Base.clock, Drift.drift_watch)
    apply_order_state = providers.Factory(
        exchange.ApplyOrderState, order_state_work.provider, Base.clock, compare_order
    )
    order_states = providers.Factory(exchange.OrderStates, apply_order_state)
    orders_to_send = providers.Singleton(PostgresOrdersToSend, Base.database, Base.settings.provided.exchange.zone)
    export_keeper = providers.Singleton(PostgresExportKeeper, Base.database)
    close_exports = providers.Factory(exchange.CloseExports, export_keeper, Base.clock)
    decide_absent = providers.Factory(exchange.DecideAbsent, export_keeper, Base.clock)
    list_exports = providers.Factory(exchange.ListExports, export_keeper)
    import_file = providers.Factory(
        exchange.ImportFile, import_journal, record_reader, catalogue_writer, order_states, Base.clock
    )
    import_folder = providers.Factory(
        exchange.ImportFolder, import_work.provider, import_reader, import_file.provider, Base.clock
    )
    record_request = providers.Singleton(exchange.RecordRequest, session_finder)
    session_files = providers.Singleton(build_session_files, Base.settings, Base.clock)
    start_upload = providers.Factory(exchange.StartUpload, session_files)
    receive_chunk = providers.Factory(exchange.ReceiveChunk, session_files)
    request_import = providers.Singleton(
        exchange.RequestImport,
        session_files,
        import_work.provider,
        import_reader,
        Base.clock,
        hold_seconds=Base.settings.provided.exchange.hold_seconds,
    )
    delivery_work = providers.Factory(PostgresDeliveryTransaction, Base.database, Base.clock)
    hand_over_orders = providers.Factory(ordering.HandOverOrders, Ordering.ordering_work.provider, Base.clock)
    query_orders = providers.Factory(
        exchange.QueryOrders, delivery_work.provider, orders_to_send, providers.Object(order_check), Base.clock
    )
    confirm_orders = providers.Factory(exchange.ConfirmOrders, delivery_work.provider, hand_over_orders, Base.clock)
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
        Ordering.list_payment_methods,
        Base.clock,
        Base.settings.provided.exchange,
    )
    sweep_work = providers.Factory(PostgresSweepTransaction, Base.database, Base.clock)
    sweep_uploads = providers.Factory(exchange.SweepUploads, session_files, sweep_work.provider, Base.clock)
    clean_exchange = providers.Factory(exchange.CleanExchange, session_files, sweep_work.provider, Base.clock)
    monitor_reader = providers.Singleton(PostgresMonitor, Base.database)
    show_summary = providers.Factory(exchange.ShowSummary, node_work.provider, monitor_reader, Base.clock)
    read_exchange_log = providers.Factory(exchange.ReadExchangeLog, monitor_reader)

    gateway_tables = providers.Singleton(
        gateway.GatewayTables,
        providers.List(
            providers.Singleton(PostgresStocks),
            providers.Singleton(PostgresDocuments),
            providers.Singleton(PostgresDocumentFiles, Drift.document_files),
            providers.Singleton(PostgresBalances, Base.settings.provided.exchange.zone),
            providers.Singleton(PostgresDebts, Base.settings.provided.exchange.zone),
            providers.Singleton(PostgresSchedule, Base.settings.provided.exchange.zone),
            providers.Singleton(PostgresBonuses, Base.settings.provided.exchange.zone),
        ),
    )
    identify_node = providers.Factory(gateway.IdentifyNode, session_work.provider, verify_node)
    stage_work = providers.Factory(PostgresStageTransaction, Base.database, Base.clock)
    receive_message = providers.Factory(gateway.ReceiveMessage, gateway_tables, stage_work.provider, Base.clock)
    # No factory: whose rows are applied is known by the applier alone.
    apply_work = providers.Callable(PostgresGatewayWork, Base.database, Base.clock)
    apply_rows = providers.Factory(gateway.ApplyRows, gateway_tables, apply_work.provider, Base.clock)
    gateway_reader = providers.Singleton(PostgresGatewayReader, Base.database)
    show_gateway_state = providers.Factory(gateway.ShowGatewayState, gateway_tables, gateway_reader, Base.clock)
    read_gateway = providers.Factory(gateway.ReadGateway, gateway_reader, Base.clock)
    manage_work = providers.Factory(PostgresManageTransaction, Base.database, Base.clock)
    requeue_rows = providers.Factory(gateway.RequeueRows, gateway_tables, manage_work.provider)
    skip_row = providers.Factory(gateway.SkipRow, manage_work.provider)
    decide_full = providers.Factory(gateway.DecideFull, gateway_tables, apply_work.provider, Base.clock)
    heal_rows = providers.Factory(gateway.HealRows, gateway_tables, manage_work.provider, Base.clock)
