"""An applier killed between staging and the end leaves whole batches, and its successor does the rest (T26)."""

import asyncio
from collections.abc import Iterator

import gateway_process
import psycopg
import pytest
from processes import forked

from b2b_dvizhenie.domain.shared.ids import NodeId, new_id

pytestmark = [pytest.mark.postgres]

KILLED = -9
GOODS = 5
FURNISH = """
INSERT INTO exchange_node (node_id, name, login, password_hash, created_at) VALUES ('{node}', 'n', 'n', '-', now());
INSERT INTO warehouse (warehouse_id, node_id, external_ref, name) VALUES (gen_random_uuid(), '{node}', 'w1', 'w1');
INSERT INTO product (product_id, node_id, external_ref, name, sort_key, updated_at)
SELECT gen_random_uuid(), '{node}', 'g' || n, 'g', 'g', now() FROM generate_series(1, {goods} + 1) n;
INSERT INTO variant (variant_id, product_id) SELECT product_id, product_id FROM product
"""
STAGE = """
TRUNCATE gw_in, gw_full, gw_batch, stock;
INSERT INTO stock (variant_id, warehouse_id, quantity, updated_at)
SELECT product_id, warehouse_id, 99, now() FROM product, warehouse WHERE product.external_ref = 'g{last}';
INSERT INTO gw_full (node_id, table_name, full_ref, scope, state, opened_at, first_row_id, parts, last_part)
VALUES ('{node}', 'stocks', 'f', '{{"warehouse_id": "w1"}}', 'open', now(), 0, '{{1}}', 1);
INSERT INTO gw_in (node_id, table_name, received_at, op, key, payload, state)
SELECT '{node}', 'stocks', now(), 'upsert', 'w1|g' || n || '|',
       jsonb_build_object('warehouse_id', 'w1', 'product_id', 'g' || n, 'free', n), 'new'
  FROM generate_series(1, {goods}) n
"""
# What is in the catalogue is exactly what the rows say that is, and what a full export removed was removed once.
HALF_DONE = """
SELECT count(*) FROM gw_in r JOIN product p ON r.key = 'w1|' || p.external_ref || '|'
  LEFT JOIN stock k ON k.variant_id = p.product_id
 WHERE (r.state = 'applied') <> (k.quantity IS NOT NULL)
    OR r.attempts <> CASE r.state WHEN 'applied' THEN 1 ELSE 0 END
UNION ALL
SELECT count(*) FROM gw_full f, stock k JOIN product p ON p.product_id = k.variant_id
 WHERE p.external_ref = 'g{last}' AND (f.state = 'applied') <> (k.quantity = 0)
UNION ALL
SELECT count(*) FROM gw_full f WHERE (f.state = 'applied')::int <> (
       SELECT count(*) FROM audit WHERE subject_type = 'gw_full' AND subject_id = f.full_id::text)
"""


class Crashes:
    """Five rows that wait, a full export that is complete and did not name one good, an applier."""

    def __init__(self, url: str) -> None:
        self.url, self.node_id = url, NodeId(new_id())
        self.connection = psycopg.connect(url, autocommit=True)
        self._execute(FURNISH)

    def _execute(self, script: str) -> None:
        self.connection.execute(script.format(node=self.node_id, goods=GOODS, last=GOODS + 1).encode())

    def stage(self) -> None:
        self._execute(STAGE)

    def run(self, *, torn: bool = False) -> int:
        """A whole run; how many statements it took."""
        with forked(gateway_process.main, self.url, self.node_id, 0, torn) as process:
            return int(process.ready(60))

    def killed(self, statement: int, *, torn: bool = False) -> None:
        with forked(gateway_process.main, self.url, self.node_id, statement, torn) as process:
            process.child.join(60)
            assert process.child.exitcode == KILLED

    def faults(self) -> int:
        query = HALF_DONE.format(last=GOODS + 1)
        return sum(count for (count,) in self.connection.execute(query.encode()))

    def is_through(self) -> bool:
        query = (
            b"SELECT bool_and(state = 'applied') FROM (SELECT state FROM gw_in UNION ALL SELECT state FROM gw_full) s"
        )
        row = self.connection.execute(query).fetchone()
        return row is not None and bool(row[0])


@pytest.fixture
def crashes(database_url: str) -> Iterator[Crashes]:
    one = Crashes(database_url)
    yield one
    one.connection.close()


def test_whenever_it_is_killed_batches_are_in_or_out_and_the_job_finishes(
    crashes: Crashes, request: pytest.FixtureRequest
) -> None:
    crashes.stage()
    statements = crashes.run()
    assert crashes.is_through()
    assert crashes.faults() == 0
    times = statements if request.config.getoption("--nightly") else 3
    seen = set()
    for number in range(times):
        crashes.stage()
        crashes.killed(1 + number * (statements - 1) // (times - 1))
        assert crashes.faults() == 0
        seen.add(crashes.is_through())
        asyncio.run(gateway_process.applied(crashes.url, crashes.node_id, torn=False))
        assert crashes.is_through(), "the job that comes back finishes the work"
        assert crashes.faults() == 0, "and does nothing twice"
    assert False in seen


def test_the_check_notices_an_applier_without_a_transaction(crashes: Crashes) -> None:
    """The control: with a commit per statement some kill must leave a batch half done."""
    crashes.stage()
    statements = crashes.run(torn=True)
    for statement in range(4, statements):
        crashes.stage()
        crashes.killed(statement, torn=True)
        if crashes.faults():
            return
    pytest.fail("no kill left anything half done")
