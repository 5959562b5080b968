"""Balances: what a company owes, may owe and has scheduled to pay; the limit that orders on account spend."""

from b2b_dvizhenie.application.balances.ports import (
    BalanceReader,
    CreditBook,
    CreditFacts,
    ItemPage,
    SchedulePage,
    StoredBalance,
    StoredFinding,
)
from b2b_dvizhenie.application.balances.reserving import CreditControl, HeldCredit
from b2b_dvizhenie.application.balances.showing import (
    Balance,
    CreditStanding,
    CurrencyBalance,
    ItemRow,
    OpenItems,
    Schedule,
    ScheduleRow,
    ShowBalance,
    ShowCredit,
    ShowFindings,
)

__all__ = [
    "Balance",
    "BalanceReader",
    "CreditBook",
    "CreditControl",
    "CreditFacts",
    "CreditStanding",
    "CurrencyBalance",
    "HeldCredit",
    "ItemPage",
    "ItemRow",
    "OpenItems",
    "Schedule",
    "SchedulePage",
    "ScheduleRow",
    "ShowBalance",
    "ShowCredit",
    "ShowFindings",
    "StoredBalance",
    "StoredFinding",
]
