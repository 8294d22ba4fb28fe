"""Retention: what is too old goes, what still waits stays, once a day, by one process."""

import asyncio
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta

import pytest
from cryptography.fernet import Fernet
from sqlalchemy import Table, func, select, update
from sqlalchemy.ext.asyncio import AsyncSession
from typer.testing import CliRunner

from bot import admin
from bot.administration import purge as command
from bot.conversations import buttons, transcript
from bot.conversations import repository as conversations
from bot.conversations import service as conversation_service
from bot.inbox import repository as inbox
from bot.models import (
    ADDRESSES,
    CONVERSATIONS,
    INBOX,
    LANES,
    MESSAGES,
    OUTBOX,
    Author,
    InboxState,
    LaneKind,
    OutboxState,
)
from bot.replies import Reply, ReplyButton
from bot.retention import service as retention
from bot.retention.job import LEADERSHIP, RetentionJob, last_struck
from bot.retention.repository import BUTTONS, VAULT
from bot.retention.service import Purge, Purged
from bot.turns.engine import EngineClient
from bot.work import lanes, leadership
from citizens.models import Channel, Conversation
from citizens.vault import service as vault
from foundation.database import SessionFactory, transaction
from foundation.datakeys import DataKeys
from foundation.settings import Settings
from operations.audit import repository as audit
from operations.audit.models import Action
from tests.bot.conftest import Bot
from tests.bot.fake_engine import FakeEngine

NOW = datetime(2026, 11, 23, 12, tzinfo=UTC)
KEYS = DataKeys([Fernet.generate_key().decode()])
PHONE = "07701234567"
TABLES = (CONVERSATIONS, ADDRESSES, MESSAGES, INBOX, OUTBOX, BUTTONS, VAULT)


def ago(days: float) -> datetime:
    return NOW - timedelta(days=days)


@pytest.fixture
async def client(settings: Settings) -> AsyncIterator[EngineClient]:
    """The bot's way to the fake engine."""
    client = EngineClient(settings)
    yield client
    await client.close()


class Past:
    """Makes what citizens did long ago."""

    def __init__(self, sessions: SessionFactory) -> None:
        self.sessions = sessions
        self.turns = 0

    async def conversation(self, address: str, at: datetime) -> str:
        async with transaction(self.sessions) as session:
            return await conversations.get_or_create(session, Channel.TELEGRAM, address, at)

    async def turn(self, address: str, at: datetime, sent: bool = True) -> str:
        """A message with an identifier, its answer with a button, sent or still queued; the conversation's id."""
        self.turns += 1
        conversation = await self.conversation(address, at)
        async with transaction(self.sessions) as session:
            item = await inbox.add(
                session, Channel.TELEGRAM, str(self.turns), at, conversation_id=conversation, raw=None,
                state=InboxState.DONE,
            )  # fmt: skip
            text = await vault.conceal(session, conversation, f"رقمي {PHONE}", KEYS, at)
            await transcript.add(session, conversation, Author.CITIZEN, text, at, inbox_id=item)
            reply = Reply(text="جواب", buttons=[ReplyButton(title="الرسوم", payload="/ask_fee")])
            await conversation_service.say(session, conversation, Channel.TELEGRAM, [reply], at, inbox_id=item)
            if sent:
                await session.execute(
                    update(OUTBOX)
                    .where(OUTBOX.c.conversation_id == conversation)
                    .values(state=OutboxState.SENT, sent_at=at)
                )
                await session.execute(LANES.delete().where(LANES.c.conversation_id == conversation))
        return conversation

    async def quarantined(self, conversation: str | None, at: datetime) -> int:
        self.turns += 1
        async with transaction(self.sessions) as session:
            item = await inbox.add(
                session, Channel.TELEGRAM, str(self.turns), at, conversation_id=conversation, raw=b"x",
                state=InboxState.QUARANTINED, cause="timeout",
            )  # fmt: skip
        assert item is not None
        return item

    async def rows(self, conversation: str) -> dict[str, int]:
        """How many rows of each table belong to a conversation; tables with none are left out."""
        async with self.sessions() as session:
            found = {table.name: await _rows(session, table, conversation) for table in TABLES}
        return {name: count for name, count in found.items() if count}


async def _rows(session: AsyncSession, table: Table, conversation: str) -> int:
    of = table.c.id if table is CONVERSATIONS else table.c.conversation_id
    return await session.scalar(select(func.count()).select_from(table).where(of == conversation)) or 0


@pytest.fixture
def past(sessions: SessionFactory) -> Past:
    return Past(sessions)


