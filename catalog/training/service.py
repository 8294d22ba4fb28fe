"""A model's way, as people decide it: asked for, cancelled, promoted, dropped, taken back. The worker does the rest.

Services take a session and never commit.
"""

from datetime import datetime, timedelta
from typing import Final

from sqlalchemy.ext.asyncio import AsyncSession

from catalog.editing.service import Editor
from catalog.training import repository
from catalog.training.models import UNFINISHED, Model, State
from operations.audit import repository as audit
from operations.audit.models import Action

READY_MAX: Final = 3
"""So many models may wait for a decision."""
SEEN_WITHIN: Final = timedelta(seconds=45)
"""The worker shows itself every ten seconds; silent for longer, it is not there."""
REASON_MAX_CHARS: Final = 300


class TrainingError(Exception):
    """It cannot be done; the text is the sentence for the person."""


async def is_there(session: AsyncSession, now: datetime) -> bool:
    """Whether some process can train."""
    found = await repository.worker(session)
    return found is not None and now - found.seen_at < SEEN_WITHIN


async def live(session: AsyncSession) -> Model | None:
    """The model that engines load now; None if nobody knows, or it was trained by the command line meanwhile."""
    found = await repository.worker(session)
    return await repository.with_digest(session, found.live_digest) if found and found.live_digest else None


async def ask(session: AsyncSession, editor: Editor, now: datetime) -> Model:
    """Asks for a model trained with the examples as they are when its turn comes.

    Raises:
        TrainingError: Nothing can train, one is in the making, or too many wait for a decision.
    """
    if not await is_there(session, now):
        raise TrainingError("لا تعمل خدمة التدريب الآن. أخبر مدير النظام.")
    if await repository.count_in(session, (*UNFINISHED, State.PROMOTING)):
        raise TrainingError("يُدرَّب نموذج الآن. انتظر حتى يكمل أو ألغه.")
    if await repository.count_in(session, (State.READY,)) >= READY_MAX:
        raise TrainingError("تنتظر نماذج قراراً. اعتمد أحدها أو استغن عنه قبل أن تدرب غيره.")
    made = await repository.add(
        session, Model(shipped=False, state=State.WAITING, asked_by=editor.shown_name, asked_at=now)
    )
    await _audit(session, editor, now, made.number, "ask")
    return made


async def cancel(session: AsyncSession, number: int, editor: Editor, now: datetime) -> None:
    """Stops a training, begun or not.

    Raises:
        TrainingError: It is over.
    """
    model = await _in(session, number, UNFINISHED, "انتهى تدريب هذا النموذج.")
    model.state, model.decided_by, model.decided_at = State.CANCELLED, editor.shown_name, now
    await _audit(session, editor, now, number, "cancel")


async def drop(session: AsyncSession, number: int, editor: Editor, now: datetime) -> None:
    """A trained model is not wanted.

    Raises:
        TrainingError: Somebody has decided already.
    """
    model = await _in(session, number, (State.READY,), "حُسم أمر هذا النموذج من قبل.")
    model.state, model.decided_by, model.decided_at = State.DROPPED, editor.shown_name, now
    await _audit(session, editor, now, number, "drop")


async def promote(session: AsyncSession, number: int, editor: Editor, now: datetime) -> None:
    """A compared model is to answer from now on.

    Raises:
        TrainingError: Somebody has decided already, another is on its way, or nothing can put it in place.
    """
    await _to_live(session, number, State.READY, "حُسم أمر هذا النموذج من قبل.", editor, now)
    await _audit(session, editor, now, number, "promote")


async def roll_back(session: AsyncSession, number: int, reason: str, editor: Editor, now: datetime) -> None:
    """A model that was live is to answer again.

    Raises:
        TrainingError: It was not, its archive is gone, no reason is given, or nothing can put it in place.
    """
    reason = " ".join(reason.split())[:REASON_MAX_CHARS]
    if not reason:
        raise TrainingError("اكتب سبب الرجوع.")
    model = await _to_live(session, number, State.FORMER, "هذا النموذج لا يمكن الرجوع إليه.", editor, now)
    if not model.kept:
        raise TrainingError("لم يعد ملف هذا النموذج محفوظاً.")
    await _audit(session, editor, now, number, "roll_back", reason)


async def _to_live(
    session: AsyncSession, number: int, state: State, otherwise: str, editor: Editor, now: datetime
) -> Model:
    if not await is_there(session, now):
        raise TrainingError("لا تعمل خدمة التدريب الآن، وهي التي تبدل النموذج. أخبر مدير النظام.")
    if await repository.count_in(session, (State.PROMOTING,)):
        raise TrainingError("يُبدَّل النموذج الآن. انتظر لحظة.")
    model = await _in(session, number, (state,), otherwise)
    model.state, model.decided_by, model.decided_at = State.PROMOTING, editor.shown_name, now
    return model


async def _in(session: AsyncSession, number: int, states: tuple[State, ...], otherwise: str) -> Model:
    model = await repository.one(session, number, lock=True)
    if model is None:
        raise TrainingError("لا يوجد نموذج بهذا الرقم.")
    if model.state not in states:
        raise TrainingError(otherwise)
    return model


async def _audit(
    session: AsyncSession, editor: Editor, now: datetime, number: int, step: str, reason: str = ""
) -> None:
    subject = f"model:{number}"
    await audit.add(session, editor.name, Action.TRAINING, now, subject=subject, reason=reason, details={"step": step})
