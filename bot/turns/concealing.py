"""What the engine gets to see of a message: tokens in place of whatever is personal.

Each function commits before the engine is called, because the actions must be able to exchange the tokens.
"""

import json
from collections.abc import Sequence
from datetime import timedelta

from bot.channels import ChannelPort
from bot.inbox.repository import Work
from bot.incoming import Incoming, Kind
from bot.replies import Reply
from casework.dialogues import words
from casework.dialogues.forms import Expect
from casework.dialogues.sentences import CANCEL
from casework.dialogues.wire import payload_of
from citizens.vault import service as vault
from foundation.clock import Clock
from foundation.database import SessionFactory, transaction
from foundation.datakeys import DataKeys

PERSONAL_DIGITS = 3
"""Where a number is asked for, a text with so many digits is taken for one."""
ACCOUNT_WORDS = 4
"""A shorter line says that somebody complains, not of what."""
CANCEL_PAYLOAD = payload_of(CANCEL)
_NAME_OF_SHARED = {Kind.PHOTO: "photo", Kind.DOCUMENT: "document", Kind.LOCATION: "location"}


def expected(work: Work, pause: timedelta) -> frozenset[Expect] | None:
    """What the open question of a form waits for: nothing if the citizen was away, None without a form."""
    if work.form_expects is None or work.form_touched_at is None:
        return None
    if work.received_at - work.form_touched_at > pause:
        return frozenset()
    return frozenset(map(Expect, filter(None, work.form_expects.split(","))))


def opens_form(replies: Sequence[Reply]) -> bool:
    """Whether a form asks something in these replies: each of its questions can be cancelled."""
    return any(button.payload == CANCEL_PAYLOAD for reply in replies for button in reply.buttons)


class Concealer:
    """Puts what is personal into the vault."""

    def __init__(self, sessions: SessionFactory, keys: DataKeys, clock: Clock) -> None:
        self._sessions = sessions
        self._keys = keys
        self._clock = clock

    async def text(self, work: Work, text: str, expects: frozenset[Expect] | None) -> str:
        """A typed text with its identifiers as tokens, or one token for all of it where all of it is personal."""
        if _is_personal(text, expects or frozenset()):
            return await self._whole(work, text)
        if not vault.holds_identifier(text):
            return text
        async with transaction(self._sessions) as session:
            return await vault.conceal(session, work.conversation_id, text, self._keys, self._clock())

    async def account(self, work: Work, text: str) -> str:
        """The line that opened a form and may tell of a case: one token, unless it says little or is one already."""
        if len(text.split()) < ACCOUNT_WORDS or vault.is_whole(text):
            return text
        return await self._whole(work, text)

    async def shared(self, work: Work, incoming: Incoming, port: ChannelPort) -> str:
        """The engine payload of what was sent instead of words.

        Raises:
            bot.channels.FileRefusedError: The photo or file cannot be taken.
        """
        if incoming.kind in (Kind.PHOTO, Kind.DOCUMENT):
            item = await port.keep_file(work.conversation_id, incoming)
        elif incoming.place is not None:
            item = await self._whole(work, "{:.5f},{:.5f}".format(*incoming.place))
        else:
            item = await self._whole(work, incoming.phone)
        what = _NAME_OF_SHARED.get(incoming.kind, "own_contact" if incoming.own_phone else "contact")
        return "/shared" + json.dumps({"what": what, "item": item}, ensure_ascii=False)

    async def _whole(self, work: Work, text: str) -> str:
        async with transaction(self._sessions) as session:
            return await vault.conceal_whole(session, work.conversation_id, text, self._keys, self._clock())


def _is_personal(text: str, expects: frozenset[Expect]) -> bool:
    if not expects or not text or text.startswith("/") or words.steers(text):
        return False
    if Expect.WHOLE_TEXT in expects:
        return True
    return Expect.DIGITS in expects and sum(char.isdigit() for char in text) >= PERSONAL_DIGITS
