"""Certificates issued, asked for again, revoked, kept and deleted."""

import asyncio
import base64
import re
from dataclasses import replace
from datetime import timedelta

import pytest
from cryptography.fernet import Fernet

from bot.rekey import rekey
from casework.certificates import keyring, repository
from casework.certificates.content import Method, Outcome
from casework.certificates.service import (
    Certificate,
    NotIssuableError,
    ResultFacts,
    TooOldError,
    issue,
    revoke,
    revoke_for_result,
)
from casework.certificates.verify import State, verify
from foundation.database import SessionFactory, transaction
from foundation.datakeys import DataKeys
from foundation.settings import Settings
from tests.casework.certificates.conftest import NOW, facts


async def make(
    sessions: SessionFactory, keys: DataKeys, settings: Settings, what: ResultFacts | None = None
) -> Certificate:
    """Issues a certificate in a transaction of its own."""
    async with transaction(sessions) as session:
        return await issue(session, what or facts(), NOW, keys, settings)


async def state(sessions: SessionFactory, code: str, hours: float = 0) -> State:
    """What the check says of a code, so many hours after `NOW`."""
    async with sessions() as session:
        return (await verify(session, code, NOW + timedelta(hours=hours))).state


async def test_the_certificate_says_what_the_result_says(
    sessions: SessionFactory, keys: DataKeys, settings: Settings
) -> None:
    made = await make(sessions, keys, settings)
    content = made.content
    assert content.outcome is Outcome.NEGATIVE
    assert content.method is Method.NAAT
    assert content.expires_at - content.sampled_at == timedelta(hours=72)
    assert (content.name.given, content.name.surname) == ("زينب كاظم جواد", "الموسوي")
    assert content.issuer == "وزارة الصحة / Ministry of Health, Iraq"
    assert not content.sample
    assert made.pdf.startswith(b"%PDF")
    assert made.picture.startswith(b"\x89PNG")
    assert re.fullmatch(r"certificate-[0-9a-f]{8}", made.name)
    assert await state(sessions, made.code) is State.VALID


async def test_asked_again_it_is_the_same(sessions: SessionFactory, keys: DataKeys, settings: Settings) -> None:
    first, again = [await make(sessions, keys, settings) for _ in range(2)]
    assert again.code == first.code
    amended = await make(sessions, keys, settings, facts(version=2, outcome=Outcome.POSITIVE))
    assert amended.code != first.code


async def test_asked_many_times_at_once_it_is_the_same(
    sessions: SessionFactory, keys: DataKeys, settings: Settings
) -> None:
    made = await asyncio.gather(*(make(sessions, keys, settings) for _ in range(6)))
    assert len({one.code for one in made}) == 1
    assert await state(sessions, made[0].code) is State.VALID


async def test_the_hours_are_a_setting(sessions: SessionFactory, keys: DataKeys, settings: Settings) -> None:
    made = await make(sessions, keys, settings.model_copy(update={"certificate_valid_hours": 24}))
    assert await state(sessions, made.code, 3.99) is State.VALID
    assert await state(sessions, made.code, 4) is State.EXPIRED


async def test_sample_data_says_so(sessions: SessionFactory, keys: DataKeys, settings: Settings) -> None:
    made = await make(sessions, keys, settings, facts(sample=True))
    assert made.content.sample
    assert made.content.issuer.startswith("SAMPLE ")


@pytest.mark.parametrize(
    "wrong",
    [
        {"sampled_at": NOW + timedelta(minutes=1)},
        {"name": "؟؟"},
        {"born": "17/05/1984"},
        {"born": "1784"},
    ],
)
async def test_what_cannot_be_certified(
    sessions: SessionFactory, keys: DataKeys, settings: Settings, wrong: dict[str, object]
) -> None:
    with pytest.raises(NotIssuableError):
        await make(sessions, keys, settings, facts(**wrong))


async def test_too_old(sessions: SessionFactory, keys: DataKeys, settings: Settings) -> None:
    with pytest.raises(TooOldError):
        await make(sessions, keys, settings, facts(sampled_at=NOW - timedelta(hours=72)))
    made = await make(sessions, keys, settings, facts(sampled_at=NOW - timedelta(hours=71)))
    async with transaction(sessions) as session:
        with pytest.raises(TooOldError):
            await issue(session, facts(sampled_at=NOW - timedelta(hours=71)), made.content.expires_at, keys, settings)


