"""Made-up results for measurements: files of a laboratory, and a table of a million."""

import os
import random
from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any, Final

import openpyxl
from sqlalchemy import create_engine, insert

from casework.results import factors, sample_number
from casework.results.models import Laboratory, Result
from casework.results.record import Personal, days_of
from foundation.datakeys import DataKeys

LABORATORY: Final = "BENCH"
BATCH_ROWS: Final = 10_000
HEADERS: Final = (
    "رقم العينة", "الحالة", "النتيجة", "وقت أخذ العينة", "وقت صدور النتيجة",
    "الاسم", "رقم الهاتف", "رقم البطاقة الوطنية", "رقم الجواز", "سنة الميلاد",
)  # fmt: skip


def personal(number: int) -> Personal:
    """Whose result `number` is; the same each time."""
    rng = random.Random(number)
    year = rng.randrange(1945, 2016)
    return Personal(
        sample=f"BGD-2026-{number:07}",
        name="علي حسن كاظم",
        phone=f"+96477{rng.randrange(10**8):08}",
        national_id=f"{year}{rng.randrange(10**8):08}",
        passport=f"A{rng.randrange(10**8):08}",
        birth_year=year,
    )


def lines(count: int, now: datetime) -> Iterator[tuple[str, ...]]:
    """Rows of a file; one in a hundred is positive."""
    taken = f"{now - timedelta(hours=40):%Y-%m-%d %H:%M}"
    said = f"{now - timedelta(hours=30):%Y-%m-%d %H:%M}"
    for number in range(count):
        one = personal(number)
        value = "موجبة" if number % 100 == 0 else "سالبة"
        yield (
            one.sample, "نهائية", value, taken, said,
            one.name, "0" + one.phone[4:], one.national_id, one.passport, str(one.birth_year),
        )  # fmt: skip


def write_csv(file: Path, count: int, now: datetime) -> None:
    """A CSV file of `count` rows."""
    with file.open("w", encoding="utf-8") as out:
        out.write(",".join(HEADERS) + "\n")
        out.writelines(",".join(line) + "\n" for line in lines(count, now))


def write_xlsx(file: Path, count: int, now: datetime) -> None:
    """The same as XLSX."""
    book = openpyxl.Workbook(write_only=True)
    sheet = book.create_sheet()
    sheet.append(HEADERS)
    for line in lines(count, now):
        sheet.append(line)
    book.save(file)


def fill(url: str, rows: int, real: int, keys: DataKeys, now: datetime) -> None:
    """Adds a laboratory and `rows` results to a migrated database.

    Args:
        url: Of SQLAlchemy, for an asynchronous driver.
        rows: How many.
        real: The first so many can be looked up (`personal`); the others have digests of nothing, which look the same.
        keys: Hash and encrypt.
        now: Samples were taken in the year before.
    """
    engine = create_engine(url.replace("+aiosqlite", ""))
    key, sealed = keys.digest_keys[0], keys.encrypt(personal(0).dump())
    with engine.begin() as connection:
        if engine.dialect.name == "sqlite":
            connection.exec_driver_sql("PRAGMA cache_size=-200000")
        connection.execute(
            insert(Laboratory), {"code": LABORATORY, "name": "مختبر", "name_latin": "Lab", "governorate": "baghdad"}
        )
        for start in range(0, rows, BATCH_ROWS):
            numbers = range(start, min(start + BATCH_ROWS, rows))
            connection.execute(insert(Result), [_row(number, real, key, sealed, keys, now) for number in numbers])
    with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        connection.exec_driver_sql("ANALYZE")
    engine.dispose()


def _row(number: int, real: int, key: bytes, sealed: bytes, keys: DataKeys, now: datetime) -> dict[str, Any]:
    at = now - timedelta(seconds=number * 31)
    day, week = days_of(at)
    digests = {name: os.urandom(32) for name in ("sample", "phone", "national_id", "passport", "birth", "content")}
    if number < real:
        one = personal(number)
        sample = sample_number.canonical(one.sample) or ""
        sealed = keys.encrypt(one.dump())
        digests["sample"] = factors.sample_digest(key, sample)
        digests |= {kind.value: made for kind, made in factors.digests(key, sample, one.factors()).items()}
    return {
        "laboratory": LABORATORY,
        "governorate": "baghdad",
        **{f"{name}_digest": digest for name, digest in digests.items()},
        "personal": sealed,
        "status": "final",
        "value": "positive" if number % 100 == 0 else "negative",
        "sampled_at": at,
        "sampled_on": day,
        "sampled_week": week,
        "reported_at": at + timedelta(hours=8),
        "version": 1,
        "changed_at": now,
        "changed_by": "bench",
        "reason": "",
        "example": False,
    }
