"""Calls of python-telegram-bot over plain kept connections; files and proxies still go the library's own way."""

from typing import Any
from urllib.parse import urlencode, urlsplit
from urllib.request import getproxies

import httpx
from telegram.error import NetworkError, TimedOut
from telegram.request import HTTPXRequest, RequestData

from foundation.wire import TooLateError, Wire, WireError

IDLE_SECONDS = 5.0
"""As long as httpx keeps a connection without a call; Telegram says nothing of how long it does."""


def wire_to(base: str, connect_seconds: float) -> Wire | None:
    """Connections to the Bot API server at `base`; None where a proxy may lie between."""
    parts = urlsplit(base)
    if getproxies().keys() & {"all", parts.scheme}:
        return None
    origin = f"{parts.scheme}://{parts.netloc}"  # python-telegram-bot's addresses hold the rest
    return Wire(origin, idle_seconds=IDLE_SECONDS, connect_seconds=connect_seconds, tls=httpx.create_ssl_context())


class LeanRequest(HTTPXRequest):
    """What has no file in it goes over a `Wire`.

    Args:
        wire: To the Bot API server; without one everything goes the library's way.
        call_seconds: Time for a call.
        connections: Of the library's way.
    """

    def __init__(self, wire: Wire | None, call_seconds: float, connections: int) -> None:
        super().__init__(
            connection_pool_size=connections,
            read_timeout=call_seconds,
            write_timeout=call_seconds,
            connect_timeout=call_seconds,
            pool_timeout=call_seconds,
        )
        self._wire = wire
        self._call_seconds = call_seconds

    async def do_request(
        self, url: str, method: str, request_data: RequestData | None = None, *args: Any, **kwargs: Any
    ) -> tuple[int, bytes]:
        """See `telegram.request.BaseRequest.do_request`."""
        if self._wire is None or method != "POST" or (request_data and request_data.multipart_data):
            return await super().do_request(url, method, request_data, *args, **kwargs)
        form = urlencode(request_data.json_parameters).encode() if request_data else b""
        try:
            return await self._wire.call(
                "POST",
                urlsplit(url).path,
                form,
                timeout_seconds=self._call_seconds,
                content_type="application/x-www-form-urlencoded",
            )
        except TooLateError as error:
            raise TimedOut from error
        except WireError as error:
            raise NetworkError(f"{type(error).__name__}: {error}") from error
