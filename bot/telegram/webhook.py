"""The webhook: Telegram proves itself by the secret, and is answered after the update is stored."""

import hmac
import json

from fastapi import APIRouter, Request, Response
from sqlalchemy.exc import SQLAlchemyError

from bot.metrics import ERRORS
from bot.telegram.intake import Intake
from bot.webchat.body import read_limited
from bot.webchat.errors import ApiError

UPDATE_MAX_BYTES = 1024 * 1024
SECRET_HEADER = "X-Telegram-Bot-Api-Secret-Token"  # noqa: S105  # a header's name


def make_router(path: str, secret: str, intake: Intake) -> APIRouter:
    """The route that takes updates.

    Args:
        path: Where Telegram (or the proxy before this process) delivers.
        secret: What Telegram was told to send in `SECRET_HEADER`.
        intake: Stores the update.
    """
    router = APIRouter()
    expected = secret.encode()

    @router.post(path)
    async def update(request: Request) -> Response:
        given = request.headers.get(SECRET_HEADER, "").encode()
        if not hmac.compare_digest(given, expected):
            ERRORS.labels("webhook_secret").inc()
            raise ApiError(403, "forbidden")
        body = await read_limited(request, UPDATE_MAX_BYTES)
        try:
            raw = json.loads(body)
        except (ValueError, RecursionError) as error:
            raise ApiError(400, "invalid_json") from error
        try:
            await intake.store([raw])
        except (SQLAlchemyError, OSError) as error:
            # Telegram delivers again what was not answered with 200.
            ERRORS.labels("webhook").inc()
            raise ApiError(503, "unavailable", {"Retry-After": "2"}) from error
        return Response(status_code=200)

    return router
