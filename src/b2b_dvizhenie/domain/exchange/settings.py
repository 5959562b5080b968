"""What an administrator may set about the data that one exchange node sends."""

from datetime import timedelta
from typing import Any

import msgspec
from msgspec import Struct, convert

from b2b_dvizhenie.domain.exchange.generations import QUIET, AbsentGoods


class NodeSettings(Struct, frozen=True):
    """What an administrator may set about the data of one exchange node. Unknown keys are of other parts."""

    default_currency: str = "RUB"
    """ISO 4217 code for prices without a currency or with one that cannot be told."""
    brand_from: tuple[str, ...] = ("manufacturer", "trade_mark")
    brand_property: str = ""
    """Id or name of the characteristic that holds the brand; wins over `brand_from`."""
    multiple_requisites: tuple[str, ...] = ()
    """Further names of requisites that hold the order multiple."""
    default_price_type: str = ""
    """Id or name of the price type of new companies; "" takes the installation's default."""
    absent_goods: AbsentGoods = AbsentGoods.CONFIRM
    gateway_tables: tuple[str, ...] | None = None
    """Tables of the JSON gateway it may send, within its rights; None = all of them."""
    quiet_minutes: int = int(QUIET.total_seconds() // 60)

    @property
    def quiet(self) -> timedelta:
        """Silence after which a full export of this node is over."""
        return timedelta(minutes=max(1, self.quiet_minutes))


def node_settings(stored: dict[str, Any]) -> NodeSettings:
    """Settings of a node as stored; a value of a wrong kind counts as not set, so that no import stops for it."""
    known = {name: stored[name] for name in NodeSettings.__struct_fields__ if name in stored}
    while True:
        try:
            return convert(known, NodeSettings)
        except msgspec.ValidationError as error:
            wrong = next((name for name in known if f"$.{name}" in str(error)), None)
            if wrong is None:
                return NodeSettings()
            del known[wrong]
