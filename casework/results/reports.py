"""The weekly report of the epidemic picture: made once for each whole week, kept as PDF and CSV."""

import csv
import io
from collections.abc import Mapping, Sequence
from datetime import date, datetime, timedelta
from typing import Final

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from casework.files import repository as files
from casework.files import service as file_service
from casework.places import atlas
from casework.results import picture, repository
from casework.results.models import PictureReport
from casework.results.picture import Dimension, Figures, Filters
from casework.results.report_pdf import Report, make_pdf
from foundation.clock import in_baghdad
from foundation.datakeys import DataKeys

WEEKS_SHOWN: Final = 8
LISTED: Final = 60
HEADS: Final[Mapping[Dimension, str]] = {
    Dimension.WEEK: "أسبوع يبدأ في",
    Dimension.DAY: "يوم",
    Dimension.GOVERNORATE: "محافظة",
    Dimension.LABORATORY: "مختبر",
}
_COLUMNS: Final = ("الفحوص", "الموجبة", "السالبة", "نسبة الموجبة %", "بلا نتيجة بعد")
_FORMULA: Final = ("=", "+", "-", "@", "\t", "\r")
"""A cell that begins so would be computed by a spreadsheet."""


def last_whole_week(now: datetime) -> date:
    """The Sunday that began the last week that is over in Baghdad."""
    today = in_baghdad(now).date()
    return today - timedelta(days=today.isoweekday() % 7 + 7)


async def get(session: AsyncSession, week: date) -> PictureReport | None:
    """The report of the week that begins on that Sunday."""
    return await session.get(PictureReport, week)


async def listed(session: AsyncSession) -> Sequence[PictureReport]:
    """The reports, newest first."""
    return (await session.scalars(select(PictureReport).order_by(PictureReport.week.desc()).limit(LISTED))).all()


async def make(session: AsyncSession, week: date, now: datetime, *, small: int, keys: DataKeys) -> PictureReport:
    """Makes the report of a week that has none; in the caller's transaction.

    Args:
        session: A writing transaction.
        week: The Sunday on which it begins.
        now: The present moment.
        small: Counts from 1 to below this are not shown.
        keys: The files are kept encrypted.
    """
    end = week + timedelta(days=6)
    own, before = Filters(week, end), Filters(week - timedelta(weeks=WEEKS_SHOWN - 1), end)
    (whole,) = await picture.by(session, None, own, small=small)
    tables = {
        Dimension.WEEK: await picture.by(session, Dimension.WEEK, before, small=small),
        Dimension.DAY: await picture.by(session, Dimension.DAY, own, small=small),
        Dimension.GOVERNORATE: await picture.by(session, Dimension.GOVERNORATE, own, small=small),
        Dimension.LABORATORY: await picture.by(session, Dimension.LABORATORY, own, small=small),
    }
    names = {one.code: one.name for one in await repository.laboratories(session)}
    pdf = make_pdf(Report(week, end, now, whole, tables, names, small))
    name = f"picture-{week.isoformat()}"
    ids = []
    for data, ending, media_type in ((pdf, "pdf", "application/pdf"), (as_csv(tables, names), "csv", "text/csv")):
        kept = await file_service.keep(
            session, data, name=f"{name}.{ending}", media_type=media_type, now=now, owner_conversation=None, keys=keys
        )
        ids.append(kept.id)
    await files.attach(session, ids)
    report = PictureReport(week=week, made_at=now, tests=whole.tests, pdf_id=ids[0], csv_id=ids[1])
    session.add(report)
    await session.flush()
    return report


def as_csv(tables: Mapping[Dimension, Sequence[Figures]], laboratories: Mapping[str, str]) -> bytes:
    """The figures as CSV in UTF-8 with the mark that Excel needs; hidden ones are empty."""
    out = io.StringIO()
    writer = csv.writer(out)
    for dimension, found in tables.items():
        writer.writerow((HEADS[dimension], *_COLUMNS))
        for one in found:
            writer.writerow(
                (
                    _cell(name_of(dimension, one.key, laboratories)),
                    *("" if value is None else value for value in _values(one)),
                )
            )
        if len(tables) > 1:
            writer.writerow(())
    return out.getvalue().encode("utf-8-sig")


def name_of(dimension: Dimension, key: str, laboratories: Mapping[str, str]) -> str:
    """What an entry of the picture is called."""
    if dimension is Dimension.GOVERNORATE:
        return atlas.label(key, None)
    if dimension is Dimension.LABORATORY:
        return laboratories.get(key, key)
    return key.replace("-", "/")


def _values(one: Figures) -> tuple[int | float | None, ...]:
    return one.tests, one.positive, one.negative, one.positivity, one.pending


def _cell(text: str) -> str:
    return f"'{text}" if text.startswith(_FORMULA) else text
