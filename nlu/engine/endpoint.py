"""The way to the action server: kept connections, and failures that are not swallowed."""

from __future__ import annotations

import json
from typing import Any, Final

import ujson
from rasa.utils.endpoints import ClientResponseError, EndpointConfig

from foundation import tracing
from foundation.wire import TooLateError, Wire, WireError

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
    """An `EndpointConfig` that keeps its connections; Rasa's opens a session, and a connection, for each call."""

    def __init__(self, url: str, timeout_seconds: float = ACTION_TIMEOUT_SECONDS) -> None:
        """Points at an action server.

        Args:
            url: Address of the action server's webhook.
            timeout_seconds: Time for one whole call.

        Raises:
            ValueError: The address is no http or https address.
        """
        # Rasa's own switch: the domain is sent only with actions that are listed with `send_domain: true`.
        super().__init__(url=url, enable_selective_domain=True)
        self._wire = Wire(url, idle_seconds=KEEP_ALIVE_SECONDS, connect_seconds=timeout_seconds)
        self._timeout = timeout_seconds

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
            method: Unused: actions are posted.
            subpath: Unused by Rasa's action calls.
            content_type: Unused: the body is JSON.
            compress: Unused: the action server is near.
            **kwargs: `json` is the body; Rasa's own timeout of five minutes is not taken over.

        Returns:
            The JSON answer.

        Raises:
            ClientResponseError: The action was rejected (status 400), which Rasa handles.
            ActionServerError: Anything else that is not a JSON answer with a status below 400.
        """
        body = ujson.dumps(kwargs["json"], ensure_ascii=False).encode()
        try:
            status, answer = await self._wire.call(
                "POST", "", body, timeout_seconds=self._timeout, headers=tracing.headers()
            )
        except TooLateError as error:
            raise ActionServerError("the action server did not answer in time") from error
        except WireError as error:
            raise ActionServerError(f"the action server cannot be reached: {type(error).__name__}") from error
        if status == _REJECTED:
            raise ClientResponseError(status, "", answer)
        if status > _REJECTED:
            raise ActionServerError(f"the action server answered with status {status}")
        try:
            return json.loads(answer)
        except ValueError as error:
            raise ActionServerError("the action server's answer is not JSON") from error

    async def close(self) -> None:
        """Closes the kept connections."""
        self._wire.close()
