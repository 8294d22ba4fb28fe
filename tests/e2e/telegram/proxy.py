"""Between the product and a Bot API server: notes every call, and does what the server behind it cannot."""

import json
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any

import httpx
from fastapi import FastAPI, Request, Response

from tests.telegram_emulator.server import parameters_of
from tests.telegram_emulator.state import SECRET_HEADER

ANSWER_SECONDS = 60.0
WEBHOOK_PATH = "/telegram/webhook"

Alter = Callable[[str, dict[str, Any]], dict[str, Any]]
"""Changes a call's parameters for a server that lacks something; gets the method and the parameters."""

AlterUpdate = Callable[[dict[str, Any]], dict[str, Any]]
"""Mends an update of a server that makes it wrong."""


@dataclass
class Noted:
    """One call of the product and what the server answered."""

    method: str
    parameters: dict[str, Any]
    status: int


@dataclass
class Proxy:
    """Where calls and updates go, and what has passed.

    Attributes:
        server: Address of the Bot API server.
        product: Address of the product, for a webhook.
        alter: Applied to calls on their way, after they are noted.
        alter_update: Applied to updates on their way.
        signs: Adds the secret to updates, for a server that cannot.
        calls: What the product called.
    """

    server: str
    product: str = ""
    alter: Alter = lambda _method, parameters: parameters
    alter_update: AlterUpdate = lambda update: update
    signs: bool = False
    calls: list[Noted] = field(default_factory=list)

    def called(self, method: str) -> list[Noted]:
        """The calls of a method."""
        return [call for call in self.calls if call.method == method]

    def app(self) -> FastAPI:
        """The ASGI application."""
        client = httpx.AsyncClient(timeout=ANSWER_SECONDS)

        @asynccontextmanager
        async def lifespan(_app: FastAPI) -> AsyncIterator[None]:
            async with client:
                yield

        app = FastAPI(lifespan=lifespan)

        @app.post("/bot{token}/{method}")
        async def call(token: str, method: str, request: Request) -> Response:
            given = await parameters_of(request)
            files = {name: value for name, value in given.items() if isinstance(value, tuple)}
            parameters = {name: value[0] if name in files else value for name, value in given.items()}
            address = f"{self.server}/bot{token}/{method}"
            if files:
                answer = await client.post(address, data=_fields(given), files=files)
            else:
                answer = await client.post(address, json=self.alter(method, dict(parameters)))
            self.calls.append(Noted(method, parameters, answer.status_code))
            return Response(answer.content, answer.status_code, media_type="application/json")

        @app.get("/file/{path:path}")
        async def file(path: str) -> Response:
            answer = await client.get(f"{self.server}/file/{path}")
            return Response(answer.content, answer.status_code)

        @app.post(WEBHOOK_PATH)
        async def update(request: Request) -> Response:
            secret = request.headers.get(SECRET_HEADER, "")
            if self.signs:
                secret = self.called("setWebhook")[-1].parameters["secret_token"]
            answer = await client.post(
                self.product + WEBHOOK_PATH,
                json=self.alter_update(await request.json()),
                headers={SECRET_HEADER: secret},
            )
            return Response(answer.content, answer.status_code)

        return app


def _fields(given: dict[str, Any]) -> dict[str, str]:
    """What goes beside the files of a form, as a form has it."""
    plain = {name: value for name, value in given.items() if not isinstance(value, tuple)}
    return {name: value if isinstance(value, str) else json.dumps(value) for name, value in plain.items()}
