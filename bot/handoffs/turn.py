"""What is different about a turn while a person has the conversation, or while it waits for one."""

import re
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy.ext.asyncio import AsyncSession

from bot.channels import ChannelPort, FileRefusedError
from bot.gate import Answer, Circumstances, Silence, Verdict
from bot.inbox.repository import Work
from bot.incoming import Incoming, Kind
from bot.ratelimit import Allowance
from bot.replies import Reply, ReplyButton
from casework.handoffs import leaving, payloads, repository, service
from casework.handoffs.models import Reason, State
from casework.handoffs.words import word
from citizens.vault.service import TOKEN_CLOSE, TOKEN_OPEN
from foundation.clock import Clock

WITH_PERSON = "with_person"
_CANCEL_COMMAND = "/cancel"
_PHONE = re.compile(rf"{TOKEN_OPEN}phone:[0-9a-f]+{TOKEN_CLOSE}")
WORDS_BESIDE_PHONE = 4
"""Whoever waits and writes hardly more than a phone number wants to be called («لا غيره 0790…»)."""
_FILES = frozenset({Kind.PHOTO, Kind.DOCUMENT})

Effect = Callable[[AsyncSession], Awaitable[Sequence[Reply]]]


@dataclass(frozen=True, slots=True)
class Instead:
    """Takes the place of the gate's verdict.

    Attributes:
        verdict: Never one that asks the engine.
        effect: What is done in the transaction that ends the turn; its replies are said.
        body: What the transcript keeps of a message that is not text.
    """

    verdict: Verdict
    effect: Effect | None = None
    body: dict[str, Any] | None = None


class HandoffTurns:
    """Looks at each turn before the gate does; costs nothing where there is no handoff."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock

    def listen(self, work: Work) -> bool:
        """Whether a person has the conversation."""
        return work.handoff_state == State.CLAIMED

    async def judge(
        self, work: Work, incoming: Incoming, around: Circumstances, text: str, port: ChannelPort
    ) -> Instead | None:
        """What happens instead of the assistant's turn; None if nothing does.

        Args:
            work: The message.
            incoming: What was sent.
            around: What is known of the conversation.
            text: What was typed, identifiers as vault tokens.
            port: The channel.
        """
        if around.button_payload is not None and (pressed := payloads.read(around.button_payload)):
            return Instead(Silence("handoff_button"), self._pressed(work, pressed))
        if work.handoff_id is None or incoming.kind in (Kind.SILENT, Kind.GROUP):
            return None
        if around.allowance is not Allowance.GRANTED:
            return None
        if self.listen(work):
            return await self._to_person(work, incoming, port)
        return self._while_waiting(work, text, around)

    def _pressed(self, work: Work, pressed: payloads.Pressed) -> Effect:
        async def effect(session: AsyncSession) -> Sequence[Reply]:
            now = self._clock()
            match pressed.what:
                case "leave":
                    told = await service.leave(session, work.conversation_id, now)
                case "call_back":
                    told = await service.ask_call_back(session, work.conversation_id, pressed.handoff_id)
                case _:
                    told = await service.rate(session, work.conversation_id, pressed.handoff_id, pressed.stars, now)
            return [Reply(text=told)]

        return effect

    async def _to_person(self, work: Work, incoming: Incoming, port: ChannelPort) -> Instead:
        body: dict[str, Any] | None = None
        verdict: Verdict = Silence(WITH_PERSON)
        if incoming.kind in _FILES:
            try:
                body = {"kind": incoming.kind.value, "file": await port.keep_file(work.conversation_id, incoming)}
            except FileRefusedError:
                verdict = Answer((Reply(text=word("unread_file")),), "file_refused")
        elif incoming.place is not None:
            body = {"kind": incoming.kind.value, "place": list(incoming.place)}

        async def effect(session: AsyncSession) -> Sequence[Reply]:
            assert work.handoff_id is not None  # noqa: S101  # a person has it
            await repository.citizen_wrote(session, work.handoff_id, self._clock())
            return ()

        return Instead(verdict, effect, body)

    def _tell_place(self, work: Work) -> Effect:
        async def tell(session: AsyncSession) -> Sequence[Reply]:
            queued = await service.ask(session, work.conversation_id, Reason.ASKED, self._clock())
            buttons = [ReplyButton(title=option.title, payload=option.payload) for option in queued.options]
            return [Reply(text=queued.text, buttons=buttons)]

        return tell

    def _while_waiting(self, work: Work, text: str, around: Circumstances) -> Instead | None:
        """Leaving the queue, one's place in it, the number for a call; the rest goes to the assistant meanwhile."""
        wish = leaving.wish_of(text)
        if wish == "ask" and work.handoff_id is not None:
            button = ReplyButton(title=word("button_leave"), payload=payloads.payload("leave", work.handoff_id))
            return Instead(Answer((Reply(text=word("leave_asked"), buttons=[button]),), "leave_asked"))
        if wish == "when":
            return Instead(Silence("place_told"), self._tell_place(work))
        form_first = wish == "leave_if_no_form" or text == _CANCEL_COMMAND
        if wish == "leave" or (form_first and work.form_expects is None):

            async def leave(session: AsyncSession) -> Sequence[Reply]:
                return [Reply(text=await service.leave(session, work.conversation_id, self._clock()))]

            return Instead(Silence("left_queue"), leave)
        phone = _PHONE.search(text)
        alone = work.form_expects is None and len(_PHONE.sub("", text).split()) <= WORDS_BESIDE_PHONE
        if phone is not None and (alone or work.handoff_call_back == "asked"):

            async def keep(session: AsyncSession) -> Sequence[Reply]:
                assert work.handoff_id is not None  # noqa: S101  # it waits
                now = self._clock()
                told = await service.keep_call_back(session, work.conversation_id, work.handoff_id, phone[0], now)
                return [Reply(text=told)]

            return Instead(Silence("call_back"), keep)
        return None
