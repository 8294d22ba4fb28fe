"""RabbitMQ as events need it: one exchange, every message confirmed."""

import asyncio
from collections.abc import Sequence
from typing import Final

import aio_pika
from aio_pika.abc import AbstractConnection, AbstractExchange
from aio_pika.exceptions import CONNECTION_EXCEPTIONS, AMQPException

from operations.events.repository import Pending
from operations.events.service import CONTENT_TYPE, PREFIX, body

EXCHANGE: Final = "ur.events"
"""Topic exchange; the routing key is the event's type."""
UNROUTED_SUFFIX: Final = ".unrouted"
"""Exchange and queue of what no queue is bound for: kept a while for the day that somebody asks for it."""
UNROUTED_TTL_MS: Final = 7 * 24 * 3600 * 1000
UNROUTED_MAX_MESSAGES: Final = 1_000_000
CONNECT_SECONDS: Final = 10.0
CONFIRM_SECONDS: Final = 10.0
"""A broker that is short of memory or disk reads on slowly, or not at all."""
CLOSE_SECONDS: Final = 3.0


class BrokerError(Exception):
    """The broker is away or did not take something; the text is a code for logs and metrics."""


class Broker:
    """A connection, opened when it is needed first and after each failure."""

    def __init__(self, url: str, exchange: str = EXCHANGE) -> None:
        self._url = url
        self._name = exchange
        self._connection: AbstractConnection | None = None
        self._exchange: AbstractExchange | None = None

    async def publish(self, events: Sequence[Pending]) -> Sequence[int]:
        """Publishes all at once; the numbers of those that the broker has on its disk.

        Raises:
            BrokerError: No connection can be made.
        """
        exchange = self._exchange or await self._open()
        outcomes = await asyncio.gather(*(self._send(exchange, event) for event in events), return_exceptions=True)
        for outcome in outcomes:
            # A connection that breaks also cancels those that wait on it.
            if isinstance(outcome, BaseException) and not isinstance(outcome, (*_FAILURES, asyncio.CancelledError)):
                raise outcome
        return [event.number for event, outcome in zip(events, outcomes, strict=True) if outcome is None]

    async def close(self) -> None:
        """Closes the connection; one that is broken is let go."""
        connection, self._connection, self._exchange = self._connection, None, None
        if connection is not None:
            try:
                async with asyncio.timeout(CLOSE_SECONDS):
                    await connection.close()
            except _FAILURES:
                return

    async def _open(self) -> AbstractExchange:
        unrouted = self._name + UNROUTED_SUFFIX
        try:
            self._connection = await aio_pika.connect(
                self._url, timeout=CONNECT_SECONDS, client_properties={"connection_name": "ur-assistant events"}
            )
            async with asyncio.timeout(CONNECT_SECONDS):
                channel = await self._connection.channel(publisher_confirms=True, on_return_raises=True)
                spare = await channel.declare_exchange(unrouted, aio_pika.ExchangeType.FANOUT, durable=True)
                queue = await channel.declare_queue(
                    unrouted,
                    durable=True,
                    arguments={"x-message-ttl": UNROUTED_TTL_MS, "x-max-length": UNROUTED_MAX_MESSAGES},
                )
                await queue.bind(spare)
                self._exchange = await channel.declare_exchange(
                    self._name,
                    aio_pika.ExchangeType.TOPIC,
                    durable=True,
                    arguments={"alternate-exchange": unrouted},
                )
        except _FAILURES as error:
            await self.close()
            raise BrokerError(type(error).__name__) from error
        return self._exchange

    async def _send(self, exchange: AbstractExchange, event: Pending) -> None:
        message = aio_pika.Message(
            body(event),
            content_type=CONTENT_TYPE,
            delivery_mode=aio_pika.DeliveryMode.PERSISTENT,
            message_id=event.id,
            timestamp=event.at,
            type=PREFIX + event.type,
        )
        # `mandatory`: without it the broker confirms what it threw away, should the spare queue have been deleted.
        await exchange.publish(message, PREFIX + event.type, mandatory=True, timeout=CONFIRM_SECONDS)


_FAILURES = (*CONNECTION_EXCEPTIONS, AMQPException, TimeoutError, asyncio.InvalidStateError)
"""aio-pika tells of a connection that broke under it in all these ways."""
