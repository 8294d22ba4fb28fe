"""The connection to the action server: one kept-alive HTTP session, and failures that are not swallowed."""

from __future__ import annotations

import asyncio
import functools
import json
from typing import Any, Final

import aiohttp
import ujson
from rasa.utils.endpoints import ClientResponseError, EndpointConfig

ACTION_TIMEOUT_SECONDS: Final = 15.0
"""An action that takes longer fails the turn; the caller retries the turn."""

KEEP_ALIVE_SECONDS: Final = 4.0
"""Shorter than the 5 s after which rasa-sdk's server closes an idle connection, so that no request meets a closing
one."""

_REJECTED: Final = 400
"""The status with which an action server says that an action was rejected (not that it failed)."""


class ActionServerError(Exception):
    """The action server failed or cannot be reached.

    Not a `RasaException`: Rasa logs those of an action and goes on as if the action had answered nothing.
    """


class KeepAliveEndpoint(EndpointConfig):
    """An `EndpointConfig` that keeps its session; Rasa's opens a session, and a connection, for each call."""

    def __init__(self, url: str, timeout_seconds: float = ACTION_TIMEOUT_SECONDS) -> None:
        """Points at an action server.

        Args:
            url: Address of the action server's webhook.
            timeout_seconds: Time for one whole call.
        """
        # Rasa's own switch: the domain is sent only with actions that are listed with `send_domain: true`.
        super().__init__(url=url, enable_selective_domain=True)
        self._timeout = aiohttp.ClientTimeout(total=timeout_seconds)
        self._kept: aiohttp.ClientSession | None = None

    def session(self) -> aiohttp.ClientSession:
        """The kept session; made on the first call, inside the running loop."""
        if self._kept is None or self._kept.closed:
            self._kept = aiohttp.ClientSession(
                connector=aiohttp.TCPConnector(limit=0, keepalive_timeout=KEEP_ALIVE_SECONDS),
                timeout=self._timeout,
                json_serialize=functools.partial(ujson.dumps, ensure_ascii=False),
            )
        return self._kept

    async def request(
        self,
        method: str = "post",
        subpath: str | None = None,
        content_type: str | None = "application/json",
        compress: bool = False,
        **kwargs: Any,
    ) -> Any:
        """Calls the action server.

        Args:
            method: HTTP method.
            subpath: Path below the address; unused by Rasa's action calls.
            content_type: Unused: the body is JSON.
            compress: Whether to compress the body.
            **kwargs: `json` is the body; Rasa's own timeout of five minutes is not taken over.

        Returns:
            The JSON answer.

        Raises:
            ClientResponseError: The action was rejected (status 400), which Rasa handles.
            ActionServerError: Anything else that is not a JSON answer with a status below 400.
        """
        url = self.url if subpath is None else f"{self.url.rstrip('/')}/{subpath.lstrip('/')}"
        try:
            async with self.session().request(method, url, json=kwargs["json"], compress=compress or None) as response:
                body = await response.read()
        except asyncio.TimeoutError as error:
            raise ActionServerError("the action server did not answer in time") from error
        except (aiohttp.ClientError, OSError) as error:
            raise ActionServerError(f"the action server cannot be reached: {type(error).__name__}") from error
        if response.status == _REJECTED:
            raise ClientResponseError(response.status, response.reason or "", body)
        if response.status > _REJECTED:
            raise ActionServerError(f"the action server answered with status {response.status}")
        try:
            return json.loads(body)
        except ValueError as error:
            raise ActionServerError("the action server's answer is not JSON") from error

    async def close(self) -> None:
        """Closes the kept session."""
        if self._kept is not None:
            await self._kept.close()
