"""An office, citizens, agents, and cases in it."""

from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from cryptography.fernet import Fernet
from sqlalchemy.ext.asyncio import AsyncSession

from casework.cases import repository, service
from casework.cases.models import Agent, Case, Centre, Kind
from casework.cases.office import Office
from casework.cases.service import NewCase
from casework.dialogues.forms import Prompt
from casework.notices import repository as notices
from casework.notices.service import read
from citizens.models import Channel, Conversation
from foundation.database import SessionFactory, transaction
from foundation.datakeys import DataKeys
from foundation.settings import Settings

NOW = datetime(2026, 11, 23, 9, 0, tzinfo=UTC)
KEY = Fernet.generate_key().decode()
KEYS = DataKeys([KEY])
SETTINGS = Settings(_env_file=None)
ALI, ZAINAB, HASAN = "a" * 32, "b" * 32, "c" * 32
"""Conversations of three citizens."""


class Bureau:
    """Opens offices at chosen moments."""

    def __init__(self, sessions: SessionFactory) -> None:
        self.sessions = sessions
        self.keys = KEYS
        self.settings = SETTINGS
        self.now = NOW

    def later(self, **how_long: float) -> None:
        """Lets time pass."""
        self.now += timedelta(**how_long)

    @asynccontextmanager
    async def open(self) -> AsyncIterator[Office]:
        """An office in one writing transaction."""
        async with transaction(self.sessions) as session:
            yield Office(session, self.keys, self.settings, self.now)

    async def file(self, conversation_id: str | None = ALI, **fields: Any) -> Case:
        """Files a complaint."""
        usual = {"kind": Kind.EXTRA_MONEY, "text": "أخذ ألفين زيادة", "conversation_id": conversation_id}
        new = NewCase(**{**usual, **fields})
        async with self.open() as office:
            return (await service.file(office, new)).case

    async def act(self, number: str, act: Callable[[Office, Case], Awaitable[Any]]) -> Any:
        """Does something with a case as it is now."""
        async with self.open() as office:
            return await act(office, await self.case(number, office.session))

    async def case(self, number: str, session: AsyncSession | None = None) -> Case:
        """The case as the database has it."""
        if session is None:
            async with self.sessions() as own:
                return await self.case(number, own)
        case = await repository.by_number(session, number, fresh=True)
        assert case is not None
        return case

    async def told(self, conversation_id: str) -> list[Prompt]:
        """What waits to be told to a citizen, in order."""
        async with self.sessions() as session:
            return [read(content, self.keys) for _, content in await notices.of(session, conversation_id, self.now)]


@pytest.fixture
async def bureau(sessions: SessionFactory) -> Bureau:
    """A bureau with three citizens, a centre and two agents."""
    async with transaction(sessions) as session:
        for conversation_id in (ALI, ZAINAB, HASAN):
            session.add(
                Conversation(
                    id=conversation_id, channel=Channel.WEB, engine_sender=conversation_id[::-1], created_at=NOW
                )
            )
        # Their ids are 1 and 2.
        centre = Centre(number="120", name="الزبير", governorate="basra", district="basra-zubair")
        session.add(centre)
        await session.flush()
        for number, name in (("4417", "كريم جاسم محمد"), ("4418", "سالم عبد الله حسن")):
            place = {"governorate": "basra", "district": "basra-zubair"}
            session.add(Agent(number=number, name=name, centre_id=centre.id, **place))
            await session.flush()
    return Bureau(sessions)
