"""A strict emulator of 1C's side of the exchange: it refuses whatever a real module of 1C would stumble over.

    base = Base1C(folder)
    one_c = OneC(Address(url, login, password), RULES[Profile.UT115], base, clock)
    one_c.send_catalog(folder, manifest.named("import"))
    one_c.send_offers(folder, manifest.named("offers"))
    one_c.send_partners(folder, manifest.named("partners"))
    one_c.fetch_orders()
    base.move("B2B-1", Status.SHIPPED, today)
    one_c.answer_orders()

    with watcher(Console(stderr=True)) as progress:           # the whole day at once, see `scenario`
        run_scenario(ScenarioSettings(url, login, password, folder), progress, clock)

A broken rule raises `EmulatorRefused(step, reason, wire)` with the bytes that broke it. It shares no code with the
adapter it judges.
"""

from b2b_dvizhenie.testing.emulator.base import Base1C, Mark, Order, Status
from b2b_dvizhenie.testing.emulator.counting import Counting
from b2b_dvizhenie.testing.emulator.gateway import Gateway, tell_papers
from b2b_dvizhenie.testing.emulator.one_c import OneC, Sent
from b2b_dvizhenie.testing.emulator.progress import Quiet, Watcher, watcher
from b2b_dvizhenie.testing.emulator.refusal import EmulatorRefused, Reason, Wire
from b2b_dvizhenie.testing.emulator.rows import GatewayFaults, GatewaySender, Receipt
from b2b_dvizhenie.testing.emulator.rules import RULES, Credentials, Misbehaviour, Rules, Sessid
from b2b_dvizhenie.testing.emulator.scenario import ScenarioReport, ScenarioSettings, run_scenario
from b2b_dvizhenie.testing.emulator.site_info import SiteInfo
from b2b_dvizhenie.testing.emulator.site_orders import SiteLine, SiteOrder
from b2b_dvizhenie.testing.emulator.wire import Address

__all__ = [
    "RULES",
    "Address",
    "Base1C",
    "Counting",
    "Credentials",
    "EmulatorRefused",
    "Gateway",
    "GatewayFaults",
    "GatewaySender",
    "Mark",
    "Misbehaviour",
    "OneC",
    "Order",
    "Quiet",
    "Reason",
    "Receipt",
    "Rules",
    "ScenarioReport",
    "ScenarioSettings",
    "Sent",
    "Sessid",
    "SiteInfo",
    "SiteLine",
    "SiteOrder",
    "Status",
    "Watcher",
    "Wire",
    "run_scenario",
    "tell_papers",
    "watcher",
]
