"""The engine's door: turns in, answers out, for one caller that holds the token.

Rasa's REST channel answers 200 with a part of the answers when a turn fails, cannot carry the message's id, and takes
a text that begins with "/" for a command. Here a turn is answered whole or with status 500, a repeated message is
answered as before without a second turn, and a text is a text.

    POST   /webhooks/gateway/turn                      one turn (see `messages.read_turn`)
    DELETE /webhooks/gateway/conversations/<sender>    forget a conversation
    GET    /webhooks/gateway/health                    200 if turns can be handled, else 503; needs no token
"""

from __future__ import annotations

import hmac
import logging
import os
from collections.abc import Awaitable, Callable
from typing import Any
from urllib.parse import unquote

from rasa.core.channels.channel import InputChannel, UserMessage
from sanic import Blueprint
from sanic.request import Request
from sanic.response import HTTPResponse, json

from foundation import tracing
from nlu.engine.agent import EngineAgent, TurnOutput
from nlu.engine.log import where
from nlu.engine.messages import BadTurnError, read_turn, to_answers, to_user_message
from nlu.engine.preflight import TOKEN_VARIABLE, check_token
from nlu.engine.tracker_store import SliceTrackerStore

logger = logging.getLogger(__name__)


class GatewayInput(InputChannel):
    """The channel between the product and the engine."""

    def __init__(self, token: str) -> None:
        """Takes the token that every caller must show.

        Args:
            token: The token.

        Raises:
            nlu.engine.preflight.SettingsError: The token is missing or too short.
        """
        check_token(token)
        self._expected = f"Bearer {token}".encode()

    @classmethod
    def name(cls) -> str:
        """The channel's name, part of its addresses."""
        return "gateway"

    @classmethod
    def from_credentials(cls, credentials: dict[str, Any] | None) -> GatewayInput:
        """Takes the token from the environment: credentials do not belong in a file of the repository."""
        return cls(os.environ.get(TOKEN_VARIABLE, ""))

    def blueprint(self, on_new_message: Callable[[UserMessage], Awaitable[Any]]) -> Blueprint:
        """Makes the routes.

        Args:
            on_new_message: Hands a message to the agent.
        """
        routes = Blueprint("gateway")

        @routes.middleware("request")
        async def check_token(request: Request) -> HTTPResponse | None:
            if request.path.endswith("/gateway/health") and request.method == "GET":
                return None
            shown = request.headers.get("authorization", "").encode()
            return None if hmac.compare_digest(shown, self._expected) else json({"error": "unauthorized"}, status=401)

        @routes.get("/health")
        async def health(request: Request) -> HTTPResponse:
            agent = getattr(request.app.ctx, "agent", None)
            if agent is None or not agent.is_ready():
                return json({"ready": False}, status=503)
            return json({"ready": True, "model": agent.model_id})

        @routes.post("/turn")
        async def turn(request: Request) -> HTTPResponse:
            tracing.adopt(request.headers.get("traceparent"))
            with tracing.span("engine turn"):
                return await answer(request)

        async def answer(request: Request) -> HTTPResponse:
            agent: EngineAgent = request.app.ctx.agent
            message_id = None
            try:
                incoming = read_turn(request.body)
                message_id = incoming.message_id
                output = TurnOutput()
                await on_new_message(to_user_message(incoming, agent.domain, output))
                return json(
                    {"messages": to_answers(output.answers), "replayed": output.replayed, "intent": output.intent}
                )
            except BadTurnError as error:
                return json({"error": str(error)}, status=400)
            except Exception as error:
                logger.error("turn_failed", extra={"message_id": message_id, **where(error)})
                return json({"error": "turn_failed"}, status=500)

        @routes.delete("/conversations/<sender:str>")
        async def forget(request: Request, sender: str) -> HTTPResponse:
            agent: EngineAgent = request.app.ctx.agent
            store: SliceTrackerStore = agent.tracker_store
            name = unquote(sender)
            try:
                async with agent.lock_store.lock(name):
                    return json({"deleted": await store.delete(name)})
            except Exception as error:
                logger.error("forget_failed", extra=where(error))
                return json({"error": "forget_failed"}, status=500)

        return routes
