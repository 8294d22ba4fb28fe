"""Keys are rotated with data in the database, and the old key goes, in full use."""

import asyncio

import pytest
from cryptography.fernet import Fernet, InvalidToken
from pydantic import SecretStr
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession
from typer.testing import CliRunner

from bot import admin
from bot import rekey as rekeying
from bot.administration import rekey as command
from bot.conversations import repository as conversations
from bot.inbox import repository as inbox
from bot.inbox.service import accept, seal, unseal
from bot.models import InboxItem, InboxState
from bot.rekey import rekey
from citizens.models import Channel, VaultEntry
from citizens.vault import service as vault
from foundation.clock import utc_now
from foundation.database import SessionFactory, transaction
from foundation.datakeys import DataKeys
from foundation.settings import Settings
from operations.audit import repository as audit
from operations.audit.models import Action
from tests.bot.conftest import running
from tests.bot.fake_engine import FakeEngine
from tests.bot.serving import eventually

PHONE, SHOWN = "07701234567", "+9647701234567"


def fresh() -> str:
    """A new key."""
    return Fernet.generate_key().decode()


async def conceal(sessions: SessionFactory, keys: DataKeys, address: str, text: str = PHONE) -> tuple[str, str]:
    """Stores an identifier; its conversation and token."""
    async with transaction(sessions) as session:
        conversation = await conversations.get_or_create(session, Channel.WEB, address, utc_now())
        return conversation, await vault.conceal(session, conversation, text, keys, utc_now())


async def reveal(sessions: SessionFactory, keys: DataKeys, conversation: str, text: str) -> str:
    """What a token stands for."""
    async with sessions() as session:
        return await vault.reveal(session, conversation, text, keys)


