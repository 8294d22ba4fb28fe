"""A conversation, colleagues, and a way to the citizen that keeps what was said."""

import secrets
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime

import pytest
from cryptography.fernet import Fernet
from sqlalchemy.ext.asyncio import AsyncSession

from casework.handoffs.ports import File, Line, Option, Speaker
from casework.handoffs.service import Desk
from citizens.models import Channel, Conversation
from foundation.clock import utc_now
from foundation.database import SessionFactory, transaction
from foundation.datakeys import DataKeys
from foundation.settings import Settings
from operations.accounts import repository as accounts
from operations.accounts.models import Account, Role
from operations.accounts.person import Grant, Person


@dataclass
class Heard:
    """What citizens were told, in order: conversation, text, who answers from then on."""

    told: list[tuple[str, str, Speaker | None]] = field(default_factory=list)
    options: list[Option] = field(default_factory=list)
    said: list[tuple[str, str, str]] = field(default_factory=list)

    async def tell(
        self,
        session: AsyncSession,
        conversation_id: str,
        text: str,
        now: datetime,
        *,
        options: Sequence[Option] = (),
        speaker: Speaker | None = None,
    ) -> None:
        self.told.append((conversation_id, text, speaker))
        self.options = list(options)

    async def say_as(
        self,
        session: AsyncSession,
        conversation_id: str,
        name: str,
        text: str,
        now: datetime,
        *,
        files: Sequence[File] = (),
    ) -> int:
        self.said.append((conversation_id, name, text))
        return len(self.said)

    async def lines(
        self, session: AsyncSession, conversation_id: str, *, after: int = 0, before: int | None = None, limit: int
    ) -> Sequence[Line]:
        return ()

    async def last_lines(self, session: AsyncSession, conversation_ids: Sequence[str]) -> Mapping[str, Line]:
        return {}

    async def recent_lines(
        self, session: AsyncSession, conversation_ids: Sequence[str], each: int
    ) -> Mapping[str, Sequence[Line]]:
        return {}

    async def show_typing(self, session: AsyncSession, conversation_id: str) -> None: ...

    def announce(self, conversation_id: str) -> None: ...


@pytest.fixture
def heard() -> Heard:
    return Heard()


@pytest.fixture
def desk(heard: Heard) -> Desk:
    return Desk(heard, DataKeys([Fernet.generate_key().decode()]), Settings(_env_file=None))


@pytest.fixture
def conversation(sessions: SessionFactory) -> Callable[[], Awaitable[str]]:
    """Makes a conversation; its id."""

    async def make() -> str:
        conversation_id = secrets.token_hex(16)
        async with transaction(sessions) as session:
            session.add(
                Conversation(
                    id=conversation_id, channel=Channel.WEB, engine_sender=secrets.token_hex(16), created_at=utc_now()
                )
            )
        return conversation_id

    return make


@pytest.fixture
def colleague(sessions: SessionFactory) -> Callable[[str], Awaitable[Person]]:
    """Makes an agent with this shown name."""

    async def make(shown_name: str) -> Person:
        account = Account(
            id=secrets.token_hex(16),
            name=secrets.token_hex(4),
            shown_name=shown_name,
            password_hash="",
            must_change=False,
            created_at=utc_now(),
        )
        async with transaction(sessions) as session:
            await accounts.add(session, account)
            await accounts.put_grants(session, account.id, [Grant(Role.AGENT)])
        return accounts.as_person(account, (Grant(Role.AGENT),))

    return make
