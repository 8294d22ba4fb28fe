"""Looking up one's own result, waiting for it, and changing one by hand."""

import hmac
import secrets
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from sqlalchemy.ext.asyncio import AsyncSession

from casework.attempts import service as attempts
from casework.attempts.service import Subject
from casework.results import aftermath, factors, repository
from casework.results.aftermath import Change
from casework.results.factors import ALTERNATIVES, Factor, Kind
from casework.results.intake import before
from casework.results.models import ISSUED, Result, Status, Value
from casework.results.record import Personal, content_digest, content_of
from casework.results.repository import ForReader
from citizens import repository as citizens
from foundation.datakeys import DataKeys
from foundation.settings import Settings
from operations.audit import repository as audit
from operations.audit.models import Action

BY_CONVERSATION, BY_FACTOR = "result:conversation", "result:factor"
BY_SAMPLE, BY_SAMPLE_AND_ID = "result:sample", "result:sample-id"
BY_NETWORK = "result:network"
NETWORK_SHOWN_CHARS = 16
_NO_DIGEST = bytes(32)


@dataclass(frozen=True, slots=True)
class Shown:
    """A result for the eyes of its owner; `others` has those that other laboratories gave the same number."""

    result: Result
    personal: Personal
    laboratory: str
    laboratory_latin: str
    waiting: bool
    others: tuple["Shown", ...] = ()


@dataclass(frozen=True, slots=True)
class NotFound:
    """No such sample, or the factor is another's: which is never said. No more attempts until `locked_until`."""

    locked_until: datetime | None


@dataclass(frozen=True, slots=True)
class Locked:
    """Nothing was looked at: too many wrong attempts."""

    until: datetime


Found = Shown | NotFound | Locked


async def look_up(
    session: AsyncSession,
    conversation_id: str,
    sample: str,
    factor: Factor,
    now: datetime,
    *,
    keys: DataKeys,
    settings: Settings,
) -> Found:
    """The result of a sample number, if the factor is of the same record.

    Whether there is no such sample or the factor is another's, the same rows are read, the same number of hashes is
    made and compared, and the same rows are written. Counted and audited; the audit knows neither number nor factor.

    Args:
        session: A writing transaction; it must be committed whatever comes of it.
        conversation_id: Who asks.
        sample: Canonical (`casework.results.sample_number`).
        factor: What proves it.
        now: The present moment.
        keys: Hash and decrypt.
        settings: Limits on attempts.
    """
    subjects, network = [Subject(BY_CONVERSATION, conversation_id)], None
    if not factor.proven:
        # Whoever has proven the phone does not guess, and must not be kept away by those who do.
        subjects += _of_guesses(sample, factor, settings)
        network = await citizens.network_of(session, conversation_id)
        subjects += [] if network is None else [_of_network(network, now, settings)]
    attempt = await attempts.begin(session, subjects, now, keys=keys, settings=settings)
    if attempt.locked_until is not None:
        return Locked(attempt.locked_until)
    matching = await _matching(session, sample, factor, keys)
    found = await repository.for_reader(session, conversation_id, matching) if matching else ()
    results = [one for one in found if one.result.personal is not None]
    if not results:
        await audit.add(
            session,
            _who(conversation_id),
            Action.RESULT_REFUSED,
            now,
            details={"proven": factor.proven, "locks": list(attempt.locks)} | _whence(network, attempt.locks),
        )
        return NotFound(attempt.locks_until)
    await attempts.succeed(session, attempt)
    # None of several hides another: which is right is for their laboratories to say.
    first, *others = [await _show(session, conversation_id, one, now, keys) for one in results]
    return replace(first, others=tuple(others))


async def show_again(
    session: AsyncSession, conversation_id: str, result_id: int, now: datetime, *, keys: DataKeys
) -> Shown | None:
    """A result to a conversation that has proven before that it is its own; None to any other."""
    found = await repository.for_reader(session, conversation_id, [result_id])
    if not found or found[0].waiting is None or found[0].result.personal is None:
        return None
    return await _show(session, conversation_id, found[0], now, keys)


async def wait_for(session: AsyncSession, conversation_id: str, result_id: int, now: datetime) -> Result | None:
    """Notes that the conversation wants to be told when a pending result comes.

    Returns:
        The result as it stands (it may have come meanwhile); None if the conversation never proved that it is its own.
    """
    # Held, so that it cannot come between this look and the note.
    result = await repository.get(session, result_id, for_change=True)
    reader = await repository.reader(session, conversation_id, result_id)
    if result is None or reader is None:
        return None
    if result.status == Status.PENDING:
        reader.waiting, reader.at = True, now
        await session.flush()
    return result


async def amend(
    session: AsyncSession,
    result_id: int,
    value: Value,
    *,
    reason: str,
    who: str,
    now: datetime,
    keys: DataKeys,
) -> bool:
    """Corrects what was found; False if there is no such result that was issued, or it says so already.

    Raises:
        ValueError: Without a reason.
    """
    return await _change(session, result_id, Status.AMENDED, value, reason=reason, who=who, now=now, keys=keys)


