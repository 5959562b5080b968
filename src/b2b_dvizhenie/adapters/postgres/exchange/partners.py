"""Buyer companies from 1C: keyed by their id there, never merged with others by themselves (onec.md §3.6)."""

import hashlib
from typing import Any
from uuid import UUID

import msgspec
from msgspec.structs import asdict, replace
from psycopg import Connection
from psycopg.rows import TupleRow

from b2b_dvizhenie.adapters.postgres.exchange.chunks import NEW_ID
from b2b_dvizhenie.adapters.postgres.exchange.copying import binary, flag, json_field, load, quoted
from b2b_dvizhenie.adapters.postgres.exchange.problems import Problems
from b2b_dvizhenie.application.exchange.records import PartnerRecord

_KINDS = {"legal", "entrepreneur", "person"}
_COLUMNS = """
    n int, ref text, hash bytea, deleted boolean, kind text, name text, full_name text, inn text, kpp text, ogrn text,
    details jsonb, line int"""
_FIELDS = ("kind", "name", "full_name", "inn", "kpp", "ogrn")
_DELETED = """'{"deleted_in_1c": true}'::jsonb"""

_LAST = b"DELETE FROM st_partner a USING st_partner b WHERE a.ref = b.ref AND a.n < b.n"

# An administrator's own switch survives: only a company that 1C deleted becomes active when 1C names it again.
_UPDATE = f"""
    UPDATE company c
       SET {", ".join(f"{name} = CASE WHEN s.deleted THEN c.{name} ELSE s.{name} END" for name in _FIELDS)},
           details = CASE WHEN s.deleted THEN c.details || {_DELETED} ELSE s.details END,
           is_active = CASE WHEN s.deleted THEN false ELSE c.is_active OR c.details ? 'deleted_in_1c' END,
           content_hash = s.hash, updated_at = %(now)s
      FROM st_partner s
     WHERE c.node_id = %(node)s AND c.external_ref = s.ref AND c.content_hash IS DISTINCT FROM s.hash"""

_INSERT = f"""
    INSERT INTO company (company_id, node_id, external_ref, {", ".join(_FIELDS)}, details, is_active, content_hash,
                         updated_at)
    SELECT {NEW_ID.format(place="row_number() OVER (ORDER BY s.n)")}, %(node)s, s.ref,
           {", ".join(f"s.{name}" for name in _FIELDS)},
           CASE WHEN s.deleted THEN s.details || {_DELETED} ELSE s.details END, NOT s.deleted, s.hash, %(now)s
      FROM st_partner s
     WHERE NOT EXISTS (SELECT FROM company c WHERE c.node_id = %(node)s AND c.external_ref = s.ref)
     ORDER BY s.n
    RETURNING company_id"""

_SIMILAR = b"""
    SELECT s.ref, s.line, c.name, c.inn
      FROM st_partner s
      JOIN company own ON own.node_id = %(node)s AND own.external_ref = s.ref
      JOIN company c ON c.inn = s.inn AND c.kpp = s.kpp AND c.company_id <> own.company_id
     WHERE own.company_id = ANY(%(added)s) AND s.inn <> '' AND NOT s.deleted
     ORDER BY s.n, c.company_id"""

_AGREEMENTS = f"""
    INSERT INTO agreement (agreement_id, company_id, firm_id, price_type_id, currency)
    SELECT {NEW_ID.format(place="row_number() OVER (ORDER BY c.company_id)")}, c.company_id,
           (SELECT firm_id FROM seller_firm ORDER BY is_default DESC, firm_id LIMIT 1), t.price_type_id, t.currency
      FROM company c, price_type t
     WHERE c.node_id = %(node)s AND t.price_type_id = %(type)s
       AND NOT EXISTS (SELECT FROM agreement a WHERE a.company_id = c.company_id)"""


class Partners:
    """Companies of one file."""

    def __init__(self, problems: Problems) -> None:
        self._problems = problems
        self._rows: list[str] = []
        self.read = 0

    def take(self, record: PartnerRecord) -> None:
        """Make a row of the company."""
        self.read += 1
        kind = record.kind
        if kind not in _KINDS:
            self._problems.warn("partner", "exchange.partner_kind_unknown", record.ref, record.line, kind)
            kind = "legal"
        content = msgspec.msgpack.encode(replace(record, line=0, version=""))
        fields = (
            str(self.read),
            quoted(record.ref),
            binary(hashlib.blake2b(content, digest_size=16).digest()),
            flag(record.deleted),
            kind,
            quoted(record.name or record.full_name or record.ref),
            quoted(record.full_name),
            quoted(record.inn),
            quoted(record.kpp),
            quoted(record.ogrn),
            json_field(_details(record)),
            str(record.line),
        )
        self._rows.append("\t".join(fields))

    def merge(self, connection: Connection[TupleRow], facts: dict[str, Any]) -> dict[str, int]:
        """Bring `company` to what the file said."""
        if not self._rows:
            return {}
        connection.execute(f"CREATE TEMPORARY TABLE st_partner ({_COLUMNS}) ON COMMIT DROP".encode())
        load(connection, "st_partner", self._rows, analyze="n, ref")
        connection.execute(_LAST)
        changed = connection.execute(_UPDATE.encode(), facts).rowcount
        added = [row[0] for row in connection.execute(_INSERT.encode(), facts)]
        for ref, line, name, inn in connection.execute(_SIMILAR, facts | {"added": added}):
            self._problems.warn("partner", "exchange.partner_similar", ref, line, f"{name}, {inn}")
        return {"companies.added": len(added), "companies.changed": changed}


def give_terms(connection: Connection[TupleRow], named_type: UUID | None, facts: dict[str, Any]) -> dict[str, int]:
    """Give every company of the node that has no agreement the default one; without a price type there is none."""
    price_type_id = named_type
    if price_type_id is None:
        row = connection.execute(b"SELECT price_type_id FROM price_type WHERE is_default AND is_active").fetchone()
        price_type_id = row[0] if row else None
    if price_type_id is None:
        return {}
    return {"agreements.added": connection.execute(_AGREEMENTS.encode(), facts | {"type": price_type_id}).rowcount}


def _details(record: PartnerRecord) -> dict[str, Any]:
    found: dict[str, Any] = {name: value for name in ("role", "okpo", "address") if (value := getattr(record, name))}
    if record.contacts:
        found["contacts"] = [{"kind": kind, "value": value} for kind, value in record.contacts]
    if record.accounts:
        found["accounts"] = [asdict(account) for account in record.accounts]
    return found
