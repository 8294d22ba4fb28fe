"""The Bot API methods that the bot uses, with Telegram's checks."""

import asyncio
import json
import time
from collections.abc import Callable
from typing import Any
from urllib.parse import parse_qsl

from fastapi import FastAPI, Request
from fastapi.responses import JSONResponse, Response

from tests.telegram_emulator.state import BOT, TOKEN, Telegram

TEXT_MAX_UNITS = 4096
FILE_MAX_BYTES = 20 * 1024 * 1024
CALLBACK_MAX_BYTES = 64


class RefusedError(Exception):
    """A call that Telegram refuses."""

    def __init__(self, status: int, description: str, parameters: dict[str, Any] | None = None) -> None:
        super().__init__(description)
        self.status, self.description, self.parameters = status, description, parameters


def make_server(telegram: Telegram) -> FastAPI:
    """An ASGI application that speaks the Bot API for one token."""
    app = FastAPI()

    @app.api_route("/bot{token}/{method}", methods=["GET", "POST"])
    async def call(token: str, method: str, request: Request) -> JSONResponse:
        if token != TOKEN:
            return _error(401, "Unauthorized")
        parameters = await parameters_of(request)
        chat_id = int(parameters["chat_id"]) if "chat_id" in parameters else None
        fault = telegram.fault_for(method, chat_id)
        if fault is not None:
            telegram.record(method, parameters, accepted=False)
            if fault.deliver:
                _METHODS[method](telegram, parameters)
            await asyncio.sleep(fault.delay_seconds)
            extra = {"retry_after": fault.retry_after} if fault.retry_after is not None else None
            return _error(fault.status, fault.description, extra)
        try:
            if method == "getUpdates":
                result: object = await _get_updates(telegram, parameters)
            elif method in _METHODS:
                result = _METHODS[method](telegram, parameters)
            else:
                raise RefusedError(404, "Not Found")
        except RefusedError as error:
            telegram.record(method, parameters, accepted=False)
            return _error(error.status, error.description, error.parameters)
        if method != "getUpdates":
            telegram.record(method, parameters, accepted=True)
        return _AsciiResponse({"ok": True, "result": result})

    @app.get("/file/bot{token}/{file_id}")
    async def download(token: str, file_id: str) -> Response:
        fault = telegram.fault_for("download", None)
        if token != TOKEN or file_id not in telegram.files or fault is not None:
            return Response(status_code=404 if fault is None else fault.status)
        return Response(telegram.files[file_id], media_type="application/octet-stream")

    return app


class _AsciiResponse(JSONResponse):
    """Telegram escapes all but ASCII, and so can send what is no valid text."""

    def render(self, content: object) -> bytes:
        return json.dumps(content).encode()


def _error(status: int, description: str, parameters: dict[str, Any] | None = None) -> JSONResponse:
    body: dict[str, Any] = {"ok": False, "error_code": status, "description": description}
    return JSONResponse(body | ({"parameters": parameters} if parameters else {}), status)


async def parameters_of(request: Request) -> dict[str, Any]:
    """A call's parameters, from JSON or a form, JSON parameters decoded."""
    if request.headers.get("content-type", "").startswith("application/json"):
        body: dict[str, Any] = await request.json()
        return body
    if request.headers.get("content-type", "").startswith("multipart/form-data"):
        given: dict[str, Any] = {}
        async with request.form() as form:
            for name, value in form.multi_items():
                given[name] = value if isinstance(value, str) else (value.filename or "", await value.read())
    else:
        given = {**request.query_params, **dict(parse_qsl((await request.body()).decode()))}
    for name in ("entities", "reply_markup", "commands", "allowed_updates"):
        if name in given:
            given[name] = json.loads(given[name])
    return given


async def _get_updates(telegram: Telegram, given: dict[str, Any]) -> list[dict[str, Any]]:
    if telegram.webhook_url:
        raise RefusedError(409, "Conflict: can't use getUpdates method while webhook is active")
    telegram.polls += 1
    telegram.allowed_updates = given.get("allowed_updates", telegram.allowed_updates)
    offset = int(given.get("offset", 0))
    while telegram.updates and telegram.updates[0].get("update_id", 0) < offset:
        telegram.acknowledged += 1
        telegram.updates.popleft()
    deadline = time.monotonic() + float(given.get("timeout", 0))
    while not telegram.updates and time.monotonic() < deadline:
        telegram.news.clear()
        try:
            await asyncio.wait_for(telegram.news.wait(), deadline - time.monotonic())
        except TimeoutError:
            break
    return list(telegram.updates)[: int(given.get("limit", 100))]


