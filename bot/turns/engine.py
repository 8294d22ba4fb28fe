"""The engine over HTTP."""

import asyncio
from collections.abc import Sequence
from typing import Any
from urllib.parse import quote

import httpx
from pydantic import BaseModel, ValidationError

from bot.replies import Reply
from foundation.settings import Settings

CONNECT_SECONDS = 2.0
PROBE_SECONDS = 2.0
CONNECTIONS = 64
_MESSAGE_REFUSED = frozenset({400, 413, 422})
_TURN_FAILED = 500


class EngineError(Exception):
    """A turn that did not succeed; the text says why and holds nothing of the message."""


class EngineUnavailableError(EngineError):
    """The engine or the actions cannot be reached, or are misconfigured: the message is not to blame."""


class TurnTimeoutError(EngineError):
    """The turn took longer than its time budget."""


class TurnFailedError(EngineError):
    """The engine failed on this message while it and the actions work."""


class _TurnResult(BaseModel):
    messages: Sequence[Reply]


class EngineClient:
    """Calls the engine. A repeated `message_id` gets the stored answer, so every call may be repeated."""

    def __init__(self, settings: Settings, transport: httpx.AsyncBaseTransport | None = None) -> None:
        token = settings.engine_token
        self._budget_seconds = settings.engine_turn_timeout_seconds
        self._actions_health = f"http://{settings.actions_host}:{settings.actions_port}/health"
        self._client = httpx.AsyncClient(
            base_url=settings.engine_url,
            headers={"Authorization": f"Bearer {token.get_secret_value()}"} if token else {},
            timeout=httpx.Timeout(self._budget_seconds, connect=CONNECT_SECONDS),
            limits=httpx.Limits(max_connections=CONNECTIONS, max_keepalive_connections=CONNECTIONS),
            transport=transport,
            trust_env=False,
        )

    async def turn(
        self, sender: str, message_id: str, *, channel: str, text: str | None = None, payload: str | None = None
    ) -> Sequence[Reply]:
        """One turn of the dialogue.

        Args:
            sender: The conversation's pseudonymous name.
            message_id: Unique; the same on every try.
            channel: Where the citizen writes.
            text: What was typed (never read as a payload), or None.
            payload: What a button or a command stands for, or None.

        Returns:
            The engine's replies.

        Raises:
            EngineUnavailableError: Try again later.
            TurnTimeoutError: The time budget is used up.
            TurnFailedError: This message fails.
        """
        body: dict[str, Any] = {"sender": sender, "message_id": message_id, "metadata": {"channel": channel}}
        body |= {"payload": payload} if payload is not None else {"text": text}
        try:
            async with asyncio.timeout(self._budget_seconds):
                response = await self._post(body)
        except (TimeoutError, httpx.ReadTimeout, httpx.WriteTimeout, httpx.PoolTimeout) as error:
            raise TurnTimeoutError("timeout") from error
        except httpx.HTTPError as error:
            raise EngineUnavailableError(f"engine: {type(error).__name__}") from error
        if response.status_code == httpx.codes.OK:
            try:
                return _TurnResult.model_validate_json(response.content).messages
            except ValidationError as error:
                raise TurnFailedError("engine: not the agreed answer") from error
        if response.status_code in _MESSAGE_REFUSED:
            raise TurnFailedError(f"engine: {response.status_code}")
        if response.status_code == _TURN_FAILED and await self.actions_alive():
            raise TurnFailedError("engine: turn_failed")
        raise EngineUnavailableError(f"engine: {response.status_code}")

    async def forget(self, sender: str) -> None:
        """Deletes the engine's memory of a conversation; one that it does not know is no error.

        Raises:
            EngineUnavailableError: It was not deleted; try again later.
        """
        try:
            response = await self._client.delete(f"/webhooks/gateway/conversations/{quote(sender, safe='')}")
        except httpx.HTTPError as error:
            raise EngineUnavailableError(f"engine: {type(error).__name__}") from error
        if response.status_code != httpx.codes.OK:
            raise EngineUnavailableError(f"engine: {response.status_code}")

    async def alive(self) -> bool:
        """Whether the engine answers at all."""
        return await self._answers("/webhooks/gateway/health")

    async def actions_alive(self) -> bool:
        """Whether the action server answers its health check."""
        return await self._answers(self._actions_health)

    async def close(self) -> None:
        """Closes the kept connections."""
        await self._client.aclose()

    async def _post(self, body: dict[str, Any]) -> httpx.Response:
        try:
            return await self._client.post("/webhooks/gateway/turn", json=body)
        except (httpx.RemoteProtocolError, httpx.ReadError):
            # A kept connection that the engine had closed meanwhile.
            return await self._client.post("/webhooks/gateway/turn", json=body)

    async def _answers(self, url: str) -> bool:
        try:
            response = await self._client.get(url, timeout=PROBE_SECONDS)
        except httpx.HTTPError:
            return False
        return response.status_code < httpx.codes.INTERNAL_SERVER_ERROR
