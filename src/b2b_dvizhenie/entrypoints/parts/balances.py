"""Balances of companies and the control of their credit."""

from dependency_injector import providers

from b2b_dvizhenie.adapters.postgres.views.balances import PostgresBalanceReader
from b2b_dvizhenie.application import balances
from b2b_dvizhenie.entrypoints.parts.base import Base
from b2b_dvizhenie.entrypoints.parts.operations import Operations


class Balances(Operations):
    """Balances of companies and the control of their credit."""

    balance_reader = providers.Singleton(
        PostgresBalanceReader, Base.database, Base.clock, Base.settings.provided.exchange.zone
    )
    credit_control = providers.Factory(balances.CreditControl, Operations.current_settings, Base.clock)
    show_balance = providers.Factory(
        balances.ShowBalance, balance_reader, credit_control, Operations.current_settings, Base.clock
    )
    show_findings = providers.Factory(balances.ShowFindings, balance_reader)
    show_credit = providers.Factory(balances.ShowCredit, balance_reader, credit_control)
