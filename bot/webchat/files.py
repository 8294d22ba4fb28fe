"""Files of the web chat: sent by the citizen, or made for the citizen.

POST /api/chat/{conversation}/files?name=…     the file itself as the body → 201 {"file": id}; then post it as a message
GET  /api/chat/{conversation}/files/{id}       a file of this conversation
"""

from typing import Annotated
from urllib.parse import quote

from fastapi import APIRouter, Query, Request
from fastapi.responses import Response
from sqlalchemy.ext.asyncio import AsyncSession

from bot.conversations import repository as conversations
from bot.webchat.body import read_limited
from bot.webchat.errors import ApiError
from bot.webchat.service import WebChat
from casework.dialogues import repository as dialogues
from casework.dialogues.forms import Expect
from casework.files import checking
from casework.files import repository as files
from casework.files.models import NAME_MAX_CHARS
from casework.files.service import keep, open_own
from casework.handoffs import repository as handoffs
from foundation.database import transaction
from foundation.settings import Settings

UPLOAD_SECONDS = 120.0
"""A photo over the slow line of an old phone."""
NOT_WANTED = "لا أحتاج ملفاً الآن. اكتب ما تريد، وسأطلب الصورة حين أحتاجها."
TOO_MANY = "أرسلت ملفات كثيرة لم تكتمل معاملتها. أكمل ما بدأت به، أو حاول بعد أيام."
_FILES = frozenset({Expect.PHOTO.value, Expect.DOCUMENT.value})
_CODES = {"too_large": 413, "bad_type": 415, "broken": 422, "too_many_pixels": 422}


def make_router(chat: WebChat, settings: Settings) -> APIRouter:
    """The routes."""
    router = APIRouter(prefix="/chat")
    max_bytes = settings.file_max_megabytes * checking.MEGABYTE

    @router.post("/{conversation}/files", status_code=201)
    async def upload(
        conversation: str, request: Request, name: Annotated[str, Query(max_length=NAME_MAX_CHARS * 4)] = ""
    ) -> dict[str, str]:
        conversation_id = await chat.conversation(conversation)
        await chat.count(conversation_id)
        async with chat.sessions() as session:
            await _check_wanted(session, conversation_id)
            await _check_room(session, conversation_id, settings)
        try:
            data = await read_limited(request, max_bytes, UPLOAD_SECONDS)
            checked = await checking.check(data, name, settings)
        except checking.FileRefusedError as error:
            raise _refused(error) from error
        except ApiError as error:
            if error.status != _CODES["too_large"]:
                raise
            raise _refused(checking.too_large(settings)) from error
        async with transaction(chat.sessions) as session:
            await conversations.lock(session, conversation_id)
            await _check_room(session, conversation_id, settings)
            file = await keep(
                session,
                checked.data,
                name=checked.name,
                media_type=checked.media_type,
                now=chat.clock(),
                owner_conversation=conversation_id,
                keys=chat.keys,
            )
        return {"file": file.id}

    @router.get("/{conversation}/files/{file_id}")
    async def download(conversation: str, file_id: str) -> Response:
        conversation_id = await chat.conversation(conversation)
        async with chat.sessions() as session:
            file = await open_own(session, file_id, conversation_id, chat.keys)
        if file is None:
            raise ApiError(404, "not_found")
        return Response(
            file.data,
            media_type=file.media_type,
            headers={
                "Content-Disposition": f"attachment; filename*=UTF-8''{quote(file.name)}",
                "Content-Security-Policy": "default-src 'none'; sandbox",
                "Cache-Control": "no-store",
            },
        )

    return router


async def _check_wanted(session: AsyncSession, conversation_id: str) -> None:
    """Raises `ApiError` unless a form asks for a file or a person has the conversation."""
    if _FILES & await dialogues.expects(session, conversation_id):
        return
    if await handoffs.owner_of(session, conversation_id) is None:
        raise ApiError(409, "file_not_wanted", sentence=NOT_WANTED)


async def _check_room(session: AsyncSession, conversation_id: str, settings: Settings) -> None:
    """Raises `ApiError` if the conversation has too many files that nothing needs."""
    count, size = await files.pending(session, conversation_id)
    if count >= settings.file_pending_max or size >= settings.file_pending_max_megabytes * checking.MEGABYTE:
        raise ApiError(429, "file_too_many", sentence=TOO_MANY)


def _refused(error: checking.FileRefusedError) -> ApiError:
    return ApiError(_CODES[error.code], f"file_{error.code}", sentence=error.sentence)
