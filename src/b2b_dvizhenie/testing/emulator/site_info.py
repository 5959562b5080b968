"""Reads `sale/info`: names for the mapping tables of УНФ (onec.md §4.6)."""

from lxml import etree
from msgspec import Struct

from b2b_dvizhenie.testing.emulator.order_reader import xml_root
from b2b_dvizhenie.testing.emulator.refusal import EmulatorRefused, Reason
from b2b_dvizhenie.testing.emulator.wire import Reply

_STEP = "sale info"
_STATUSES = "Cтатусы"
"""The first letter is a Latin C: the site writes it so, and 1C looks for it so."""


class SiteInfo(Struct, frozen=True):
    """(id, name) of what the site knows."""

    statuses: tuple[tuple[str, str], ...]
    payments: tuple[tuple[str, str], ...]
    deliveries: tuple[tuple[str, str], ...]


def read_info(reply: Reply) -> SiteInfo:
    """The answer to `info`."""
    root = xml_root(_STEP, reply)
    if root.tag != "Справочник":
        raise EmulatorRefused(_STEP, Reason.ROOT, reply.wire, str(root.tag))
    return SiteInfo(
        _items(root, _STATUSES, reply), _items(root, "ПлатежныеСистемы", reply), _items(root, "СлужбыДоставки", reply)
    )


def _items(root: etree._Element, name: str, reply: Reply) -> tuple[tuple[str, str], ...]:
    if root.find(name) is None:
        raise EmulatorRefused(_STEP, Reason.INFO, reply.wire, f"no {name}")
    found = []
    for item in root.findall(f"{name}/Элемент"):
        ref, title = item.findtext("Ид"), item.findtext("Название")
        if not ref or not title:
            raise EmulatorRefused(_STEP, Reason.INFO, reply.wire, f"{name}: Ид {ref!r}, Название {title!r}")
        found.append((ref, title))
    return tuple(found)
