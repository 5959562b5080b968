"""The JSON gateway: what CommerceML cannot carry, as tables of rows that are staged first and applied next (§5.2)."""

from b2b_dvizhenie.application.exchange.gateway.tables import GatewayTable

__all__ = ["GatewayTable"]
