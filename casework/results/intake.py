"""Taking records in: the new are added, those sent before change nothing, the wrong are refused with a reason."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sqlalchemy.ext.asyncio import AsyncSession

from casework.results import aftermath, repository
from casework.results.aftermath import Change
from casework.results.factors import Kind
from casework.results.models import ISSUED, Laboratory, Result, Status
from casework.results.record import Hashes, Record, days_of, hashes
from foundation.datakeys import DataKeys

UNKNOWN_VOID = "لا توجد عندنا نتيجة بهذا الرقم حتى تُلغى."
ALREADY_VOID = "هذه النتيجة ملغاة ولا تتغير بعد ذلك. أعط العينة الجديدة رقماً جديداً."
OTHER_PERSON = "رقم العينة مسجل لشخص آخر."
OLDER = "هذا السطر أقدم من النتيجة المحفوظة."
ALREADY_ISSUED = "النتيجة صدرت من قبل بمحتوى آخر. إذا كان هذا تصحيحاً فاكتب في خانة الحالة: مصححة."
NEVER_ISSUED = "لا توجد عندنا نتيجة صادرة بهذا الرقم حتى تُصحَّح. اكتب في خانة الحالة: نهائية."
ELSEWHERE = "رقم العينة مسجل في مختبر آخر."
"""Says no more: whose it is there is not for this laboratory to know."""
PROVES = (Kind.PHONE, Kind.NATIONAL_ID, Kind.PASSPORT)
"""Factors of which one must stay the same: else the number was given to another person."""


@dataclass(slots=True)
class Taken:
    """What became of records.

    Attributes:
        refused: Line and reason of each that was refused.
        changes: Results that were other than before.
    """

    added: int = 0
    unchanged: int = 0
    refused: list[tuple[int, str]] = field(default_factory=list)
    changes: list[Change] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class _Hashed:
    record: Record
    by_key: Sequence[Hashes]

    @property
    def contents(self) -> Collection[bytes]:
        return [one.content for one in self.by_key]

    def fits(self, result: Result) -> bool:
        """Whether a factor that proves a person is the same in both; a record without any says nothing of a person."""
        if not any(kind in self.by_key[0].factors for kind in PROVES):
            return True
        return any(
            one.factors.get(kind) is not None and one.factors[kind] == getattr(result, f"{kind.value}_digest")
            for one in self.by_key
            for kind in PROVES
        )

    def found_by_the_same(self, result: Result) -> bool:
        """Whether somebody who looks for this record finds `result` as well."""
        return any(
            one.sample == result.sample_digest and digest == getattr(result, f"{kind.value}_digest")
            for one in self.by_key
            for kind, digest in one.factors.items()
        )


async def take(
    session: AsyncSession,
    laboratory: Laboratory,
    records: Sequence[Record],
    *,
    who: str,
    now: datetime,
    keys: DataKeys,
    example: bool = False,
) -> Taken:
    """Takes the records of a laboratory in, in their order; those who wait for a result or have received it are told.

    Args:
        session: A writing transaction.
        laboratory: Whose results they are; it cannot touch those of another.
        records: Checked rows; a few hundred at a time.
        who: For the history.
        now: The present moment.
        keys: Encrypt and hash.
        example: Marks what is added as made up.
    """
    taken = Taken()
    hashed = [_Hashed(record, [hashes(record, key) for key in keys.digest_keys]) for record in records]
    while hashed:
        batch, hashed = _without_repeats(hashed)
        await _take(session, laboratory, batch, taken, who=who, now=now, keys=keys, example=example)
    await aftermath.follow(session, taken.changes, who=who, now=now, keys=keys)
    return taken


def _without_repeats(hashed: list[_Hashed]) -> tuple[list[_Hashed], list[_Hashed]]:
    """Cut before the first number that comes twice: the second meets what the first has left."""
    seen: set[str] = set()
    for place, one in enumerate(hashed):
        if one.record.number in seen:
            return hashed[:place], hashed[place:]
        seen.add(one.record.number)
    return hashed, []


async def _take(
    session: AsyncSession,
    laboratory: Laboratory,
    batch: Sequence[_Hashed],
    taken: Taken,
    *,
    who: str,
    now: datetime,
    keys: DataKeys,
    example: bool,
) -> None:
    digests = [one.sample for each in batch for one in each.by_key]
    known = {
        result.sample_digest: result for result in await repository.of_laboratory(session, laboratory.code, digests)
    }
    met = [(each, next((known[one.sample] for one in each.by_key if one.sample in known), None)) for each in batch]
    differing = [result.id for each, result in met if result and result.content_digest not in each.contents]
    others = await repository.of_others(session, laboratory.code, digests)
    old = set(await repository.old_contents(session, differing)) if differing else set()
    new_rows: list[dict[str, Any]] = []
    old_rows: list[dict[str, Any]] = []
    for each, result in met:
        record = each.record
        elsewhere = any(each.found_by_the_same(other) for other in others)
        if result is None:
            if reason := _refusal_of_new(record, elsewhere=elsewhere):
                taken.refused.append((record.line, reason))
                continue
            new_rows.append(_row(laboratory, each, who=who, now=now, keys=keys, example=example))
            continue
        if result.content_digest in each.contents or any((result.id, one) in old for one in each.contents):
            taken.unchanged += 1
        elif reason := _refusal(result, each, elsewhere=elsewhere):
            taken.refused.append((record.line, reason))
        else:
            old_rows.append(before(result))
            taken.changes.append(_apply(result, each, who=who, now=now, keys=keys))
    taken.added += len(new_rows)
    await repository.insert_results(session, new_rows)
    await repository.insert_versions(session, old_rows)
    await session.flush()


def _refusal_of_new(record: Record, *, elsewhere: bool) -> str | None:
    if record.sampled_at is None or record.status is Status.VOID:
        return UNKNOWN_VOID
    if record.status is Status.AMENDED:
        return NEVER_ISSUED
    return ELSEWHERE if elsewhere else None


def _refusal(result: Result, each: _Hashed, *, elsewhere: bool) -> str | None:
    record = each.record
    if result.status == Status.VOID:
        return ALREADY_VOID
    if not each.fits(result):
        return OTHER_PERSON
    if record.status is Status.VOID:
        return None
    if elsewhere:
        return ELSEWHERE
    if record.status is Status.AMENDED and result.status not in ISSUED:
        return NEVER_ISSUED
    if record.reported_at and result.reported_at and record.reported_at < result.reported_at:
        return OLDER
    if result.status in ISSUED and record.status in (Status.PENDING, Status.FINAL):
        return OLDER if record.status is Status.PENDING else ALREADY_ISSUED
    return None


def _row(
    laboratory: Laboratory, each: _Hashed, *, who: str, now: datetime, keys: DataKeys, example: bool
) -> dict[str, Any]:
    record = each.record
    return {
        "laboratory": laboratory.code,
        "governorate": laboratory.governorate,
        "version": 1,
        "example": example,
        **_columns(each, keys),
        "changed_at": now,
        "changed_by": who,
        "reason": record.reason,
    }


def _apply(result: Result, each: _Hashed, *, who: str, now: datetime, keys: DataKeys) -> Change:
    record = each.record
    change = Change(result, result.status, record.status)
    result.version += 1
    result.changed_at, result.changed_by, result.reason = now, who, record.reason
    if record.status is Status.VOID:
        # What was voided stays as it was, and whose it is: only that it does not hold is new.
        result.status, result.content_digest = Status.VOID, each.by_key[0].content
        return change
    for name, value in _columns(each, keys).items():
        setattr(result, name, value)
    return change


def _columns(each: _Hashed, keys: DataKeys) -> dict[str, Any]:
    record, made = each.record, each.by_key[0]
    if record.sampled_at is None:
        raise ValueError("only a void record has no time of sampling")
    day, week = days_of(record.sampled_at)
    return {
        "sample_digest": made.sample,
        "content_digest": made.content,
        **{f"{kind.value}_digest": made.factors.get(kind) for kind in Kind},
        "personal": keys.encrypt(record.personal.dump()),
        "status": record.status,
        "value": record.value,
        "sampled_at": record.sampled_at,
        "sampled_on": day,
        "sampled_week": week,
        "reported_at": record.reported_at,
    }


def before(result: Result) -> dict[str, Any]:
    """The row of the history that keeps what `result` is now."""
    return {
        "result_id": result.id,
        **{
            name: getattr(result, name)
            for name in (
                "version",
                "status",
                "value",
                "sampled_at",
                "reported_at",
                "personal",
                "content_digest",
                "changed_at",
                "changed_by",
                "reason",
            )
        },
    }
