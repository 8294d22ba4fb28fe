"""The chat API.

Beyond the messages of the stable interface, each message carries an `id`, by which a front end tells repeats, and
`GET /api/chat/{conversation}/history?after=ID` gives the whole transcript again (for a page that was reloaded).
"""

import json
from collections.abc import AsyncIterator
from contextlib import ExitStack
from typing import Annotated, Any

from fastapi import APIRouter, FastAPI, Header, Query, Request, Response
from fastapi.responses import JSONResponse
from sse_starlette import EventSourceResponse, ServerSentEvent

from bot.conversations import transcript
from bot.models import Author, Message
from bot.signals import conversation_topic, wait_for_signal
from bot.webchat import files
from bot.webchat.body import parse, read_limited
from bot.webchat.errors import ApiError, add_error_handlers
from bot.webchat.service import WebChat
from casework.dialogues.wire import FILE
from casework.handoffs import presence
from casework.handoffs import repository as handoffs
from foundation.database import transaction
from foundation.settings import Settings

HEARTBEAT_SECONDS = 15
EVENTS_LOOK_AGAIN_SECONDS = 2.0
"""How often an open event stream asks the database for what other processes added."""
EVENTS_BATCH = 100
HISTORY_BATCH = 200
STREAMS_A_CONVERSATION = 6
RECONNECT_MS = 2000


def make_api(chat: WebChat, settings: Settings) -> FastAPI:
    """The application under `/api`; one of its own, so that a wrong method is not looked for among the page's files."""
    app = FastAPI(docs_url=None, redoc_url=None, openapi_url=None)
    add_error_handlers(app)
    app.include_router(_make_router(chat, settings.request_max_bytes))
    app.include_router(files.make_router(chat, settings))
    return app


def _make_router(chat: WebChat, max_bytes: int) -> APIRouter:
    router = APIRouter(prefix="/chat")
    open_streams: dict[str, int] = {}

    @router.post("/conversations", status_code=201)
    async def open_conversation(request: Request) -> dict[str, str]:
        await read_limited(request, max_bytes)
        return {"conversation": await chat.open(request.client.host if request.client else "")}

    @router.post("/{conversation}/messages")
    async def post_message(conversation: str, request: Request) -> dict[str, Any]:
        with ExitStack() as listening:
            async with chat.door(conversation):
                body = await read_limited(request, max_bytes)
                conversation_id = await chat.conversation(conversation)
                news = listening.enter_context(chat.signals.listen(conversation_topic(conversation_id)))
                accepted = await chat.accept(conversation_id, parse(body))
            return {"messages": _linked(conversation, await chat.replies(conversation_id, accepted, news))}

    @router.get("/{conversation}/history")
    async def history(conversation: str, after: Annotated[int, Query(ge=0, le=2**62)] = 0) -> JSONResponse:
        conversation_id = await chat.conversation(conversation)
        async with chat.sessions() as session:
            found = await transcript.after(session, conversation_id, after, HISTORY_BATCH + 1, late_only=False)
            shown = await chat.shown(session, found[:HISTORY_BATCH])
        lines = [_with_author(one, message) for one, message in zip(_linked(conversation, shown), found, strict=False)]
        return JSONResponse(
            {"messages": lines, "more": len(found) > HISTORY_BATCH}, headers={"Cache-Control": "no-store"}
        )

    @router.get("/{conversation}/events")
    async def events(
        conversation: str,
        after: Annotated[int, Query(ge=0, le=2**62)] = 0,
        last_event_id: Annotated[str | None, Header()] = None,
    ) -> EventSourceResponse:
        conversation_id = await chat.conversation(conversation)
        if open_streams.get(conversation_id, 0) >= STREAMS_A_CONVERSATION:
            raise ApiError(429, "too_many_connections", {"Retry-After": "10"})
        start = int(last_event_id) if last_event_id and last_event_id.isdecimal() and len(last_event_id) < 19 else after
        return EventSourceResponse(stream(conversation, conversation_id, start), ping=HEARTBEAT_SECONDS)

    @router.post("/{conversation}/typing", status_code=204)
    async def typing(conversation: str) -> Response:
        conversation_id = await chat.conversation(conversation)
        async with transaction(chat.sessions) as session:
            heard = await presence.citizen_types(session, conversation_id, chat.clock())
        if heard:
            chat.signals.notify(conversation_topic(conversation_id))
        return Response(status_code=204)

    async def stream(conversation: str, conversation_id: str, seen: int) -> AsyncIterator[ServerSentEvent]:
        open_streams[conversation_id] = open_streams.get(conversation_id, 0) + 1
        typing_shown = False
        async with chat.sessions() as session:
            with_person = await handoffs.owner_of(session, conversation_id) is not None
        try:
            yield ServerSentEvent(comment="open", retry=RECONNECT_MS)
            with chat.signals.listen(conversation_topic(conversation_id)) as news:
                while True:
                    async with chat.sessions() as session:
                        found = await transcript.after(session, conversation_id, seen, EVENTS_BATCH, late_only=True)
                        shown = await chat.shown(session, found)
                        writes = with_person and await chat.person_writes(session, conversation_id)
                    for message in _linked(conversation, shown):
                        seen = message["id"]
                        with_person = message.get("speaker", "person" if with_person else "") == "person"
                        yield ServerSentEvent(data=json.dumps(message, ensure_ascii=False), id=str(seen))
                    if writes != typing_shown:
                        typing_shown = writes
                        yield ServerSentEvent(event="typing", data="1" if writes else "0")
                    if len(found) < EVENTS_BATCH:
                        await wait_for_signal(news, EVENTS_LOOK_AGAIN_SECONDS)
        finally:
            open_streams[conversation_id] -= 1
            if not open_streams[conversation_id]:
                del open_streams[conversation_id]

    return router


def _linked(conversation: str, shown: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """The messages with addresses at which this conversation's page gets its files."""
    for message in shown:
        for attachment in message["attachments"]:
            if attachment["url"].startswith(FILE):
                attachment["url"] = f"/api/chat/{conversation}/files/{attachment['url'].removeprefix(FILE)}"
    return shown


def _with_author(shown: dict[str, Any], message: Message) -> dict[str, Any]:
    extra: dict[str, Any] = {"author": Author(message.author).value, "at": message.created_at.isoformat()}
    if message.author == Author.CITIZEN and message.body and "button" in message.body:
        extra["pressed"] = message.body["button"]
    return shown | extra
