"""A made-up conversation that waits for a person, so that who tries the console finds somebody in the queue."""

from datetime import datetime, timedelta
from typing import Any, Final

from sqlalchemy.ext.asyncio import AsyncSession

from bot.conversations import repository, transcript
from bot.conversations.service import say
from bot.models import Author
from bot.replies import Reply, ReplyButton
from casework.handoffs import service
from casework.handoffs.models import Reason
from citizens.models import Channel

ADDRESS: Final = "sample:handoff"
"""No browser is ever given this address: nobody reads along."""
TOPIC: Final = "جواز السفر (نموذج)"
_SAID: Final[tuple[tuple[Author, str, str], ...]] = (
    (Author.CITIZEN, "السلام عليكم، شلون أجدد جواز السفر؟", "ask_steps"),
    (Author.ASSISTANT, "وعليكم السلام. خطوات جواز السفر في الدليل، اسأل عن المستمسكات أو الرسوم أو المدة.", ""),
    (Author.CITIZEN, "قدّمت قبل شهر وما وصلني شي، وعندي سفرة علاج الأسبوع الجاي", "out_of_scope"),
    (Author.ASSISTANT, "لم أفهم سؤالك. اكتبه بكلمات أخرى، أو اطلب موظفاً.", ""),
    (Author.CITIZEN, "أريد أحچي ويه موظف رجاءً", "request_human"),
)
_BETWEEN: Final = timedelta(seconds=40)


async def load(session: AsyncSession, now: datetime) -> bool:
    """Puts the conversation into the queue; False if it was made before, whatever became of it."""
    if await repository.find(session, Channel.WEB, ADDRESS) is not None:
        return False
    began = now - _BETWEEN * len(_SAID)
    conversation_id = await repository.get_or_create(session, Channel.WEB, ADDRESS, began)
    await repository.lock(session, conversation_id)
    for place, (author, text, intent) in enumerate(_SAID):
        body: dict[str, Any] | None = {"intent": intent} if intent else None
        at = began + _BETWEEN * place
        await transcript.add(session, conversation_id, author, text, at, inbox_id=None, body=body)
    queued = await service.ask(session, conversation_id, Reason.ASKED, now, topic_title=TOPIC)
    buttons = [ReplyButton(title=option.title, payload=option.payload) for option in queued.options]
    await say(session, conversation_id, Channel.WEB, [Reply(text=queued.text, buttons=buttons)], now)
    return True
