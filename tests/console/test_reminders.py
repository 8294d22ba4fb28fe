"""What waits by date: numbers in the menu, and one letter a day over a real mail server."""

import email
import email.policy
from collections.abc import Iterator
from datetime import datetime, timedelta
from email.message import EmailMessage
from typing import Any

import pytest
from aiosmtpd.controller import Controller
from sqlalchemy import update

from catalog.models import Category, Service
from console.reminders.job import DigestJob
from console.reminders.letter import letter
from console.reminders.post import Post
from console.reminders.waiting import Waiting
from foundation.clock import BAGHDAD, in_baghdad, utc_now
from foundation.database import SessionFactory, transaction
from foundation.settings import Settings
from operations.accounts import repository as accounts
from operations.accounts.models import Account, Role
from operations.accounts.person import Grant
from ops.ports import HOST, free_port
from tests.console import casework
from tests.console.conftest import Office

MORNING = in_baghdad(utc_now()).replace(hour=8, minute=5, second=0, microsecond=0)


class Box:
    """A mail server's box."""

    def __init__(self) -> None:
        self.letters: list[EmailMessage] = []
        self.refuses = ""

    async def handle_DATA(self, _server: object, _session: object, envelope: Any) -> str:  # noqa: N802  # aiosmtpd's name
        self.letters.append(email.message_from_bytes(envelope.content, policy=email.policy.default))
        return "250 OK"

    async def handle_RCPT(  # noqa: N802
        self, _server: object, _session: object, envelope: Any, address: str, _options: object
    ) -> str:
        if address == self.refuses:
            return "550 no such person"
        envelope.rcpt_tos.append(address)
        return "250 OK"


@pytest.fixture
def box() -> Iterator[tuple[Box, int]]:
    """A running mail server and its port."""
    kept, port = Box(), free_port()
    controller = Controller(kept, hostname=HOST, port=port)
    controller.start()
    yield kept, port
    controller.stop()


def _job(sessions: SessionFactory, settings: Settings, port: int, now: datetime) -> DigestJob:
    mail = {"smtp_host": HOST, "smtp_port": port, "smtp_security": "none", "smtp_from": "assistant@ur.example"}
    settings = settings.model_copy(update={**mail, "public_url": "https://ur.example"})
    return DigestJob(sessions, Post(settings), settings, lambda: now, lambda: True)


async def _entry(sessions: SessionFactory, code: str, days_ago: int) -> None:
    on = in_baghdad(MORNING).date() - timedelta(days=days_ago)
    async with transaction(sessions) as session:
        if await session.get(Category, "cat") is None:
            session.add(Category(code="cat", name="فئة"))
            await session.flush()
        session.add(Service(code=code, category_code="cat", name=code, verified_on=on, active=True))


async def _address(sessions: SessionFactory, account_id: str, address: str) -> None:
    async with transaction(sessions) as session:
        await session.execute(update(Account).where(Account.id == account_id).values(email=address))


async def test_each_gets_one_letter_a_day_of_their_own_work(
    office: Office, settings: Settings, box: tuple[Box, int]
) -> None:
    kept, port = box
    await _entry(office.sessions, "old-1", 200)
    await _entry(office.sessions, "old-2", 190)
    await _entry(office.sessions, "soon", 175)
    await _entry(office.sessions, "fresh", 3)
    await casework.case(office.sessions, settings, hours_ago=300)
    people = {
        "noor": (Role.EDITOR, "noor@ur.example"), "huda": (Role.CASE_OFFICER, "huda@ur.example"),
        "sara": (Role.AGENT, "sara@ur.example"), "ali": (Role.EDITOR, None),
    }  # fmt: skip
    ids = {}
    for name, (role, address) in people.items():
        ids[name] = await office.hires(name, f"الاسم {name}", role)
        if address:
            await _address(office.sessions, ids[name], address)

    early = MORNING.replace(hour=7)
    assert await _job(office.sessions, settings, port, early).look() == 0
    assert await _job(office.sessions, settings, port, MORNING).look() == 2
    texts = {one["To"]: one.get_content() for one in kept.letters}
    assert set(texts) == {"noor@ur.example", "huda@ur.example"}
    assert "مدخلان للتحقق الآن" in texts["noor@ur.example"]
    assert "مدخل واحد للتحقق خلال 14 يوماً" in texts["noor@ur.example"]
    assert "شكوى واحدة متأخرة" in texts["huda@ur.example"]
    assert "https://ur.example/console/cases?overdue=1" in texts["huda@ur.example"]
    assert casework.TOLD not in texts["huda@ur.example"]

    # Later on the day, from another process too: nothing. The next morning again.
    assert await _job(office.sessions, settings, port, MORNING + timedelta(hours=5)).look() == 0
    assert len(kept.letters) == 2
    assert await _job(office.sessions, settings, port, MORNING + timedelta(days=1)).look() == 2


async def test_a_case_elsewhere_is_not_counted(office: Office, settings: Settings, box: tuple[Box, int]) -> None:
    kept, port = box
    await casework.case(office.sessions, settings, hours_ago=300)
    huda = await office.hires("huda", "هدى", Role.CASE_OFFICER)
    await _address(office.sessions, huda, "huda@ur.example")
    async with transaction(office.sessions) as session:
        await accounts.put_grants(session, huda, [Grant(Role.CASE_OFFICER, "baghdad")])
    assert await _job(office.sessions, settings, port, MORNING).look() == 0
    assert kept.letters == []


async def test_a_refused_address_stops_nobody_and_an_absent_server_loses_nothing(
    office: Office, settings: Settings, box: tuple[Box, int]
) -> None:
    kept, port = box
    kept.refuses = "a@ur.example"
    await _entry(office.sessions, "old", 200)
    for name in ("a", "b"):
        await _address(office.sessions, await office.hires(name, name, Role.EDITOR), f"{name}@ur.example")
    with pytest.raises(OSError, match=r"."):
        await _job(office.sessions, settings, free_port(), MORNING).look()
    assert await _job(office.sessions, settings, port, MORNING).look() == 1
    assert [one["To"] for one in kept.letters] == ["b@ur.example"]


async def test_the_menu_says_how_many_wait(office: Office, settings: Settings) -> None:
    await _entry(office.sessions, "old", 200)
    await casework.case(office.sessions, settings, hours_ago=300)
    noor = await office.colleague("noor", "نور", Role.EDITOR)
    assert 'id="waits-d"' in await noor.sees("/console/content")
    found = await noor.sees("/console/waiting")
    assert "مدخل واحد للتحقق" in found
    assert "waits-c" not in found
    huda = await office.colleague("huda", "هدى", Role.CASE_OFFICER)
    assert "شكوى واحدة متأخرة" in await huda.sees("/console/waiting")
    sara = await office.colleague("sara", "سارة", Role.AGENT)
    assert "waits" not in await sara.sees("/console/handoffs")


def test_a_letter_of_nothing_is_none() -> None:
    assert letter("سارة", Waiting(), "") is None
    text = letter("سارة", Waiting(late=100), "")
    assert text is not None
    assert "أكثر من 99 شكوى" in text
    assert MORNING.tzinfo is BAGHDAD
