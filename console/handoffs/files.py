"""Files of a conversation: looking at them, and sending one."""

from typing import Annotated
from urllib.parse import quote

from fastapi import APIRouter, Depends, Form, Request, UploadFile
from fastapi.responses import Response

from casework.dialogues.wire import FILE
from casework.files import checking
from casework.files import service as files
from casework.files.checking import FileRefusedError
from casework.handoffs import service
from casework.handoffs.ports import File
from casework.handoffs.service import HandoffError
from console.handoffs.desk import TEXT_MAX_CHARS, announce, desk_of, found, own
from console.web.deps import deps_of
from console.web.errors import RefusedError
from console.web.guard import require
from console.web.numbers import RowId
from console.web.templates import plain
from foundation.database import transaction
from operations.accounts.models import Role
from operations.accounts.sessions import Entered

router = APIRouter(prefix="/handoffs/{handoff_id}")
Agent = Annotated[Entered, Depends(require(Role.AGENT))]


@router.get("/files/{line_id}/{number}")
async def show(request: Request, entered: Agent, handoff_id: RowId, line_id: RowId, number: int) -> Response:
    """A file of a line, if it belongs to this conversation."""
    deps = deps_of(request)
    async with deps.sessions() as session:
        handoff = await found(session, handoff_id)
        lines = await deps.citizens.lines(session, handoff.conversation_id, after=line_id - 1, limit=1)
        if not lines or lines[0].id != line_id or not 0 <= number < len(lines[0].files):
            raise RefusedError("لا يوجد ملف هنا.", 404)
        file_id = lines[0].files[number].url.removeprefix(FILE)
        opened = await files.open_own(session, file_id, handoff.conversation_id, deps.keys)
    if opened is None:
        raise RefusedError("حُذف هذا الملف.", 404)
    headers = {
        "Content-Disposition": f"inline; filename*=UTF-8''{quote(opened.name)}",
        # Whatever is in it, it runs nothing.
        "Content-Security-Policy": "default-src 'none'; sandbox",
    }
    return Response(opened.data, media_type=opened.media_type, headers=headers)


@router.post("/file", status_code=204)
async def send(
    request: Request,
    entered: Agent,
    handoff_id: RowId,
    file: UploadFile,
    text: Annotated[str, Form(max_length=TEXT_MAX_CHARS)] = "",
) -> Response:
    """Sends a photo or a PDF to the citizen."""
    deps = deps_of(request)
    now = deps.clock()
    try:
        checked = await checking.check(await file.read(), plain(file.filename or "ملف"), deps.settings)
    except FileRefusedError as error:
        raise RefusedError(error.sentence.split(". ")[0] + ".", 422) from error
    try:
        async with transaction(deps.sessions) as session:
            handoff = await own(session, handoff_id, entered)
            kept = await files.keep(
                session,
                checked.data,
                name=checked.name,
                media_type=checked.media_type,
                now=now,
                owner_conversation=handoff.conversation_id,
                keys=deps.keys,
            )
            sent = File(kept.name, f"{FILE}{kept.id}", kept.media_type)
            await service.reply(session, desk_of(deps), handoff_id, entered.person, plain(text), now, files=(sent,))
            conversation_id = handoff.conversation_id
    except HandoffError as error:
        raise RefusedError(str(error)) from error
    announce(deps, conversation_id)
    return Response(status_code=204)
