"""Orders that the ERP counts otherwise."""

from dependency_injector import providers

from b2b_dvizhenie.adapters.postgres.views.drift import PostgresDriftReader
from b2b_dvizhenie.application import drift
from b2b_dvizhenie.entrypoints.drift_watch import MeteredDrifts
from b2b_dvizhenie.entrypoints.parts.base import Base
from b2b_dvizhenie.entrypoints.parts.documents import Documents


class Drift(Documents):
    """Orders that the ERP counts otherwise."""

    drift_watch = providers.Singleton(MeteredDrifts)
    drift_reader = providers.Singleton(PostgresDriftReader, Base.database, Base.settings.provided.exchange.zone)
    drift_days = providers.Factory(drift.Days, Base.clock, Base.settings.provided.exchange.zone)
    list_drifts = providers.Factory(drift.ListDrifts, drift_reader, drift_days)
    tally_drifts = providers.Factory(drift.TallyDrifts, drift_reader, drift_days)
    show_drift = providers.Factory(drift.ShowDrift, drift_reader, Documents.rule_books)
    export_drifts = providers.Factory(drift.ExportDrifts, drift_reader, drift_days)
    write_drifts = providers.Factory(drift.WriteDrifts, export_drifts, Documents.sheets)
