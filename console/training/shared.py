"""What the training pages share: who may do what, the shipped lines, names on screen."""

import asyncio
from typing import Annotated, Final

from fastapi import Depends, Path

from catalog.training.intents import intents
from catalog.training.models import Failure, State, Step
from catalog.training.shipped import Shipped, shipped
from console.content.desk import CONTENT
from console.web.errors import RefusedError
from console.web.guard import require
from operations.accounts.models import Role
from operations.accounts.sessions import Entered

HERE: Final = f"{CONTENT}/training"
MODELS: Final = f"{HERE}/models"

Reader = Annotated[Entered, Depends(require(Role.EDITOR, Role.REVIEWER, Role.ADMINISTRATOR))]
ReaderInBackground = Annotated[
    Entered, Depends(require(Role.EDITOR, Role.REVIEWER, Role.ADMINISTRATOR, background=True))
]
Writer = Annotated[Entered, Depends(require(Role.EDITOR, Role.ADMINISTRATOR))]
Decider = Annotated[Entered, Depends(require(Role.REVIEWER, Role.ADMINISTRATOR))]
IntentCode = Annotated[str, Path(pattern=r"^[a-z]+(_[a-z]+)*$", max_length=40)]

STATE_NAMES: Final = {
    State.WAITING: ("ينتظر دوره", "warn"),
    State.TRAINING: ("يتدرب الآن", "brand"),
    State.COMPARING: ("يُختبر الآن", "brand"),
    State.READY: ("ينتظر قراراً", "warn"),
    State.PROMOTING: ("يُعتمد الآن", "brand"),
    State.LIVE: ("يعمل الآن", "live"),
    State.FORMER: ("سابق", ""),
    State.DROPPED: ("استُغني عنه", ""),
    State.CANCELLED: ("أُلغي", ""),
    State.FAILED: ("لم ينجح", "bad"),
}
STEP_NAMES: Final = {
    Step.NONE: "ينتظر دوره",
    Step.STARTING: "يبدأ",
    Step.READING: "يقرأ الأمثلة",
    Step.LEARNING: "يتعلم منها",
    Step.PACKING: "يحفظ ما تعلمه",
    Step.COMPARING: "يُختبر على أسطر لم يتدرب عليها",
}
FAILURE_NAMES: Final = {
    Failure.TRAINING: "لم يكتمل التدريب. السبب في سجل الخادم؛ أخبر مدير النظام إن تكرر.",
    Failure.COMPARING: "تدرب لكن اختباره لم يكتمل. السبب في سجل الخادم؛ أخبر مدير النظام إن تكرر.",
    Failure.TOO_LONG: "طال أكثر من الوقت المسموح فأوقفناه. حاول حين يهدأ العمل.",
    Failure.INTERRUPTED: "توقف الخادم أثناء التدريب مرتين. حاول مرة ثانية.",
    Failure.FILE_GONE: "ملف النموذج لم يعد موجوداً. درب غيره.",
    Failure.DISK: "لم يُكتب الملف على القرص. أخبر مدير النظام.",
}


async def shipped_lines() -> Shipped:
    """The lines that come with the product."""
    return await asyncio.to_thread(shipped)


def known(intent: str) -> str:
    """The intent; raises `RefusedError` if editors do not know it."""
    if intent not in intents():
        raise RefusedError("لا يوجد قصد بهذا الاسم.", 404)
    return intent
