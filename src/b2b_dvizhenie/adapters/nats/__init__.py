"""NATS JetStream as the transport of job ids, by taskiq-nats. The stream's contents may be lost at any time."""

from nats.js.api import ConsumerConfig, RetentionPolicy, StreamConfig
from taskiq import AsyncBroker
from taskiq_nats import PullBasedJetStreamBroker

STREAM = "b2b_jobs"
SUBJECT = "b2b.jobs"
DURABLE = "b2b_workers"
_FETCH_SECONDS = 5


def make_broker(url: str, concurrency: int) -> AsyncBroker:
    """A broker over `nats://host:port`; building it does no I/O.

    Args:
        url: where NATS is.
        concurrency: how many messages all workers together may hold unacknowledged, at least.
    """
    return PullBasedJetStreamBroker(
        url,
        subject=SUBJECT,
        stream_name=STREAM,
        durable=DURABLE,
        stream_config=StreamConfig(retention=RetentionPolicy.WORK_QUEUE),
        consumer_config=ConsumerConfig(durable_name=DURABLE, max_ack_pending=max(1000, concurrency)),
        # A request that waits for ever is forgotten by a server that restarts.
        pull_consume_timeout=_FETCH_SECONDS,
        max_reconnect_attempts=-1,
        connect_timeout=5,
    )
