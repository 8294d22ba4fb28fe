"""The web server before the application: limits for slow clients, quiet headers."""

import asyncio
from typing import Any

import uvicorn
from starlette.types import ASGIApp
from uvicorn.protocols.http.h11_impl import H11Protocol

GRACEFUL_SECONDS = 10
KEEP_ALIVE_SECONDS = 20
HEAD_SECONDS = 15.0
"""A client that has not sent its request's head by then is let go."""
HEAD_MAX_BYTES = 16 * 1024


class _HeadTimeoutProtocol(H11Protocol):
    """uvicorn waits for ever for a head that comes byte by byte."""

    _timer: asyncio.TimerHandle | None = None

    def connection_made(self, transport: Any) -> None:
        super().connection_made(transport)
        self._timer = self.loop.call_later(HEAD_SECONDS, self._let_go)

    def data_received(self, data: bytes) -> None:
        super().data_received(data)
        if not self._waits_for_head():
            self._cancel()
        elif self._timer is None:
            self._timer = self.loop.call_later(HEAD_SECONDS, self._let_go)

    def connection_lost(self, exc: Exception | None) -> None:
        self._cancel()
        super().connection_lost(exc)

    def _waits_for_head(self) -> bool:
        return self.cycle is None or self.cycle.response_complete

    def _cancel(self) -> None:
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None

    def _let_go(self) -> None:
        self._timer = None
        if self._waits_for_head() and not self.transport.is_closing():
            self.transport.close()


def server_config(app: ASGIApp, host: str, port: int, trusted_proxies: str = "127.0.0.1,::1") -> uvicorn.Config:
    """How `app` is served. Proxies at these addresses or in these networks are believed who their caller is."""
    return uvicorn.Config(
        app,
        host=host,
        port=port,
        http=_HeadTimeoutProtocol,
        ws="none",
        h11_max_incomplete_event_size=HEAD_MAX_BYTES,
        timeout_keep_alive=KEEP_ALIVE_SECONDS,
        timeout_graceful_shutdown=GRACEFUL_SECONDS,
        proxy_headers=True,
        forwarded_allow_ips=trusted_proxies,
        access_log=False,
        server_header=False,
        log_config=None,
    )
