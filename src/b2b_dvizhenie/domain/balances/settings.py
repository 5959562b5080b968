"""What administrators decide about credit: what an exceeded limit, an overdue payment and a stop list do to orders."""

from typing import Any

from b2b_dvizhenie.domain.balances.reserving import Reaction
from b2b_dvizhenie.domain.settings import Choice, Number, Setting

_REACTIONS = tuple(one.value for one in Reaction)

LIMIT_REACTION = Choice(key="balances.limit", group="balances", default=Reaction.BLOCK.value, choices=_REACTIONS)
"""What happens to an order on account beyond the credit limit."""
OVERDUE_REACTION = Choice(key="balances.overdue", group="balances", default=Reaction.WARN.value, choices=_REACTIONS)
"""What happens to an order on account of a company with overdue payments."""
STOP_REACTION = Choice(key="balances.stop", group="balances", default=Reaction.BLOCK.value, choices=_REACTIONS)
"""What happens to an order of a company that the ERP ships nothing to."""
STALE_HOURS = Number(key="balances.stale_hours", group="balances", default=24, maximum=24 * 31)
"""After how many hours a balance is shown as out of date."""
RESERVED_DAYS = Number(key="balances.reserved_days", group="balances", default=30, maximum=366)
"""How long an order that the ERP took over and said nothing more about counts against the limit.

Only for bases that do not tell open orders.
"""

SETTINGS: tuple[Setting[Any], ...] = (LIMIT_REACTION, OVERDUE_REACTION, STOP_REACTION, STALE_HOURS, RESERVED_DAYS)
