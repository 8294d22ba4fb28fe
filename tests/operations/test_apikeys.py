"""Keys of other systems: found by prefix, refused alike, paced, audited."""

from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import select
from typer.testing import CliRunner

from foundation.database import SessionFactory, transaction
from foundation.settings import get_settings
from operations.apikeys import __main__ as command
from operations.apikeys import service
from operations.apikeys.models import ApiKey, Scope
from operations.apikeys.service import KeyRefusedError, Refusal
from operations.audit import repository as audit
from operations.audit.models import Action

NOON = datetime(2026, 11, 23, 12, tzinfo=UTC)
SECOND = timedelta(seconds=1)


async def make(sessions: SessionFactory, name: str = "lab", *, per_minute: int = 3, days: int | None = None) -> str:
    async with transaction(sessions) as session:
        return await service.create(
            session,
            name,
            {Scope.RESULTS_IMPORT},
            who="زينب",
            now=NOON,
            per_minute=per_minute,
            acts_for="BGD-1",
            expires_at=None if days is None else NOON + timedelta(days=days),
        )


async def refusal(
    sessions: SessionFactory, key: str, scope: Scope = Scope.RESULTS_IMPORT, now: datetime = NOON
) -> KeyRefusedError | None:
    try:
        async with transaction(sessions) as session:
            await service.check(session, key, scope, now)
    except KeyRefusedError as error:
        return error
    return None


async def test_a_key_opens_its_scope_and_is_not_kept(sessions: SessionFactory) -> None:
    key = await make(sessions)
    async with transaction(sessions) as session:
        caller = await service.check(session, key, Scope.RESULTS_IMPORT, NOON)
    assert (caller.who, caller.acts_for) == ("key:lab", "BGD-1")
    async with sessions() as session:
        stored = (await session.scalars(select(ApiKey))).one()
        entry = (await audit.newest(session, [Action.API_KEY_CREATE], 1))[0]
    secret = key.split("_", 2)[2]
    assert secret.encode() not in stored.digest
    assert secret not in str(entry.details)
    assert (entry.who, entry.subject) == ("زينب", stored.prefix)
    refused = await refusal(sessions, key, Scope.OPEN311_FILE)
    assert refused is not None
    assert refused.status == 403


async def test_what_is_no_key_is_refused_alike(sessions: SessionFactory) -> None:
    key = await make(sessions)
    short = await make(sessions, "short", days=1)
    gone = await make(sessions, "gone")
    async with transaction(sessions) as session:
        assert await service.revoke(session, "gone", who="علي", now=NOON)
        assert not await service.revoke(session, "gone", who="علي", now=NOON)
    later = NOON + timedelta(days=2)
    for wrong, now in (
        ("", NOON),
        ("ur_", NOON),
        ("ur__", NOON),
        (key[:-1], NOON),
        (key[:-1] + ("A" if key[-1] != "A" else "B"), NOON),
        (f"ur_00000000_{key.split('_', 2)[2]}", NOON),
        ("ur_نننننننن_" + "ن" * 500, NOON),
        (gone, NOON),
        (short, later),
    ):
        refused = await refusal(sessions, wrong, now=now)
        assert refused is not None
        assert refused.refusal is Refusal.UNKNOWN
    assert await refusal(sessions, short) is None


async def test_a_key_has_its_pace(sessions: SessionFactory) -> None:
    key, other = await make(sessions), await make(sessions, "other")
    for second in range(3):
        assert await refusal(sessions, key, now=NOON + second * SECOND) is None
    refused = await refusal(sessions, key, now=NOON + 10 * SECOND)
    assert refused is not None
    assert (refused.refusal, refused.retry_after) == (Refusal.PACE, 51)
    assert await refusal(sessions, other, now=NOON + 10 * SECOND) is None
    assert await refusal(sessions, key, now=NOON + 61 * SECOND) is None


@pytest.mark.parametrize(
    ("authorization", "api_key", "found"),
    [("Bearer  k ", None, "k"), ("bearer k", "x", "k"), (None, " k", "k"), ("Basic k", "x", "x"), (None, None, "")],
)
def test_a_request_carries_it_in_a_header(authorization: str | None, api_key: str | None, found: str) -> None:
    assert service.presented(authorization, api_key) == found


async def test_names_are_used_once(sessions: SessionFactory) -> None:
    await make(sessions)
    for name in ("lab", " ", "n" * 65):
        with pytest.raises(ValueError, match="name"):
            await make(sessions, name)


def test_by_command(database_url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DATABASE_URL", database_url)
    get_settings.cache_clear()
    run = CliRunner()
    try:
        made = run.invoke(command.app, ["create", "lab", "--scope", "results:import", "--for", "X", "--by", "زينب"])
        assert made.exit_code == 0
        key = made.stdout.splitlines()[-1]
        assert key.startswith("ur_")
        assert run.invoke(command.app, ["create", "lab", "--scope", "results:import"]).exit_code == 1
        assert run.invoke(command.app, ["create", "two", "--scope", "everything"]).exit_code == 2
        listed = run.invoke(command.app, ["list"]).stdout
        assert "results:import\tworks\tnever used" in listed
        assert key not in listed
        assert run.invoke(command.app, ["revoke", "lab"]).exit_code == 0
        assert "revoked" in run.invoke(command.app, ["list"]).stdout
        assert run.invoke(command.app, ["revoke", "lab"]).exit_code == 1
    finally:
        get_settings.cache_clear()
