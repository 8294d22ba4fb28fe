"""A real RabbitMQ, reached over a line that a test can cut."""

import asyncio
import contextlib
import json
import uuid
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any

import aio_pika
import pytest
from aio_pika.abc import AbstractChannel

from operations.events.broker import UNROUTED_SUFFIX

HOST = "127.0.0.1"
PORT = 5672
URL = f"amqp://guest:guest@{HOST}:{PORT}/"
CONNECT_SECONDS = 3.0


@dataclass
class Line:
    """A TCP connection's way to RabbitMQ."""

    url: str = ""
    up: bool = True
    cut_after_bytes: int | None = None
    """A connection breaks when the broker has said so much on it."""
    cuts: int = 0
    writers: set[asyncio.StreamWriter] = field(default_factory=set)

    def cut(self) -> None:
        """Breaks every connection at once, as a broker that is killed does."""
        self.cuts += 1
        for writer in self.writers:
            writer.transport.abort()

    async def carry(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """Carries one connection."""
        if not self.up:
            writer.transport.abort()
            return
        to_reader, to_writer = await asyncio.open_connection(HOST, PORT)
        pair = {writer, to_writer}
        self.writers |= pair
        try:
            await asyncio.gather(
                self._pump(reader, to_writer, None), self._pump(to_reader, writer, self.cut_after_bytes)
            )
        finally:
            self.writers -= pair
            for one in pair:
                one.transport.abort()

    async def _pump(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter, limit: int | None) -> None:
        passed = 0
        with contextlib.suppress(OSError):
            while chunk := await reader.read(4096):
                passed += len(chunk)
                if limit is not None and passed > limit:
                    self.cut()
                    return
                writer.write(chunk)
                await writer.drain()
        writer.transport.abort()


@dataclass
class Ear:
    """A queue that hears all events of an exchange of this test."""

    exchange: str
    channel: AbstractChannel
    queue: str = ""

    async def bind(self, key: str = "ur.#") -> None:
        """Begins to listen, as another system would."""
        queue = await self.channel.declare_queue(f"{self.exchange}.heard", durable=True)
        exchange = await self.channel.get_exchange(self.exchange)
        await queue.bind(exchange, key)
        self.queue = queue.name

    async def heard(self, queue: str | None = None) -> list[dict[str, Any]]:
        """What has come since the last time."""
        found = await self.channel.get_queue(queue or self.queue)
        events = []
        while (message := await found.get(fail=False)) is not None:
            await message.ack()
            assert message.content_type == "application/cloudevents+json"
            assert message.delivery_mode == aio_pika.DeliveryMode.PERSISTENT
            event = json.loads(message.body)
            assert message.message_id == event["id"]
            assert message.routing_key == event["type"]
            events.append(event)
        return events


@asynccontextmanager
async def line() -> AsyncIterator[Line]:
    """A line to RabbitMQ on a port of its own."""
    found = Line()
    server = await asyncio.start_server(found.carry, HOST, 0)
    found.url = f"amqp://guest:guest@{HOST}:{server.sockets[0].getsockname()[1]}/"
    try:
        yield found
    finally:
        server.close()
        found.cut()


@asynccontextmanager
async def ear() -> AsyncIterator[Ear]:
    """An exchange of this test, deleted at its end; skips the test if there is no RabbitMQ."""
    try:
        connection = await aio_pika.connect(URL, timeout=CONNECT_SECONDS)
    except (OSError, TimeoutError, aio_pika.exceptions.AMQPError):
        pytest.skip("no RabbitMQ at 127.0.0.1:5672 with guest/guest")
    async with connection:
        channel = await connection.channel()
        listener = Ear(f"test.{uuid.uuid4().hex[:12]}", channel)
        yield listener
        for name in (f"{listener.exchange}.heard", listener.exchange + UNROUTED_SUFFIX):
            await channel.queue_delete(name)
        for name in (listener.exchange, listener.exchange + UNROUTED_SUFFIX):
            await channel.exchange_delete(name)
