"""The engine over HTTP."""

import asyncio
import json
from collections.abc import Sequence
from typing import Any
from urllib.parse import quote

from pydantic import BaseModel, ValidationError

from bot.replies import Reply
from bot.turns.engines import Engines
from foundation import tracing
from foundation.settings import Settings
from foundation.wire import BrokenError, TooLateError, UnreachableError, Wire, WireError

CONNECT_SECONDS = 2.0
PROBE_SECONDS = 2.0
TURN_PATH = "/webhooks/gateway/turn"
HEALTH_PATH = "/webhooks/gateway/health"
IDLE_SECONDS = 60.0
"""Shorter than the time after which the engine closes a connection (`nlu.engine.serve.KEEP_ALIVE_SECONDS`)."""
_OK = 200
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


class TurnAnswer(BaseModel):
    """What the engine made of a message."""

    messages: Sequence[Reply]
    intent: str | None = None
    """What it took the message for."""


class EngineClient:
    """Calls the engine. A repeated `message_id` gets the stored answer, so every call may be repeated."""

    def __init__(self, settings: Settings) -> None:
        token = settings.engine_token
        headers = {"Authorization": f"Bearer {token.get_secret_value()}"} if token else {}
        self._budget_seconds = settings.engine_turn_timeout_seconds
        self._engines = Engines(settings.engine_url)
        self._wires = {
            url: Wire(url, idle_seconds=IDLE_SECONDS, connect_seconds=CONNECT_SECONDS, headers=headers)
            for url in self._engines.urls
        }
        self._actions = Wire(
            f"http://{settings.actions_host}:{settings.actions_port}", idle_seconds=0.0, connect_seconds=PROBE_SECONDS
        )

    async def turn(
        self,
        sender: str,
        message_id: str,
        *,
        channel: str,
        text: str | None = None,
        payload: str | None = None,
        form: bool = False,
    ) -> TurnAnswer:
        """One turn of the dialogue.

        Args:
            sender: The conversation's pseudonymous name.
            message_id: Unique; the same on every try.
            channel: Where the citizen writes.
            text: What was typed (never read as a payload), or None.
            payload: What a button or a command stands for, or None.
            form: Whether a form is open in the conversation.

        Returns:
            The engine's replies, and the intent.

        Raises:
            EngineUnavailableError: Try again later.
            TurnTimeoutError: The time budget is used up.
            TurnFailedError: This message fails.
        """
        body: dict[str, Any] = {
            "sender": sender,
            "message_id": message_id,
            "metadata": {"channel": channel, "form": form},
        }
        body |= {"payload": payload} if payload is not None else {"text": text}
        try:
            with tracing.span("engine call"):
                async with asyncio.timeout(self._budget_seconds):
                    status, answer = await self._call("POST", TURN_PATH, body)
        except (TimeoutError, TooLateError) as error:
            raise TurnTimeoutError("timeout") from error
        except WireError as error:
            raise EngineUnavailableError(f"engine: {type(error).__name__}") from error
        if status == _OK:
            try:
                return TurnAnswer.model_validate_json(answer)
            except ValidationError as error:
                raise TurnFailedError("engine: not the agreed answer") from error
        if status in _MESSAGE_REFUSED:
            raise TurnFailedError(f"engine: {status}")
        if status == _TURN_FAILED and await self.actions_alive():
            raise TurnFailedError("engine: turn_failed")
        raise EngineUnavailableError(f"engine: {status}")

    async def forget(self, sender: str) -> None:
        """Deletes the engine's memory of a conversation; one that it does not know is no error.

        Raises:
            EngineUnavailableError: It was not deleted; try again later.
        """
        try:
            status, _ = await self._call("DELETE", f"/webhooks/gateway/conversations/{quote(sender, safe='')}")
        except WireError as error:
            raise EngineUnavailableError(f"engine: {type(error).__name__}") from error
        if status != _OK:
            raise EngineUnavailableError(f"engine: {status}")

    async def alive(self) -> bool:
        """Whether an engine answers at all."""
        return any(await asyncio.gather(*(_answers(wire, HEALTH_PATH) for wire in self._wires.values())))

    async def actions_alive(self) -> bool:
        """Whether the action server answers its health check."""
        return await _answers(self._actions, "/health")

    async def close(self) -> None:
        """Closes the kept connections."""
        for wire in (*self._wires.values(), self._actions):
            wire.close()

    async def _call(self, method: str, path: str, body: dict[str, Any] | None = None) -> tuple[int, bytes]:
        """The answer of the first engine that can be reached; raises the last one's error if none can."""
        sent = b"" if body is None else json.dumps(body, ensure_ascii=False).encode()
        unreached: WireError = UnreachableError("no engine is set")
        for url in self._engines.order():
            for _ in range(2):
                try:
                    answer = await self._wires[url].call(
                        method, path, sent, timeout_seconds=self._budget_seconds, headers=tracing.headers()
                    )
                except BrokenError as error:
                    # A kept connection that the engine had closed meanwhile; or one that died at it.
                    unreached = error
                except UnreachableError as error:
                    unreached = error
                    break
                else:
                    self._engines.answered(url)
                    return answer
            self._engines.failed(url)
        raise unreached


async def _answers(wire: Wire, path: str) -> bool:
    try:
        status, _ = await wire.call("GET", path, timeout_seconds=PROBE_SECONDS)
    except WireError:
        return False
    return status < _TURN_FAILED