async def test_the_old_key_can_go(sessions: SessionFactory, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(rekeying, "BATCH", 3)
    old, new = fresh(), fresh()
    before, both, after = DataKeys([old]), DataKeys([new, old]), DataKeys([new])
    stored = [await conceal(sessions, before, str(number)) for number in range(7)]
    fresh_one = await conceal(sessions, both, "fresh")
    async with transaction(sessions) as session:
        queued = await accept(session, Channel.WEB, stored[0][0], "q", {"text": PHONE}, before, utc_now())
        aside = await inbox.add(
            session,
            Channel.TELEGRAM,
            "a",
            utc_now(),
            conversation_id=None,
            raw=seal({"text": PHONE}, before),
            state=InboxState.QUARANTINED,
        )
    with pytest.raises(InvalidToken):
        await reveal(sessions, after, *stored[0])

    done = await rekey(sessions, both)
    assert (done.identifiers, done.messages, done.unreadable) == (7, 2, 0)
    done = await rekey(sessions, both)
    assert (done.identifiers, done.messages) == (0, 0)

    for conversation, token in [*stored, fresh_one]:
        assert await reveal(sessions, after, conversation, token) == SHOWN
    assert await conceal(sessions, after, "3") == stored[3], "the same identifier keeps its token"
    async with sessions() as session:
        for item_id in (queued, aside):
            assert item_id is not None
            item = await inbox.get(session, item_id)
            assert item is not None
            assert item.raw is not None
            assert unseal(item.raw, after) == {"text": PHONE}


async def test_an_interrupted_run_is_begun_again(sessions: SessionFactory, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(rekeying, "BATCH", 2)
    old, new = fresh(), fresh()
    stored = [await conceal(sessions, DataKeys([old]), str(number)) for number in range(6)]
    both = DataKeys([new, old])
    asked, renew = 0, vault.renew

    async def dies(*arguments: object) -> bool:
        nonlocal asked
        asked += 1
        if asked > 3:
            raise KeyboardInterrupt
        return await renew(*arguments)  # type: ignore[arg-type]

    with monkeypatch.context() as once:
        once.setattr(rekeying, "renew_identifier", dies)
        with pytest.raises(KeyboardInterrupt):
            await rekey(sessions, both)
    assert (await rekey(sessions, both)).identifiers == 4
    for conversation, token in stored:
        assert await reveal(sessions, DataKeys([new]), conversation, token) == SHOWN


async def test_two_tokens_of_one_identifier_both_stay(sessions: SessionFactory) -> None:
    old, new = fresh(), fresh()
    conversation, first = await conceal(sessions, DataKeys([old]), "x")
    _, second = await conceal(sessions, DataKeys([new]), "x")
    assert first != second
    both, after = DataKeys([new, old]), DataKeys([new])
    assert (await conceal(sessions, both, "x"))[1] == second
    assert (await rekey(sessions, both)).identifiers == 1
    assert (await rekey(sessions, both)).identifiers == 0
    assert await reveal(sessions, after, conversation, first + second) == SHOWN * 2
    assert (await conceal(sessions, after, "x"))[1] == second


async def test_a_digest_under_an_old_key_is_renewed_too(sessions: SessionFactory) -> None:
    # An older release made the digest of a value under the newest key with the oldest.
    old, new = fresh(), fresh()
    both = DataKeys([new, old])
    conversation, token = await conceal(sessions, DataKeys([old]), "x")
    async with transaction(sessions) as session:
        entry = (await session.scalars(select(VaultEntry))).one()
        entry.value = both.encrypt(SHOWN)
    assert (await rekey(sessions, both)).identifiers == 1
    assert await conceal(sessions, DataKeys([new]), "x") == (conversation, token)


async def test_a_bot_that_does_not_know_the_new_key_is_noticed(
    sessions: SessionFactory, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    old, new = fresh(), fresh()
    renewed, number = vault.renew, 0

    async def meanwhile(*arguments: object) -> bool:
        nonlocal number
        number += 1
        session = arguments[0]
        assert isinstance(session, AsyncSession)
        conversation = await conversations.get_or_create(session, Channel.WEB, str(number), utc_now())
        await vault.conceal(session, conversation, PHONE, DataKeys([old]), utc_now())
        return await renewed(*arguments)  # type: ignore[arg-type]

    await conceal(sessions, DataKeys([old]), "x")
    monkeypatch.setattr(rekeying, "renew_identifier", meanwhile)
    monkeypatch.setattr(rekeying, "BATCH", 1)
    monkeypatch.setattr(rekeying, "ROUNDS", 2)
    monkeypatch.setattr(
        command, "get_settings", lambda: settings.model_copy(update={"data_keys": SecretStr(f"{new},{old}")})
    )
    result = await asyncio.to_thread(CliRunner().invoke, admin.app, ["rekey"])
    assert result.exit_code == 1
    assert "still writes" in result.output


async def test_while_bots_run(settings: Settings, engine: FakeEngine, sessions: SessionFactory) -> None:
    old, new = fresh(), fresh()
    engine.status = 503
    async with running(settings.model_copy(update={"data_keys": SecretStr(old)})) as bot:
        citizen = await bot.citizen()
        await citizen.says(f"رقمي {PHONE}", client_message_id="1")
    rotated = settings.model_copy(update={"data_keys": SecretStr(f"{new},{old}")})
    async with running(rotated) as bot:
        citizen.http = bot.http
        assert (await rekey(sessions, DataKeys([new, old]))).unreadable == 0
        others = await asyncio.gather(*(bot.citizen() for _ in range(3)))
        writing = [asyncio.create_task(other.says(f"هاتفي {PHONE}")) for other in others]
        await rekey(sessions, DataKeys([new, old]))
        engine.status = 200
        await asyncio.gather(*writing)
        await eventually(lambda: len(engine.heard) == 4)
    async with running(settings.model_copy(update={"data_keys": SecretStr(new)})) as bot:
        shown = (await bot.http.get(f"/api/chat/{citizen.conversation}/history")).json()["messages"]
        assert f"رقمي {SHOWN}" in [line["text"] for line in shown]
        async with sessions() as session:
            assert not (await session.scalars(select(InboxItem).where(InboxItem.state != InboxState.DONE))).all()


async def test_command_line(settings: Settings, sessions: SessionFactory, monkeypatch: pytest.MonkeyPatch) -> None:
    old, new = fresh(), fresh()
    await conceal(sessions, DataKeys([old]), "x")

    async def run(keys: str, code: int = 0) -> str:
        monkeypatch.setattr(command, "get_settings", lambda: settings.model_copy(update={"data_keys": SecretStr(keys)}))
        result = await asyncio.to_thread(CliRunner().invoke, admin.app, ["rekey", "--by", "زينب"])
        assert result.exit_code == code, result.output
        return result.output

    assert "a key is missing" in await run(new, code=1)
    output = await run(f"{new},{old}")
    assert "1 identifiers, 0 messages" in output
    assert "can go" in output
    assert "one key, and everything is under it" in await run(new)
    async with sessions() as session:
        entries = await audit.newest(session, [Action.REKEY], 10)
    assert [(entry.who, entry.details) for entry in reversed(entries)] == [
        ("زينب", {"identifiers": identifiers, "messages": 0, "values": 0, "unreadable": unreadable})
        for identifiers, unreadable in ((0, 1), (1, 0), (0, 0))
    ]
