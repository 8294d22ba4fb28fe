"""The engine and the action server at their HTTP border, with faults on demand."""

import asyncio
from dataclasses import dataclass, field
from typing import Any

from fastapi import FastAPI, Request
from fastapi.responses import JSONResponse

Turn = dict[str, Any]


@dataclass
class FakeEngine:
    """Answers each message with its text; a repeated message id gets the stored answer, as the real engine does."""

    token: str = "engine-token"
    status: int = 200
    delay_seconds: float = 0.0
    actions_up: bool = True
    poison: str = "سم"
    """A message with this text fails for ever."""
    turns: list[Turn] = field(default_factory=list)
    """Turns that were acted on, in order."""
    asked: int = 0
    stored: dict[str, list[dict[str, Any]]] = field(default_factory=dict)
    running: set[str] = field(default_factory=set)
    overlaps: int = 0
    """How often a conversation had two turns at once."""
    buttons: list[dict[str, str]] = field(default_factory=list)
    messages: list[dict[str, Any]] | None = None
    forgotten: list[str] = field(default_factory=list)
    """Senders whose memory was deleted."""

    @property
    def heard(self) -> list[str]:
        """What came, in order."""
        return [turn.get("text") or turn["payload"] for turn in self.turns]

    def app(self) -> FastAPI:
        """The ASGI application."""
        app = FastAPI()

        @app.get("/webhooks/gateway/health")
        async def alive() -> JSONResponse:
            return JSONResponse({}, 200 if self.status == 200 else 503)

        @app.get("/health")
        async def actions() -> JSONResponse:
            return JSONResponse({}, 200 if self.actions_up else 503)

        @app.post("/webhooks/gateway/turn")
        async def turn(request: Request) -> JSONResponse:
            self.asked += 1
            if request.headers.get("authorization") != f"Bearer {self.token}":
                return JSONResponse({}, 401)
            if self.status != 200:
                return JSONResponse({"error": "turn_failed"}, self.status)
            return await self._turn(await request.json())

        @app.delete("/webhooks/gateway/conversations/{sender}")
        async def forget(sender: str, request: Request) -> JSONResponse:
            if request.headers.get("authorization") != f"Bearer {self.token}":
                return JSONResponse({}, 401)
            if self.status != 200:
                return JSONResponse({"error": "forget_failed"}, self.status)
            self.forgotten.append(sender)
            return JSONResponse({"deleted": True})

        return app

    async def _turn(self, body: Turn) -> JSONResponse:
        if body.get("text") == self.poison:
            return JSONResponse({"error": "turn_failed"}, 500)
        message_id = body["message_id"]
        if message_id in self.stored:
            return JSONResponse({"messages": self.stored[message_id], "replayed": True})
        self.overlaps += body["sender"] in self.running
        self.running.add(body["sender"])
        await asyncio.sleep(self.delay_seconds)
        self.running.discard(body["sender"])
        self.turns.append(body)
        answer = [{"text": f"جواب {body.get('text') or body['payload']}", "buttons": self.buttons, "attachments": []}]
        self.stored[message_id] = answer if self.messages is None else self.messages
        return JSONResponse({"messages": self.stored[message_id], "replayed": False, "intent": "ask_fee"})
