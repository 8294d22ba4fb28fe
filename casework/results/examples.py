"""Made-up laboratories and results, marked as such: to try the assistant with, and to fill the epidemic picture."""

import random
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import islice
from typing import Final

from sqlalchemy.ext.asyncio import AsyncSession

from casework.results import intake, repository, sample_number, service
from casework.results.models import Laboratory, Result, Status, Value
from casework.results.record import Personal, Record, content_digest, content_of, days_of
from foundation.datakeys import DataKeys

WHO: Final = "examples"
LABORATORIES: Final = (
    ("SAMPLE-BGD", "مختبر تجريبي في بغداد", "Sample Laboratory Baghdad", "baghdad"),
    ("SAMPLE-BSR", "مختبر تجريبي في البصرة", "Sample Laboratory Basra", "basra"),
    ("SAMPLE-NIN", "مختبر تجريبي في نينوى", "Sample Laboratory Nineveh", "nineveh"),
    ("SAMPLE-ERB", "مختبر تجريبي في أربيل", "Sample Laboratory Erbil", "erbil"),
)
TRIED_AFTER: Final = timedelta(hours=20)
"""So long ago the samples to try were taken: a certificate can be had."""
REFRESHED_AFTER: Final = timedelta(hours=44)
PICTURE_DAYS: Final = 56
PICTURE_A_DAY: Final = 12
BIRTH_YEAR: Final = 1990
SEED: Final = 7
_BATCH: Final = 200


@dataclass(frozen=True, slots=True)
class Example:
    """A result to try."""

    number: int
    title: str
    status: Status
    value: Value | None

    @property
    def sample(self) -> str:
        """Its sample number."""
        return f"TST-2026-{self.number}"

    @property
    def national_id(self) -> str:
        """The number that proves it."""
        return f"{BIRTH_YEAR}0000{self.number}"

    @property
    def personal(self) -> Personal:
        """Whose it is: nobody's."""
        return Personal(
            sample=self.sample,
            name="مثال علي حسن",
            name_latin="Mithal Ali Hassan",
            phone=f"+96477000{self.number:05}",
            national_id=self.national_id,
            birth_year=BIRTH_YEAR,
        )


EXAMPLES: Final = (
    Example(1001, "سالبة", Status.FINAL, Value.NEGATIVE),
    Example(1002, "موجبة", Status.FINAL, Value.POSITIVE),
    Example(1003, "لم تصدر بعد", Status.PENDING, None),
    Example(1004, "غير حاسمة", Status.FINAL, Value.INCONCLUSIVE),
    Example(1005, "عينة مرفوضة", Status.FINAL, Value.REJECTED),
    Example(1006, "مصححة", Status.AMENDED, Value.NEGATIVE),
    Example(1007, "ملغاة", Status.VOID, Value.NEGATIVE),
)


def hints() -> Sequence[str]:
    """What to try, a line each."""
    return [
        f"{one.sample} with {one.national_id} ({one.status}{f', {one.value}' if one.value else ''})" for one in EXAMPLES
    ]


async def load(session: AsyncSession, now: datetime, keys: DataKeys) -> int:
    """Adds what is missing, and makes the samples to try young again; a second time changes nothing.

    Returns:
        How many results were added.
    """
    for code, name, latin, governorate in LABORATORIES:
        await repository.put_laboratory(
            session, Laboratory(code=code, name=name, name_latin=latin, governorate=governorate)
        )
    first = await repository.laboratory(session, LABORATORIES[0][0])
    assert first is not None  # noqa: S101  # added above
    added = 0
    for example in EXAMPLES:
        number = sample_number.canonical(example.sample) or ""
        known = await service.id_of(session, first.code, number, keys)
        if known is None:
            await _add(session, first, example, number, now, keys)
            added += 1
        else:
            result = await repository.get(session, known, for_change=True)
            if result is not None and result.sampled_at < now - REFRESHED_AFTER:
                _refresh(result, now, keys)
    return added + await _fill(session, now, keys)


async def _add(
    session: AsyncSession, laboratory: Laboratory, example: Example, number: str, now: datetime, keys: DataKeys
) -> None:
    sampled_at = now - TRIED_AFTER
    final = example.status is not Status.PENDING
    before = Value.POSITIVE if example.status is Status.AMENDED else example.value
    record = Record(
        1,
        number,
        Status.FINAL if final else Status.PENDING,
        before if final else None,
        sampled_at,
        sampled_at + timedelta(hours=8) if final else None,
        example.personal,
    )
    await intake.take(session, laboratory, [record], who=WHO, now=now, keys=keys, example=True)
    result_id = await service.id_of(session, laboratory.code, number, keys)
    assert result_id is not None  # noqa: S101  # added just now
    if example.status is Status.AMENDED and example.value is not None:
        await service.amend(session, result_id, example.value, reason="مثال على تصحيح", who=WHO, now=now, keys=keys)
    if example.status is Status.VOID:
        await service.void(session, result_id, reason="مثال على إلغاء", who=WHO, now=now, keys=keys)


def _refresh(result: Result, now: datetime, keys: DataKeys) -> None:
    """Takes the sample anew, so to say; another version, so that it gets another certificate."""
    assert result.personal is not None  # noqa: S101  # it was found by its number
    result.sampled_at = now - TRIED_AFTER
    result.sampled_on, result.sampled_week = days_of(result.sampled_at)
    result.reported_at = result.sampled_at + timedelta(hours=8) if result.reported_at else None
    result.version += 1
    result.changed_at = now
    content = content_of(
        result.status, result.value, result.sampled_at, result.reported_at, keys.decrypt(result.personal)
    )
    result.content_digest = content_digest(keys.digest_keys[0], content)


async def _fill(session: AsyncSession, now: datetime, keys: DataKeys) -> int:
    """Results of eight weeks before the first load, for the picture."""
    added = 0
    for place, (code, *_) in enumerate(LABORATORIES):
        laboratory = await repository.laboratory(session, code)
        assert laboratory is not None  # noqa: S101
        if await service.id_of(session, code, sample_number.canonical(_filler(place, 0)) or "", keys) is not None:
            continue
        waiting = _fillers(place, now)
        while batch := list(islice(waiting, _BATCH)):
            taken = await intake.take(session, laboratory, batch, who=WHO, now=now, keys=keys, example=True)
            added += taken.added
    return added


def _filler(place: int, number: int) -> str:
    return f"PIC{place}-{number:05}"


def _fillers(place: int, now: datetime) -> Iterator[Record]:
    rng = random.Random(SEED + place)  # noqa: S311  # figures that look alive, the same each time
    for number in range(PICTURE_DAYS * PICTURE_A_DAY):
        day = number // PICTURE_A_DAY
        sampled_at = now - timedelta(days=PICTURE_DAYS - day, minutes=rng.randrange(600))
        # A wave that rises and falls.
        share = 0.05 + 0.25 * max(0.0, 1 - abs(day - PICTURE_DAYS * 0.6) / 20)
        value = Value.POSITIVE if rng.random() < share else Value.NEGATIVE
        value = Value.INCONCLUSIVE if rng.random() < 0.02 else value
        sample = _filler(place, number)
        personal = Personal(sample=sample, name="مثال", passport=f"X{place}{number:07}")
        reported = sampled_at + timedelta(hours=12)
        yield Record(1, sample_number.canonical(sample) or "", Status.FINAL, value, sampled_at, reported, personal)