async def test_a_void_result_takes_its_certificates_with_it(
    sessions: SessionFactory, keys: DataKeys, settings: Settings
) -> None:
    made = [await make(sessions, keys, settings, facts(version=version)) for version in (1, 2)]
    other = await make(sessions, keys, settings, facts(result_id="result-2"))
    async with transaction(sessions) as session:
        assert await revoke_for_result(session, "result-1", NOW) == 2
        assert await revoke_for_result(session, "result-1", NOW) == 0
    assert {await state(sessions, one.code) for one in made} == {State.REVOKED}
    assert await state(sessions, other.code) is State.VALID
    with pytest.raises(NotIssuableError, match="revoked"):
        await make(sessions, keys, settings)
    async with transaction(sessions) as session:
        assert await revoke(session, other.content.identifier, NOW)
        assert not await revoke(session, other.content.identifier, NOW)
    assert await state(sessions, other.code) is State.REVOKED


async def test_keys_change(sessions: SessionFactory, keys: DataKeys, settings: Settings) -> None:
    before = await make(sessions, keys, settings)
    async with transaction(sessions) as session:
        await keyring.rotate(session, NOW + timedelta(seconds=1), keys, settings)
    after = await make(sessions, keys, settings, facts(result_id="result-2"))
    assert await state(sessions, before.code) is State.VALID
    assert await state(sessions, after.code) is State.VALID
    async with sessions() as session:
        newest, oldest = await repository.all_keys(session)
        assert (newest.private_key is None, oldest.private_key is None) == (False, True)
        assert oldest.retired_at == NOW + timedelta(seconds=1)
        assert await repository.counts(session) == {newest.kid: 1, oldest.kid: 1}
    assert (await make(sessions, keys, settings)).code == before.code


async def test_what_a_leaked_key_signed_is_worthless_and_issued_anew(
    sessions: SessionFactory, keys: DataKeys, settings: Settings
) -> None:
    made = await make(sessions, keys, settings)
    async with transaction(sessions) as session:
        (leaked,) = await repository.all_keys(session)
        assert await repository.revoke_key(session, leaked.kid, NOW)
        assert not await repository.revoke_key(session, leaked.kid, NOW)
    assert await state(sessions, made.code) is State.REVOKED
    anew = await make(sessions, keys, settings)
    assert anew.code != made.code
    assert await state(sessions, anew.code) is State.VALID
    assert await state(sessions, made.code) is State.REVOKED


async def test_a_key_whose_time_runs_out_is_followed_by_another(
    sessions: SessionFactory, keys: DataKeys, settings: Settings
) -> None:
    await make(sessions, keys, settings)
    later = NOW + timedelta(days=keyring.KEY_VALID_DAYS - 2)
    async with transaction(sessions) as session:
        made = await issue(session, facts(version=2, sampled_at=later), later, keys, settings)
        assert (await verify(session, made.code, later)).state is State.VALID
        assert len(await repository.all_keys(session)) == 2


async def test_data_keys_change(sessions: SessionFactory, settings: Settings) -> None:
    old, new = Fernet.generate_key().decode(), Fernet.generate_key().decode()
    made = await make(sessions, DataKeys([old]), settings)
    done = await rekey(sessions, DataKeys([new, old]))
    assert (done.values, done.unreadable) == (2, 0)
    assert (await make(sessions, DataKeys([new]), settings)).code == made.code
    await make(sessions, DataKeys([new]), settings, facts(version=2))


async def test_nothing_of_the_holder_lies_open(sessions: SessionFactory, keys: DataKeys, settings: Settings) -> None:
    made = await make(sessions, keys, settings)
    async with sessions() as session:
        (key,) = await repository.all_keys(session)
        row = await repository.of_version(session, "result-1", 1)
        assert row is not None
        assert key.private_key is not None
        plain = repr([vars(row), vars(key)]).encode()
        for secret in ("زينب".encode(), made.code[4:40].encode(), b"PRIVATE KEY", made.content.identifier.encode()):
            assert secret not in plain
            assert base64.b64encode(secret) not in plain


async def test_expired_certificates_are_deleted_after_their_days(
    sessions: SessionFactory, keys: DataKeys, settings: Settings
) -> None:
    made = await make(sessions, keys, settings)
    await make(sessions, keys, settings, replace(facts(version=2), sampled_at=NOW))
    async with transaction(sessions) as session:
        before = made.content.expires_at + timedelta(seconds=1)
        assert await repository.purge(session, before, 100, dry=True) == 1
        assert await repository.purge(session, before, 100, dry=False) == 1
        assert await repository.purge(session, before, 100, dry=False) == 0
    assert await state(sessions, made.code, 100) is State.EXPIRED