async def void(session: AsyncSession, result_id: int, *, reason: str, who: str, now: datetime, keys: DataKeys) -> bool:
    """Declares that a result does not hold; False if there is none, or it was void before.

    Raises:
        ValueError: Without a reason.
    """
    return await _change(session, result_id, Status.VOID, None, reason=reason, who=who, now=now, keys=keys)


async def id_of(session: AsyncSession, laboratory: str, sample: str, keys: DataKeys) -> int | None:
    """The id of a laboratory's result by its canonical sample number."""
    digests = [factors.sample_digest(key, sample) for key in keys.digest_keys]
    found = await repository.of_laboratory(session, laboratory, digests)
    return found[0].id if found else None


def personal(result: Result, keys: DataKeys) -> Personal | None:
    """Whose a result is; None once retention has erased it."""
    return None if result.personal is None else Personal.load(keys.decrypt(result.personal))


async def _change(
    session: AsyncSession,
    result_id: int,
    status: Status,
    value: Value | None,
    *,
    reason: str,
    who: str,
    now: datetime,
    keys: DataKeys,
) -> bool:
    if not reason.strip():
        raise ValueError("a reason is needed")
    result = await repository.get(session, result_id, for_change=True)
    if result is None or result.personal is None or result.status == Status.VOID:
        return False
    if status is Status.AMENDED and (result.status not in ISSUED or result.value == value):
        return False
    await repository.insert_versions(session, [before(result)])
    change = Change(result, Status(result.status), status)
    result.status = status
    if value is not None:
        result.value, result.reported_at = value, now
    known = content_of(status, result.value, result.sampled_at, result.reported_at, keys.decrypt(result.personal))
    result.content_digest = content_digest(keys.digest_keys[0], known)
    result.version += 1
    result.changed_at, result.changed_by, result.reason = now, who, reason.strip()
    await session.flush()
    await aftermath.follow(session, [change], who=who, now=now, keys=keys)
    return True


def _of_guesses(sample: str, factor: Factor, settings: Settings) -> list[Subject]:
    """What is counted against many conversations: those who try one sample, and those who try one factor on many.

    Ids have a limit of their own on a sample: whoever guesses at years and digits does not lock out an owner's id.
    """
    longest = settings.attempts_sample_max_lock_minutes
    subjects = []
    if any(kind is Kind.BIRTH for kind, _ in factor.readings):
        subjects.append(Subject(BY_SAMPLE, sample, longest))
    if any(kind is not Kind.BIRTH for kind, _ in factor.readings):
        subjects.append(Subject(BY_SAMPLE_AND_ID, sample, longest, settings.attempts_id_before_lock))
    for kind, value in factor.readings:
        longest_of_kind = None if kind is Kind.BIRTH else longest
        limit = settings.attempts_factor_before_lock
        subjects.append(Subject(BY_FACTOR, f"{kind.value}:{value}", longest_of_kind, limit))
    return subjects


def _of_network(network: bytes, now: datetime, settings: Settings) -> Subject:
    """Each hour counts for itself: behind a carrier somebody always mistypes, and it never falls silent."""
    longest, limit = settings.attempts_network_max_lock_minutes, settings.attempts_network_per_hour
    return Subject(BY_NETWORK, f"{network.hex()}:{now:%Y%m%d%H}", longest, limit)


def _whence(network: bytes | None, locks: Sequence[str]) -> dict[str, str]:
    """For the audit, where a network is slowed down: its hash, which tells one from another and no more."""
    return {"network": network.hex()[:NETWORK_SHOWN_CHARS]} if network is not None and BY_NETWORK in locks else {}


async def _matching(session: AsyncSession, sample: str, factor: Factor, keys: DataKeys) -> list[int]:
    """Ids of the results of which both fit, one of a laboratory. Nothing depends on whether one of them fits alone."""
    missing = ALTERNATIVES - len(factor.readings)
    readings = [*factor.readings, *((Kind.NATIONAL_ID, secrets.token_hex(6)) for _ in range(missing))]
    matching: dict[int, None] = {}
    for key in keys.digest_keys:
        wanted = factors.sample_digest(key, sample)
        tried = [(kind, factors.digest(key, kind, sample, value)) for kind, value in readings]
        for result in await repository.neighbours(session, wanted):
            fits = False
            for kind, digest in tried:
                fits |= hmac.compare_digest(result.factors[kind.value] or _NO_DIGEST, digest)
            if hmac.compare_digest(result.sample_digest, wanted) & fits:
                matching[result.id] = None
    return list(matching)


async def _show(session: AsyncSession, conversation_id: str, found: ForReader, now: datetime, keys: DataKeys) -> Shown:
    result = found.result
    assert result.personal is not None  # noqa: S101  # asked by the callers
    waiting = bool(found.waiting) and result.status == Status.PENDING
    told = None if result.status == Status.PENDING else result.version
    await repository.put_reader(session, conversation_id, result.id, told_version=told, waiting=waiting, now=now)
    whose = Personal.load(keys.decrypt(result.personal))
    shown = Shown(result, whose, found.laboratory, found.laboratory_latin, waiting)
    await audit.add(
        session,
        _who(conversation_id),
        Action.RESULT_SHOWN,
        now,
        subject=f"result/{result.id}",
        details={"version": result.version},
    )
    return shown


def _who(conversation_id: str) -> str:
    return f"conversation:{conversation_id}"
