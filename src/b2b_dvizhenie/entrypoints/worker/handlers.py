"""Job name → handler. A handler parses the payload, calls one use case as the system, and may run more than once."""

from collections.abc import Awaitable, Callable, Mapping
from typing import Any
from uuid import UUID

import msgspec
import structlog
from msgspec import Struct

from b2b_dvizhenie.application.exchange.closing import CLOSE_JOB
from b2b_dvizhenie.application.exchange.gateway import APPLY_JOB, HEAL_JOB
from b2b_dvizhenie.application.exchange.requesting import IMPORT_JOB
from b2b_dvizhenie.application.exchange.sweeping import CLEAN_JOB, SWEEP_JOB
from b2b_dvizhenie.application.identity import CODE_JOB, RECOVERY_JOB
from b2b_dvizhenie.application.messaging import SEND_JOB
from b2b_dvizhenie.application.operations import FORGET_JOB
from b2b_dvizhenie.application.ordering import OrderCancelled, OrderMoved, OrderPlaced
from b2b_dvizhenie.application.pricing import RATES_JOB, WHAT_IF_JOB
from b2b_dvizhenie.application.shared.actor import system_actor
from b2b_dvizhenie.domain.shared.ids import NodeId
from b2b_dvizhenie.entrypoints.container import Container

log = structlog.get_logger("orders")


class RunningJob(Struct, frozen=True):
    """The job a handler works on: its id, which attempt this is (from 1), and the request that asked for it."""

    job_id: str
    attempt: int
    request_id: str = ""


Handler = Callable[[Container, dict[str, Any], RunningJob], Awaitable[None]]


async def import_exchange_file(container: Container, payload: dict[str, Any], job: RunningJob) -> None:
    """`exchange.import_file` {import_id}: a refused file is an outcome, an unreachable database a reason to retry."""
    actor = system_actor("exchange", job.request_id)
    await container.import_file()(actor, UUID(payload["import_id"]))


def announced(event: type[OrderPlaced | OrderCancelled | OrderMoved]) -> Handler:
    """Handler that puts what happened to an order into the log, as one line per event."""

    async def announce(_: Container, payload: dict[str, Any], job: RunningJob) -> None:
        told = msgspec.convert(payload, event, strict=False)
        log.info(event.name, order=told.number, order_id=str(told.order_id), request_id=job.request_id)

    return announce


async def sweep_exchange_uploads(container: Container, _payload: dict[str, Any], job: RunningJob) -> None:
    """`exchange.sweep_uploads`: files that 1C sent and never asked to import."""
    await container.sweep_uploads()(job.request_id)


async def clean_exchange(container: Container, _payload: dict[str, Any], _job: RunningJob) -> None:
    """`exchange.clean`: old files, log lines, failed logins."""
    await container.clean_exchange()()


async def forget_remains(container: Container, _payload: dict[str, Any], _job: RunningJob) -> None:
    """`operations.forget`: expired codes and links, failed logins, ended sessions, messages, each after its time."""
    await container.forget_remains()()


async def close_exports(container: Container, payload: dict[str, Any], _job: RunningJob) -> None:
    """`exchange.close_exports` {node_id?}: full exports of the node that said it is done, or every quiet one."""
    node_id = payload.get("node_id")
    await container.close_exports()(NodeId(UUID(node_id)) if node_id else None)


async def apply_rows(container: Container, payload: dict[str, Any], job: RunningJob) -> None:
    """`exchange.apply_rows` {node_id, table}: rows of the gateway that wait, and full exports that are complete."""
    actor = system_actor("gateway", job.request_id)
    await container.apply_rows()(actor, NodeId(UUID(payload["node_id"])), payload["table"])


async def heal_rows(container: Container, _payload: dict[str, Any], job: RunningJob) -> None:
    """`exchange.heal_rows`: rows of the gateway whose company or product may have come since."""
    await container.heal_rows()(job.request_id)


async def send_message(container: Container, payload: dict[str, Any], _job: RunningJob) -> None:
    """`messaging.send` {message_id}: hand a message to its gateway; what is secret in it is not in the payload."""
    await container.send_message()(UUID(payload["message_id"]))


async def send_code(container: Container, payload: dict[str, Any], _job: RunningJob) -> None:
    """`identity.send_code` {challenge_id}: make the code that was asked for, if somebody has the login."""
    await container.send_code()(UUID(payload["challenge_id"]))


async def send_recovery(container: Container, payload: dict[str, Any], _job: RunningJob) -> None:
    """`identity.send_recovery` {challenge_id}: send the link to a new password, if somebody has the login."""
    await container.send_recovery()(UUID(payload["challenge_id"]))


async def run_what_if(container: Container, payload: dict[str, Any], _job: RunningJob) -> None:
    """`pricing.what_if` {what_if_id}: replay a version of the discounts over what was ordered."""
    await container.run_what_if()(UUID(payload["what_if_id"]))


async def fetch_rates(container: Container, _payload: dict[str, Any], job: RunningJob) -> None:
    """`pricing.fetch_rates`: official currency rates; a source that does not answer is a reason to retry."""
    await container.fetch_rates()(system_actor("rates", job.request_id))


HANDLERS: Mapping[str, Handler] = {
    IMPORT_JOB: import_exchange_file,
    OrderPlaced.name: announced(OrderPlaced),
    OrderCancelled.name: announced(OrderCancelled),
    OrderMoved.name: announced(OrderMoved),
    SWEEP_JOB: sweep_exchange_uploads,
    CLEAN_JOB: clean_exchange,
    CLOSE_JOB: close_exports,
    APPLY_JOB: apply_rows,
    HEAL_JOB: heal_rows,
    FORGET_JOB: forget_remains,
    RATES_JOB: fetch_rates,
    SEND_JOB: send_message,
    CODE_JOB: send_code,
    RECOVERY_JOB: send_recovery,
    WHAT_IF_JOB: run_what_if,
}
"""One entry per job name (`context.verb`)."""
