"""Plain HTTP to one server over connections that are kept: between our own processes, and to the Bot API.

A client that knows redirects, cookies, proxies and compression takes half a millisecond of processor time and more for
a call; this one a tenth of that. It runs on Python 3.10 too: the engine calls the actions with it.
"""

from __future__ import annotations

import asyncio
import ssl
import time
from collections.abc import Mapping
from typing import Any, Final
from urllib.parse import urlsplit

from httptools import HttpParserError, HttpResponseParser

_DEFAULT_PORTS: Final = {"http": 80, "https": 443}


class WireError(Exception):
    """There is no answer; the text says why."""


class UnreachableError(WireError):
    """No connection: the server has seen nothing of the call."""


class BrokenError(WireError):
    """The connection ended before a whole answer; the server may have acted on the call."""


class TooLateError(WireError):
    """No whole answer in time; the server may have acted on the call."""


class _Connection(asyncio.Protocol):
    """One connection, one request at a time."""

    transport: asyncio.Transport

    def __init__(self) -> None:
        self.usable = False
        self.idle_since = 0.0
        self._answer: asyncio.Future[tuple[int, bytes]] | None = None
        self._parser: Any = None
        self._body: list[bytes] = []

    async def ask(self, request: bytes, timeout_seconds: float) -> tuple[int, bytes]:
        loop = asyncio.get_running_loop()
        answer: asyncio.Future[tuple[int, bytes]] = loop.create_future()
        self._answer = answer
        self._parser, self._body = HttpResponseParser(self), []
        self.usable = False
        self.transport.write(request)
        clock = loop.call_later(timeout_seconds, self._too_late)
        try:
            return await answer
        finally:
            clock.cancel()
            if not self.usable:
                self.transport.abort()

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self.transport = transport  # type: ignore[assignment]
        self.usable = True

    def data_received(self, data: bytes) -> None:
        if self._parser is None:
            self.usable = False  # nothing was asked
            return
        try:
            self._parser.feed_data(data)
        except HttpParserError:
            self._fail(BrokenError("not HTTP"))

    def on_body(self, body: bytes) -> None:
        self._body.append(body)

    def on_message_complete(self) -> None:
        if self._parser is None or self._answer is None or self._answer.done():
            return
        status = self._parser.get_status_code()
        if status < 200:  # not the answer yet
            self._body = []
            return
        self.usable = bool(self._parser.should_keep_alive())
        self.idle_since = time.monotonic()
        self._answer.set_result((status, b"".join(self._body)))
        self._parser = None

    def connection_lost(self, error: Exception | None) -> None:
        self.usable = False
        self._fail(BrokenError("closed"))

    def _too_late(self) -> None:
        self._fail(TooLateError("no answer in time"))

    def _fail(self, error: WireError) -> None:
        if self._answer is not None and not self._answer.done():
            self._answer.set_exception(error)


class Wire:
    """Kept connections to one server."""

    def __init__(
        self,
        base: str,
        *,
        idle_seconds: float,
        connect_seconds: float,
        headers: Mapping[str, str] | None = None,
        tls: ssl.SSLContext | None = None,
    ) -> None:
        """Points at a server; nothing is opened yet.

        Args:
            base: An http or https address; the path of a call is put behind it.
            idle_seconds: A connection without a call for so long is not used again. Less than the server's own time.
            connect_seconds: Time for a new connection.
            headers: Sent with every call.
            tls: What an https server is checked with; without it, what the machine trusts.

        Raises:
            ValueError: The address is no http or https address.
        """
        parts = urlsplit(base)
        if parts.scheme not in _DEFAULT_PORTS or not parts.hostname:
            raise ValueError("not an http or https address")
        self._host, self._port = parts.hostname, parts.port or _DEFAULT_PORTS[parts.scheme]
        self._tls = (tls or ssl.create_default_context()) if parts.scheme == "https" else None
        self._path = parts.path.rstrip("/")
        self._common = _lines({"Host": parts.netloc.rpartition("@")[2], **(headers or {})})
        self._idle = idle_seconds
        self._connect_seconds = connect_seconds
        self._free: list[_Connection] = []

    async def call(
        self,
        method: str,
        path: str,
        body: bytes = b"",
        *,
        timeout_seconds: float,
        content_type: str = "application/json",
        headers: Mapping[str, str] | None = None,
    ) -> tuple[int, bytes]:
        """Makes one call; returns status and body.

        Args:
            method: HTTP method.
            path: Begins with a slash, query included; empty for the address itself.
            body: The body, if any.
            timeout_seconds: Time from the connection to the whole answer.
            content_type: Of the body.
            headers: Further headers.

        Raises:
            WireError: One of its kinds.
        """
        connection = self._kept() or await self._opened()
        head = f"{method} {self._path + path or '/'} HTTP/1.1\r\n{self._common}{_lines(headers or {})}"
        if body or method != "GET":
            head += f"Content-Type: {content_type}\r\nContent-Length: {len(body)}\r\n"
        answer = await connection.ask(f"{head}\r\n".encode("latin-1") + body, timeout_seconds)
        if connection.usable:
            self._free.append(connection)
        return answer

    def _kept(self) -> _Connection | None:
        oldest = time.monotonic() - self._idle
        while self._free:
            connection = self._free.pop()
            if connection.usable and connection.idle_since > oldest:
                return connection
            connection.transport.abort()
        return None

    async def _opened(self) -> _Connection:
        loop = asyncio.get_running_loop()
        try:
            opening = loop.create_connection(_Connection, self._host, self._port, ssl=self._tls)
            _, connection = await asyncio.wait_for(opening, self._connect_seconds)
        except (OSError, asyncio.TimeoutError) as error:
            raise UnreachableError(type(error).__name__) from error
        return connection

    def close(self) -> None:
        """Closes the connections that wait."""
        while self._free:
            self._free.pop().transport.abort()


def _lines(headers: Mapping[str, str]) -> str:
    return "".join(f"{name}: {value}\r\n" for name, value in headers.items())
