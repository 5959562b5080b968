"""RabbitMQ as the transport of job ids, by taskiq-aio-pika. The queue's contents may be lost at any time."""

from aio_pika import ExchangeType
from taskiq import AsyncBroker
from taskiq_aio_pika import AioPikaBroker, Exchange, Queue, QueueType

EXCHANGE = "b2b"
QUEUE = "b2b.jobs"


def make_broker(url: str, concurrency: int) -> AsyncBroker:
    """A broker over `amqp://user:password@host:port/vhost`; building it does no I/O.

    Args:
        url: where RabbitMQ is.
        concurrency: how many messages a worker may hold unacknowledged.
    """
    return AioPikaBroker(
        url,
        qos=concurrency,
        exchange=Exchange(name=EXCHANGE, type=ExchangeType.DIRECT),
        task_queues=[Queue(name=QUEUE, type=QueueType.CLASSIC)],
        dead_letter_queue=Queue(name=f"{QUEUE}.dead", type=QueueType.CLASSIC),
        timeout=5,
    )
