"""Does the requests of citizens about their own data, one after the other, by whichever process sees them first."""

import asyncio

import structlog
from sqlalchemy.exc import SQLAlchemyError

from bot.conversations import repository as conversations
from bot.metrics import ERRORS
from bot.privacy import repository
from bot.privacy.collect import copy, summary
from bot.turns.engine import EngineClient, EngineUnavailableError
from casework.cases import repository as cases
from casework.dialogues.forms import Prompt
from casework.files import repository as stored_files
from casework.files import service as files
from casework.handoffs import repository as handoffs
from casework.notices import service as notices
from casework.privacy import repository as requests
from casework.privacy.models import PrivacyRequest, Wish
from foundation.clock import Clock
from foundation.database import SessionFactory, transaction
from foundation.datakeys import DataKeys
from foundation.settings import Settings
from operations.audit import repository as audit
from operations.audit.models import Action

LOOK_EVERY_SECONDS = 1.0
FAILURE_PAUSE_SECONDS = 5.0
BATCH = 20
WHO = "citizen"

log = structlog.get_logger(__name__)


class PrivacyJob:
    """Looks for requests in the database; any number of processes may."""

    def __init__(
        self, sessions: SessionFactory, engine: EngineClient, keys: DataKeys, settings: Settings, clock: Clock
    ) -> None:
        self._sessions = sessions
        self._engine = engine
        self._keys = keys
        self._settings = settings
        self._clock = clock

    async def run(self) -> None:
        """Works until cancelled."""
        while True:
            await asyncio.sleep(LOOK_EVERY_SECONDS)
            try:
                await self.look()
            except (SQLAlchemyError, OSError, EngineUnavailableError) as error:
                ERRORS.labels("privacy").inc()
                log.error("privacy_failed", error=type(error).__name__)
                await asyncio.sleep(FAILURE_PAUSE_SECONDS)

    async def look(self) -> int:
        """Does what is due; returns how many requests it saw.

        Raises:
            EngineUnavailableError: A deletion waits for the engine.
        """
        async with self._sessions() as session:
            due = await requests.due(session, self._clock(), BATCH)
        for request in due:
            if request.wish == Wish.ERASE:
                await self._erase(request)
            else:
                await self._tell(request)
        return len(due)

    async def _tell(self, request: PrivacyRequest) -> None:
        now, conversation_id = self._clock(), request.conversation_id
        async with transaction(self._sessions) as session:
            if not await requests.take(session, request.id):
                return
            if request.wish == Wish.SHOW:
                text = await summary(session, conversation_id, self._keys, self._settings)
                prompt = Prompt(text, personal=True)
            else:
                stored = await files.keep(
                    session,
                    await copy(session, conversation_id, self._keys, self._settings),
                    name="بياناتي.txt",
                    media_type="text/plain",
                    now=now,
                    owner_conversation=conversation_id,
                    keys=self._keys,
                )
                prompt = Prompt("هذه نسخة مما نحفظه عنك.", files=(stored.id,))
            # SQLite gives the number of a deleted request to the next one.
            key = f"privacy:{request.id}:{request.due_at.timestamp()}"
            await notices.add(session, conversation_id, prompt, now, key=key, keys=self._keys)

    async def _erase(self, request: PrivacyRequest) -> None:
        conversation_id = request.conversation_id
        async with self._sessions() as session:
            if await repository.sends(session, conversation_id):
                return  # the farewell first
            conversation = await conversations.get(session, conversation_id)
        await self._engine.forget(conversation.engine_sender)
        async with transaction(self._sessions) as session:
            await conversations.lock(session, conversation_id)
            if not await requests.take(session, request.id):
                return
            await cases.erase(session, conversation_id)
            await stored_files.erase(session, conversation_id)
            await handoffs.forget(session, [conversation_id])
            await repository.erase(session, conversation_id)
            await audit.add(session, WHO, Action.ERASE, self._clock())