def _send_message(telegram: Telegram, given: dict[str, Any]) -> dict[str, Any]:
    chat_id, text = int(given["chat_id"]), given.get("text", "")
    if chat_id in telegram.blocked_by:
        raise RefusedError(403, "Forbidden: bot was blocked by the user")
    size = len(text.encode("utf-16-le")) // 2
    if not text.strip():
        raise RefusedError(400, "Bad Request: message text is empty")
    if size > TEXT_MAX_UNITS:
        raise RefusedError(400, "Bad Request: message is too long")
    if "parse_mode" in given:
        raise RefusedError(400, "Bad Request: this server takes entities only")
    entities = given.get("entities", [])
    for entity in entities:
        if entity["offset"] < 0 or entity["length"] <= 0 or entity["offset"] + entity["length"] > size:
            raise RefusedError(400, "Bad Request: entity is out of range")
    markup = given.get("reply_markup")
    for row in (markup or {}).get("inline_keyboard", []):
        for button in row:
            if not button.get("text"):
                raise RefusedError(400, "Bad Request: text buttons must not be empty")
            if not 1 <= len(button.get("callback_data", "").encode()) <= CALLBACK_MAX_BYTES:
                raise RefusedError(400, "Bad Request: BUTTON_DATA_INVALID")
    message = _message(telegram, chat_id) | {"text": text}
    if entities:
        message["entities"] = entities
    telegram.sent.append(message | ({"reply_markup": markup} if markup else {}))
    # The answer names inline keyboards only (Bot API, Message.reply_markup).
    return message | ({"reply_markup": markup} if markup and "inline_keyboard" in markup else {})


def _message(telegram: Telegram, chat_id: int) -> dict[str, Any]:
    telegram.next_message_id += 1
    return {
        "message_id": telegram.next_message_id - 1,
        "date": int(time.time()),
        "from": BOT,
        "chat": {"id": chat_id, "type": "private" if chat_id > 0 else "group", "first_name": "ر"},
    }


def _get_file(telegram: Telegram, given: dict[str, Any]) -> dict[str, Any]:
    file_id = given["file_id"]
    if file_id not in telegram.files:
        raise RefusedError(400, "Bad Request: wrong file_id or the file is temporarily unavailable")
    size = len(telegram.files[file_id])
    if size > FILE_MAX_BYTES:
        raise RefusedError(400, "Bad Request: file is too big")
    return {"file_id": file_id, "file_unique_id": f"u{file_id}", "file_size": size, "file_path": file_id}


def _send_file(telegram: Telegram, given: dict[str, Any]) -> dict[str, Any]:
    chat_id = int(given["chat_id"])
    if chat_id in telegram.blocked_by:
        raise RefusedError(403, "Forbidden: bot was blocked by the user")
    kind = "photo" if "photo" in given else "document"
    sent = given[kind]
    if isinstance(sent, str):  # «attach://name» points to another part
        sent = given[sent.removeprefix("attach://")]
    name, content = sent
    telegram.uploads.append((chat_id, name, content))
    about = {"file_id": f"b{len(telegram.uploads)}", "file_unique_id": f"b{len(telegram.uploads)}"}
    shown = [{**about, "width": 1, "height": 1}] if kind == "photo" else {**about, "file_name": name}
    return _message(telegram, chat_id) | {kind: shown}


def _set_webhook(telegram: Telegram, given: dict[str, Any]) -> bool:
    telegram.webhook_url = given["url"]
    telegram.webhook_secret = given.get("secret_token", "")
    telegram.allowed_updates = given.get("allowed_updates")
    return True


def _delete_webhook(telegram: Telegram, _given: dict[str, Any]) -> bool:
    telegram.webhook_url = ""
    return True


def _set_my_commands(telegram: Telegram, given: dict[str, Any]) -> bool:
    telegram.commands[given.get("language_code", "")] = given["commands"]
    return True


def _done(_telegram: Telegram, _given: dict[str, Any]) -> bool:
    return True


_METHODS: dict[str, Callable[[Telegram, dict[str, Any]], object]] = {
    "getMe": lambda _telegram, _given: {**BOT, "can_join_groups": True, "supports_inline_queries": False},
    "sendMessage": _send_message,
    "sendPhoto": _send_file,
    "sendDocument": _send_file,
    "getFile": _get_file,
    "sendChatAction": _done,
    "answerCallbackQuery": _done,
    "setWebhook": _set_webhook,
    "deleteWebhook": _delete_webhook,
    "setMyCommands": _set_my_commands,
    "setMyDescription": _done,
    "setMyShortDescription": _done,
}