@pytest.fixture(params=[1, 200])
def _batches(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(retention, "BATCH", request.param)
    monkeypatch.setattr(retention, "CONVERSATIONS_BATCH", request.param)
    monkeypatch.setattr(retention, "PAUSE_SECONDS", 0)


@pytest.mark.usefixtures("_batches")
class TestPurge:
    async def test_silent_conversations_go_with_all_that_is_theirs(
        self, past: Past, settings: Settings, client: EngineClient, engine: FakeEngine
    ) -> None:
        gone = [await past.turn(str(number), ago(200 + number)) for number in range(3)]
        opened_only = await past.conversation("opened", ago(181))
        lives = await past.turn("lives", ago(1))
        async with past.sessions() as session:
            senders = (
                await session.scalars(
                    select(Conversation.engine_sender).where(Conversation.id.in_([*gone, opened_only]))
                )
            ).all()

        counted = await Purge(past.sessions, client, settings, NOW, dry=True).run()
        assert all([await past.rows(one) for one in gone])
        assert not engine.forgotten
        purged = await Purge(past.sessions, client, settings, NOW).run()
        assert purged.finished
        assert counted.rows == purged.rows | {"outbox": 3}
        assert purged.rows == {
            "messages": 6, "inbox": 3, "raw": 0, "outbox": 3, "buttons": 3, "vault": 3, "conversations": 4,
            "events": 0, "events_unpublished": 0, "certificates": 0, "cases": 0, "dialogues": 0, "notices": 0,
            "files": 0, "results": 0, "attempts": 0,
        }  # fmt: skip
        assert [await past.rows(one) for one in [*gone, opened_only]] == [{}] * 4
        assert sorted(engine.forgotten) == sorted(senders)
        assert await past.rows(lives) == {
            "conversations": 1, "addresses": 1, "messages": 2, "inbox": 1, "outbox": 1, "buttons": 1, "vault": 1,
        }  # fmt: skip
        again = await Purge(past.sessions, client, settings, NOW).run()
        assert not any(again.rows.values())

    async def test_old_lines_of_a_living_conversation_go(
        self, past: Past, settings: Settings, client: EngineClient, engine: FakeEngine
    ) -> None:
        conversation = await past.turn("a", ago(181))
        await past.turn("a", ago(179))
        await past.turn("a", ago(1))
        purged = await Purge(past.sessions, client, settings, NOW).run()
        assert (purged.rows["messages"], purged.rows["inbox"], purged.rows["outbox"]) == (2, 1, 2)
        assert not engine.forgotten
        # The identifier and the button were needed again yesterday.
        assert await past.rows(conversation) == {
            "conversations": 1, "addresses": 1, "messages": 4, "inbox": 2, "outbox": 1, "buttons": 1, "vault": 1,
        }  # fmt: skip

    async def test_days_are_counted_for_each_kind(self, past: Past, settings: Settings, client: EngineClient) -> None:
        conversation = await past.turn("a", ago(40))
        purged = await Purge(past.sessions, client, settings, NOW).run()
        assert {kind for kind, rows in purged.rows.items() if rows} == {"outbox"}
        short = settings.model_copy(update={"retention_vault_days": 39, "retention_button_days": 39})
        purged = await Purge(past.sessions, client, short, NOW).run()
        assert {kind for kind, rows in purged.rows.items() if rows} == {"vault", "buttons"}
        assert await past.rows(conversation) == {"conversations": 1, "addresses": 1, "messages": 2, "inbox": 1}

    async def test_what_waits_is_not_touched(
        self, past: Past, settings: Settings, client: EngineClient, engine: FakeEngine
    ) -> None:
        to_be_sent = await past.turn("reply waits", ago(300), sent=False)
        to_be_answered = await past.turn("message waits", ago(300))
        async with transaction(past.sessions) as session:
            await lanes.add_work(session, LaneKind.TURN, to_be_answered, ago(299))
            await inbox.add(session, Channel.TELEGRAM, "w", ago(299), conversation_id=to_be_answered, raw=b"x")
        await past.turn("newest", ago(0))
        before = [await past.rows(one) for one in (to_be_sent, to_be_answered)]
        purged = await Purge(past.sessions, client, settings, NOW).run()
        # Only the row that says how an old reply was sent goes.
        assert {kind: rows for kind, rows in purged.rows.items() if rows} == {"outbox": 1}
        after = [await past.rows(one) for one in (to_be_sent, to_be_answered)]
        assert after[0] == before[0]
        assert after[1] == {name: count for name, count in before[1].items() if name != "outbox"}
        assert not engine.forgotten

    async def test_messages_put_aside_are_erased_after_their_days(
        self, past: Past, settings: Settings, client: EngineClient
    ) -> None:
        unreadable = await past.quarantined(None, ago(200))
        conversation = await past.turn("a", ago(100))
        old = await past.quarantined(conversation, ago(31))
        kept = await past.quarantined(conversation, ago(29))
        purged = await Purge(past.sessions, client, settings, NOW).run()
        assert purged.rows["raw"] == 2
        assert purged.rows["inbox"] == 1
        async with past.sessions() as session:
            item = await inbox.get(session, old)
            assert item is not None
            assert (item.raw, item.state, item.cause) == (None, InboxState.DONE, "expired")
            assert await inbox.get(session, unreadable) is None
            assert [item.id for item in await inbox.quarantined(session, None)] == [kept]

    async def test_numbers_are_not_given_again(self, past: Past, settings: Settings, client: EngineClient) -> None:
        await past.turn("a", ago(400))
        await past.turn("b", ago(399))
        async with past.sessions() as session:
            newest = [await session.scalar(select(func.max(table.c.id))) for table in (MESSAGES, INBOX)]
        await Purge(past.sessions, client, settings, NOW).run()
        await past.turn("c", NOW)
        async with past.sessions() as session:
            for table, number in zip((MESSAGES, INBOX), newest, strict=True):
                assert number is not None
                assert (await session.scalar(select(func.max(table.c.id))) or 0) > number

    async def test_conversations_stay_while_the_engine_is_away(
        self, past: Past, settings: Settings, client: EngineClient, engine: FakeEngine
    ) -> None:
        conversation = await past.turn("a", ago(200))
        await past.turn("b", NOW)
        engine.status = 503
        purged = await Purge(past.sessions, client, settings, NOW).run()
        assert not purged.finished
        assert set(await past.rows(conversation)) == {"conversations", "addresses"}
        engine.status = 200
        assert (await Purge(past.sessions, client, settings, NOW).run()).rows["conversations"] == 1
        assert await past.rows(conversation) == {}

    async def test_a_run_that_must_stop_stops(self, past: Past, settings: Settings, client: EngineClient) -> None:
        conversation = await past.turn("a", ago(200))
        before = await past.rows(conversation)
        purged = await Purge(past.sessions, client, settings, NOW, goes_on=lambda: False).run()
        assert not purged.finished
        assert await past.rows(conversation) == before


async def test_a_button_works_again_when_it_is_shown_again(sessions: SessionFactory, past: Past) -> None:
    conversation = await past.conversation("a", ago(300))
    for at in (ago(300), ago(2), ago(1.5)):
        async with transaction(sessions) as session:
            await buttons.remember(session, conversation, ["/a"], at)
    async with sessions() as session:
        assert (await session.scalars(select(BUTTONS.c.shown_at))).all() == [ago(2)]


class TestRace:
    async def test_a_citizen_who_returns_at_that_moment_keeps_the_conversation(
        self, past: Past, settings: Settings, client: EngineClient, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        conversation = await past.turn("a", ago(200))
        await past.turn("b", NOW)
        forget = client.forget

        async def returns(sender: str) -> None:
            await forget(sender)
            await past.turn("a", NOW)

        monkeypatch.setattr(client, "forget", returns)
        purged = await Purge(past.sessions, client, settings, NOW).run()
        assert purged.rows["conversations"] == 0
        assert (await past.rows(conversation))["messages"] == 2

    async def test_a_deleted_identifier_is_shown_as_dots(
        self, bot: Bot, sessions: SessionFactory, settings: Settings, client: EngineClient
    ) -> None:
        citizen = await bot.citizen()
        await citizen.says(f"رقمي {PHONE}")
        later = datetime.now(UTC) + timedelta(days=100)
        assert (await Purge(sessions, client, settings, later).run()).rows["vault"] == 1
        lines = (await bot.http.get(f"/api/chat/{citizen.conversation}/history")).json()["messages"]
        assert lines[0]["text"] == "رقمي •••"

    async def test_a_page_of_a_deleted_conversation_is_told_so(
        self, bot: Bot, sessions: SessionFactory, settings: Settings, client: EngineClient, past: Past
    ) -> None:
        citizen = await bot.citizen()
        await citizen.says("مرحبا")
        await past.turn("newest", datetime.now(UTC) + timedelta(days=399))
        later = datetime.now(UTC) + timedelta(days=400)
        assert (await Purge(sessions, client, settings, later).run()).rows["conversations"] == 1
        response = await citizen.post(text="سؤال")
        assert (response.status_code, response.json()["error"]) == (404, "unknown_conversation")


class TestJob:
    @pytest.fixture(autouse=True)
    def _fast(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr("bot.retention.job.RENEW_SECONDS", 0.4)

    def job(self, sessions: SessionFactory, client: EngineClient, settings: Settings, now: datetime) -> RetentionJob:
        return RetentionJob(sessions, client, settings, lambda: now)

    async def test_once_a_day_by_one_process(
        self, sessions: SessionFactory, client: EngineClient, settings: Settings
    ) -> None:
        ran = await asyncio.gather(*(self.job(sessions, client, settings, NOW).look() for _ in range(3)))
        assert sum(ran) == 1
        assert not await self.job(sessions, client, settings, NOW + timedelta(hours=11)).look()
        assert await self.job(sessions, client, settings, NOW + timedelta(hours=13)).look()
        async with sessions() as session:
            runs = await audit.newest(session, [Action.PURGE], 10)
        assert [(run.who, run.details and run.details["finished"]) for run in runs] == [("bot", True)] * 2

    async def test_left_to_the_process_that_leads(
        self, sessions: SessionFactory, client: EngineClient, settings: Settings
    ) -> None:
        async with transaction(sessions) as session:
            assert await leadership.take(session, LEADERSHIP, "another", NOW)
        assert not await self.job(sessions, client, settings, NOW).look()

    async def test_tried_again_after_a_run_that_was_not_finished(
        self, sessions: SessionFactory, past: Past, client: EngineClient, settings: Settings, engine: FakeEngine
    ) -> None:
        await past.conversation("a", ago(200))
        engine.status = 503
        assert not await self.job(sessions, client, settings, NOW).look()
        engine.status = 200
        assert await self.job(sessions, client, settings, NOW).look()
        assert len(engine.forgotten) == 1

    @pytest.mark.parametrize(
        ("now", "struck"),
        [
            (datetime(2026, 11, 23, 0, 0, tzinfo=UTC), datetime(2026, 11, 23, 0, 0, tzinfo=UTC)),
            (datetime(2026, 11, 22, 23, 59, tzinfo=UTC), datetime(2026, 11, 22, 0, 0, tzinfo=UTC)),
            (datetime(2026, 11, 23, 20, 0, tzinfo=UTC), datetime(2026, 11, 23, 0, 0, tzinfo=UTC)),
        ],
    )
    def test_three_in_the_morning_in_baghdad(self, now: datetime, struck: datetime) -> None:
        assert last_struck(now) == struck


class TestCommand:
    async def run(self, *arguments: str, code: int = 0) -> str:
        result = await asyncio.to_thread(CliRunner().invoke, admin.app, ["purge", "--by", "زينب", *arguments])
        assert result.exit_code == code, result.output
        return result.output

    async def test_counts_then_deletes_and_is_audited(
        self,
        past: Past,
        sessions: SessionFactory,
        settings: Settings,
        engine: FakeEngine,
        monkeypatch: pytest.MonkeyPatch,
    ) -> None:
        monkeypatch.setattr(command, "get_settings", lambda: settings)
        monkeypatch.setattr(command, "utc_now", lambda: NOW)
        conversation = await past.turn("a", ago(200))
        await past.turn("b", NOW)
        output = await self.run("--dry-run")
        assert "messages\t2" in output
        assert "Nothing was deleted." in output
        assert await past.rows(conversation)
        engine.status = 503
        assert "does not answer" in await self.run(code=1)
        engine.status = 200
        assert "conversations\t1" in await self.run()
        assert await past.rows(conversation) == {}
        async with sessions() as session:
            runs = await audit.newest(session, [Action.PURGE], 10)
        assert [run.who for run in runs] == ["زينب", "زينب"]
        assert [run.details and run.details["finished"] for run in runs] == [True, False]


async def test_metrics_count_what_was_deleted(bot: Bot, past: Past, settings: Settings, client: EngineClient) -> None:
    await past.turn("a", ago(200))
    await past.turn("b", NOW)

    async def counted() -> float:
        lines = (await bot.http.get("/metrics")).text.splitlines()
        return sum(float(line.rsplit(" ", 1)[1]) for line in lines if line.startswith('ur_purged_total{kind="vault"'))

    before = await counted()
    purged: Purged = await Purge(past.sessions, client, settings, NOW).run()
    assert purged.rows["vault"] == 1
    assert await counted() == before + 1
