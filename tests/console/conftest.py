"""The console in a running bot, with colleagues and citizens."""

import re
import secrets
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from functools import cache

import httpx
import pytest
from argon2 import PasswordHasher
from sqlalchemy import select

from bot.app import create_app
from bot.handoffs.citizens import BotCitizens
from bot.signals import Signals
from casework.handoffs import canned, hours, service
from casework.handoffs.models import Reason
from casework.handoffs.service import Queued
from citizens.models import Address, Channel, Conversation
from foundation.clock import utc_now
from foundation.database import SessionFactory, transaction
from foundation.settings import Settings
from operations.accounts import repository as accounts
from operations.accounts import sessions as open_sessions
from operations.accounts.models import Account, Role
from operations.accounts.person import Grant
from tests.bot.conftest import WebCitizen, engine, engine_url, settings  # noqa: F401  # fixtures
from tests.bot.serving import serving

PASSWORD = "أربع كلمات لا علاقة بينها"
ALL_WEEK = dict.fromkeys(range(7), (0, 24 * 60))
_CSRF = re.compile(r'<meta name="csrf" content="([^"]+)">')


@cache
def hashed() -> str:
    """The hash of `PASSWORD`, made once and cheaply."""
    return PasswordHasher(time_cost=1, memory_cost=8 * 1024, parallelism=1).hash(PASSWORD)


class Colleague:
    """Somebody of the staff with a browser of their own, without pictures."""

    def __init__(self, url: str, name: str) -> None:
        self.http = httpx.AsyncClient(base_url=url, timeout=30, follow_redirects=False)
        self.name = name
        self.csrf = ""

    async def enters(self, password: str = PASSWORD) -> httpx.Response:
        """Sends the login form; keeps the token of the next page."""
        answer = await self.http.post("/console/login", data={"name": self.name, "password": password})
        if answer.status_code == 303:
            await self.sees("/console/own")
        return answer

    async def sees(self, path: str) -> str:
        """Opens a page; its HTML."""
        answer = await self.http.get(path, follow_redirects=True)
        if found := _CSRF.search(answer.text):
            self.csrf = found[1]
        return answer.text

    async def sends(self, path: str, **fields: str | list[str]) -> httpx.Response:
        """Sends a form with the page's token."""
        return await self.http.post(path, data={**fields, "csrf": self.csrf})


@dataclass
class Office:
    """A running bot with its console, and the database behind it."""

    url: str
    sessions: SessionFactory
    http: httpx.AsyncClient
    inside: list["Colleague"] = field(default_factory=list)

    def guest(self, name: str) -> "Colleague":
        """Somebody with a browser who has not entered yet."""
        someone = Colleague(self.url, name)
        self.inside.append(someone)
        return someone

    async def hires(self, name: str, shown_name: str, *roles: Role, team: str = "") -> str:
        """Makes an account with `PASSWORD`; its id."""
        account = Account(
            id=secrets.token_hex(16),
            name=name,
            shown_name=shown_name,
            team=team,
            password_hash=hashed(),
            must_change=False,
            created_at=utc_now(),
        )
        async with transaction(self.sessions) as session:
            await accounts.add(session, account)
            await accounts.put_grants(session, account.id, [Grant(role) for role in roles])
        return account.id

    async def tells(self, queued: Queued) -> None:
        """Tells the citizen of the queue, as the engine's answer does."""
        async with transaction(self.sessions) as session:
            conversation_id = await self.conversation_of()
            await BotCitizens(Signals(), {}).tell(
                session, conversation_id, queued.text, utc_now(), options=queued.options
            )

    async def shuts_out(self, account_id: str) -> None:
        """Ends all sessions of an account."""
        async with transaction(self.sessions) as session:
            await open_sessions.end_all(session, account_id)

    async def colleague(self, name: str, shown_name: str, *roles: Role, team: str = "") -> Colleague:
        """Somebody who has entered."""
        await self.hires(name, shown_name, *roles, team=team)
        someone = self.guest(name)
        assert (await someone.enters()).status_code == 303
        return someone

    async def citizen(self, *lines: str) -> WebCitizen:
        """Somebody in the web chat who has said this."""
        response = await self.http.post("/api/chat/conversations")
        someone = WebCitizen(self.http, response.json()["conversation"])
        for line in lines:
            await someone.says(line)
        return someone

    async def conversation_of(self, number: int = -1) -> str:
        """The id of a conversation, by the order in which they were begun."""
        async with self.sessions() as session:
            found: Sequence[str] = (
                await session.scalars(select(Conversation.id).order_by(Conversation.created_at))
            ).all()
        return found[number]

    async def queues(self, topic: str = "جواز السفر", reason: Reason = Reason.ASKED, number: int = -1) -> Queued:
        """Puts the citizen's conversation into the queue, as the actions do."""
        async with transaction(self.sessions) as session:
            return await service.ask(
                session, await self.conversation_of(number), reason, utc_now(), topic="nat-02", topic_title=topic
            )

    async def telegram_conversation(self) -> str:
        """A conversation on Telegram."""
        conversation_id = secrets.token_hex(16)
        async with transaction(self.sessions) as session:
            session.add(
                Conversation(
                    id=conversation_id,
                    channel=Channel.TELEGRAM,
                    engine_sender=secrets.token_hex(16),
                    created_at=utc_now(),
                )
            )
            await session.flush()
            session.add(Address(conversation_id=conversation_id, channel=Channel.TELEGRAM, address="7700000077"))
        return conversation_id


@asynccontextmanager
async def open_office(settings: Settings, sessions: SessionFactory) -> AsyncIterator[Office]:  # noqa: F811
    """An office that is open all week."""
    async with transaction(sessions) as session:
        await hours.put_week(session, ALL_WEEK)
        await canned.add_samples(session, utc_now())
    async with serving(create_app(settings)) as url, httpx.AsyncClient(base_url=url, timeout=30) as http:
        office = Office(url, sessions, http)
        yield office
        for someone in office.inside:
            await someone.http.aclose()


@pytest.fixture
async def office(settings: Settings, sessions: SessionFactory) -> AsyncIterator[Office]:  # noqa: F811
    """An office that is open all week."""
    async with open_office(settings, sessions) as running:
        yield running
