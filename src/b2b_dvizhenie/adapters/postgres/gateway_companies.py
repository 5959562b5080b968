"""What tables of the gateway about companies have in common: whose row it is, what a full export did not name."""

from collections.abc import Callable, Collection, Mapping, Sequence
from typing import Any, TypeVar
from uuid import UUID

from msgspec import Struct
from sqlalchemy import TextClause, text
from sqlalchemy.ext.asyncio import AsyncConnection

from b2b_dvizhenie.adapters.postgres.gateway import connection_of
from b2b_dvizhenie.application.exchange.gateway.tables import (
    Absence,
    GatewayWork,
    Outcome,
    RowApplied,
    RowNote,
    RowRefused,
)
from b2b_dvizhenie.domain.shared.ids import CompanyId
from b2b_dvizhenie.domain.shared.refs import normal_ref

COMPANY_UNKNOWN = "exchange.gateway_company_unknown"
Row = TypeVar("Row", bound=Struct)

_COMPANIES = text("""
SELECT external_ref, company_id FROM company WHERE node_id = :node_id AND external_ref = ANY (CAST(:refs AS text[]))
""")


def key_of(*parts: str) -> str:
    """The SQL of a key as `joined_key` makes it of these columns."""
    return rf"""(SELECT string_agg(replace(replace(part, '\', '\\'), '|', '\|'), '|' ORDER BY n)
                   FROM unnest(ARRAY[{", ".join(parts)}]) WITH ORDINALITY AS a (part, n))"""  # noqa: S608 - columns


class CompanyRows:
    """Rows of one table that belong to companies of a node.

    Args:
        table: its name.
        key: SQL of the gateway's key of a row `k` of a company `c`.
    """

    def __init__(self, table: str, key: str) -> None:
        scope = (
            f"FROM {table} k JOIN company c ON c.company_id = k.company_id AND c.node_id = :node_id"
            " WHERE (:company = '' OR c.external_ref = :company)"
        )
        named = f"{key} = ANY (CAST(:keys AS text[]))"
        self._absence = text(f"SELECT count(*), count(*) FILTER (WHERE NOT {named}) {scope}")
        self._drop_absent = _deleting(table, f"{scope} AND NOT {named}")
        self._drop_named = _deleting(table, f"{scope} AND {named}")

    async def absence(self, work: GatewayWork, scope: Mapping[str, str], keep_keys: Collection[str]) -> Absence:
        """Rows of the scope, and those that were not named."""
        found = await connection_of(work).execute(self._absence, _facts(work, scope, keep_keys))
        return Absence(*found.one())

    async def drop_absent(
        self, work: GatewayWork, scope: Mapping[str, str], keep_keys: Collection[str]
    ) -> list[CompanyId]:
        """Delete what was not named; the companies of the deleted rows, one for each row."""
        found = await connection_of(work).execute(self._drop_absent, _facts(work, scope, keep_keys))
        return [CompanyId(one) for one in found.scalars()]

    async def drop(self, work: GatewayWork, keys: Sequence[str]) -> list[CompanyId]:
        """Delete the rows of these keys; their companies."""
        found = await connection_of(work).execute(self._drop_named, _facts(work, {}, keys))
        return [CompanyId(one) for one in found.scalars()]


def _deleting(table: str, which: str) -> TextClause:
    return text(f"DELETE FROM {table} WHERE ctid IN (SELECT k.ctid {which}) RETURNING company_id")  # noqa: S608


def _facts(work: GatewayWork, scope: Mapping[str, str], keys: Collection[str]) -> dict[str, Any]:
    return {"node_id": work.node_id, "company": scope.get("company_id", ""), "keys": list(keys)}


async def companies_of(work: GatewayWork, refs: Collection[str]) -> dict[str, CompanyId]:
    """Companies of the node by their refs."""
    connection: AsyncConnection = connection_of(work)
    facts = {"node_id": work.node_id, "refs": sorted(set(refs))}
    return {ref: CompanyId(key) for ref, key in await connection.execute(_COMPANIES, facts)}


async def owned(
    work: GatewayWork, rows: Sequence[Row], owner: Callable[[Row], str]
) -> tuple[list[tuple[Row, UUID]], list[Outcome]]:
    """The rows of known companies with these, and an outcome per row: refused where the company is not known.

    A refused row is tried again: the company may come with the next export.
    """
    known = await companies_of(work, [normal_ref(owner(row)) for row in rows])
    found: list[tuple[Row, UUID]] = []
    outcomes: list[Outcome] = []
    for row in rows:
        company_id = known.get(normal_ref(owner(row)))
        if company_id is None:
            note = RowNote(COMPANY_UNKNOWN, {"company_id": owner(row)})
            outcomes.append(RowRefused(note, may_heal=True))
        else:
            found.append((row, company_id))
            outcomes.append(RowApplied())
    return found, outcomes
