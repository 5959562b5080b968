"""What-if: a draft of 10,000 rules replayed over 300,000 ordered lines, and the check of that draft.

Orders are made by one statement, each line with the base price of its company's type and an explanation as long as real
ones are. The replay is the background job
of the product, progress and report included; it is watched as the panel watches it.
"""

import asyncio
import time
from uuid import UUID

import psycopg

from b2b_dvizhenie.application.pricing import RunState
from b2b_dvizhenie.application.shared.actor import Actor, system_actor
from b2b_dvizhenie.domain.hierarchy import Permission, Scope
from b2b_dvizhenie.domain.shared.ids import UserId
from b2b_dvizhenie.entrypoints.container import Container, build, running
from b2b_dvizhenie.entrypoints.logging import configure_logging
from b2b_dvizhenie.entrypoints.settings import LogSettings, Settings
from bench import discounts
from bench.progress import bar
from bench.report import Report, Row
from bench.setting import Bench

LINES, PER_ORDER, DAYS = 300_000, 20, 90
RULES = 10_000
REPLAY_GOAL, CHECK_GOAL = 60, 10
"""Seconds."""
_GLANCE = 0.2
_ORDERS = """
CREATE TEMP TABLE buyer ON COMMIT DROP AS
SELECT row_number() OVER (ORDER BY c.company_id) AS n, c.company_id, a.agreement_id, a.price_type_id,
       (SELECT user_id FROM app_user ORDER BY user_id LIMIT 1) AS user_id
  FROM company c JOIN agreement a ON a.company_id = c.company_id AND a.is_default;
CREATE TEMP TABLE goods ON COMMIT DROP AS
SELECT row_number() OVER (ORDER BY v.variant_id) AS n, v.variant_id, p.article, p.name
  FROM variant v JOIN product p USING (product_id);
CREATE TEMP TABLE placed ON COMMIT DROP AS
SELECT g AS n, gen_random_uuid() AS order_id, b.* FROM generate_series(1, {orders}) g
  JOIN buyer b (place, company_id, agreement_id, price_type_id, user_id)
    ON b.place = 1 + g % (SELECT count(*) FROM buyer);
INSERT INTO customer_order (order_id, number, user_id, company_id, status, currency, amount, vat_amount, terms,
                            made_of, placed_at, updated_at)
SELECT order_id, 'W-' || n, user_id, company_id, 'completed', 'RUB', 0, 0,
       jsonb_build_object('company_id', company_id, 'agreement_id', agreement_id, 'price_type_id', price_type_id),
       '{{discounts}}', now() - (n % {days}) * interval '1 day', now()
  FROM placed;
INSERT INTO order_line (order_id, position, variant_id, article, name, unit_code, unit_name, quantity, unit_price,
                        amount, vat_amount, explanation)
SELECT o.order_id, k, g.variant_id, g.article, g.name, '796', 'шт', 1 + (o.n + k) % 40, p.amount, p.amount, 0,
       jsonb_build_object('base', jsonb_build_object('amount', p.amount::text), 'verdicts', (
         SELECT jsonb_agg(jsonb_build_object('type', 'lost', 'rule_id', gen_random_uuid(), 'discount', (k * v)::text,
                                             'reason', 'smaller_discount', 'to', gen_random_uuid()))
           FROM generate_series(1, 6) v))
  FROM placed o
 CROSS JOIN generate_series(1, {per_order}) k
  JOIN goods g ON g.n = 1 + (o.n * {per_order} + k * 7) % (SELECT count(*) FROM goods)
 CROSS JOIN LATERAL (SELECT coalesce((SELECT amount FROM price WHERE price_type_id = o.price_type_id
                                         AND variant_id = g.variant_id AND min_quantity = 0), 100) AS amount) p"""


def _ordered(bench: Bench, url: str) -> None:
    with psycopg.connect(url) as connection, bar(bench.setting.console, f"writing {LINES:,} ordered lines", 1) as step:
        connection.execute(_ORDERS.format(orders=LINES // PER_ORDER, per_order=PER_ORDER, days=DAYS - 1).encode())
        step(1)
    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute("ANALYZE customer_order, order_line")


async def _watched(bench: Bench, container: Container, actor: Actor, version: UUID) -> int:
    """Follow the job as its page does; how many different states were seen."""
    show, seen = container.show_what_if(), set[int]()
    with bar(bench.setting.console, f"replaying {LINES:,} lines", LINES) as advance:
        done = 0
        while True:
            found = await show(actor, version)
            if found is not None:
                advance(found.done - done)
                done = found.done
                seen.add(done)
                if found.state in (RunState.DONE, RunState.FAILED):
                    return len(seen)
            await asyncio.sleep(_GLANCE)


async def _measured(bench: Bench, url: str, user_id: UserId, version: UUID, report: Report) -> None:
    configure_logging(LogSettings(level="warning"))
    rights = {Permission.PRICES_MANAGE: Scope.ALL, Permission.ORDERS_VIEW: Scope.ALL}
    actor = Actor(user_id, "bench", "administrator", rights)
    async with running(build(Settings(data_dir=bench.data_dir), url)) as container:
        began = time.perf_counter()
        checked = await container.check_rule_set()(system_actor("bench"), version)
        seconds = time.perf_counter() - began
        name = f"check of a draft of {checked.rules:,} rules"
        told = {one.value: count for one, count in checked.counts.items()}
        row = Row("what_if", name, round(seconds, 2), "s", f"≤ {CHECK_GOAL} s", seconds <= CHECK_GOAL, details=told)
        report.add(row)
        asked = await container.ask_what_if()(actor, version, DAYS)
        watching = asyncio.create_task(_watched(bench, container, actor, version))
        began, processor = time.perf_counter(), time.process_time()
        await container.run_what_if()(asked.what_if_id)
        seconds, processor = time.perf_counter() - began, time.process_time() - processor
        states = await watching
        found = await container.show_what_if()(actor, version)
        if found is None or found.outcome is None or found.outcome.lines != LINES:
            raise RuntimeError(f"the replay counted {found and found.outcome and found.outcome.lines} lines")
        (total,) = found.outcome.currencies
        report.add(
            Row(
                "what_if",
                f"a draft over {LINES:,} ordered lines",
                round(seconds, 1),
                "s",
                f"≤ {REPLAY_GOAL} s",
                seconds <= REPLAY_GOAL,
                f"{LINES / seconds:,.0f} lines/s; {processor:.1f} s of CPU; {states} states of its progress seen",
                {"changed": total.total.changed, "lines": total.total.lines},
            )
        )


def measure(bench: Bench, report: Report) -> None:
    """Works in a copy of the filled database."""
    if not bench.tokens:
        raise RuntimeError("nobody could have ordered")
    url = bench.copy("what_if")
    _ordered(bench, url)
    version = discounts.draft(bench, url, RULES)
    with psycopg.connect(url) as connection:
        person = connection.execute("SELECT user_id FROM app_user ORDER BY user_id LIMIT 1").fetchone()
    if person is None:
        raise RuntimeError("there is nobody to ask")
    asyncio.run(_measured(bench, url, UserId(person[0]), version, report))
