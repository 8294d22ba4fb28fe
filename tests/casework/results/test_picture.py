"""The epidemic picture: each figure as defined, small counts hidden."""

from datetime import date

from casework.results import picture
from casework.results.picture import Dimension, Figures, Filters
from tests.casework.results.conftest import Desk, row


async def figures(desk: Desk, dimension: Dimension | None, small: int = 1, **filters: object) -> list[Figures]:
    async with desk.sessions() as session:
        return list(await picture.by(session, dimension, Filters(**filters), small=small))  # type: ignore[arg-type]


async def filled(desk: Desk) -> None:
    await desk.laboratory("BSR", "basra")
    await desk.send(
        *(row(number, value="موجبة") for number in range(1, 8)),
        *(row(number) for number in range(10, 31)),
        row(31, value="غير حاسمة"),
        row(32, value="مرفوضة"),
        row(33, status="قيد الفحص"),
        # Half past midnight in Baghdad is the evening before in UTC; the 22nd is a Sunday, which begins a week.
        row(34).replace("2026-11-22 10:30", "2026-11-23 00:30").replace("2026-11-22 18:00", "2026-11-23 08:00"),
        row(35).replace("2026-11-22", "2026-11-21"),
    )
    await desk.send(row(39, value="موجبة"), *(row(number) for number in range(40, 46)), laboratory="BSR")
    await desk.send(row(7, status="ملغاة"))


async def test_figures_as_defined(desk: Desk) -> None:
    await filled(desk)
    days = await figures(desk, Dimension.DAY)
    assert [(one.key, one.tests, one.positive, one.negative, one.pending) for one in days] == [
        ("2026-11-21", 1, 0, 1, 0),
        ("2026-11-22", 6 + 21 + 1 + 7, 7, 27, 1),
        ("2026-11-23", 1, 0, 1, 0),
    ]
    assert days[1].positivity == round(100 * 7 / 34, 1)
    weeks = await figures(desk, Dimension.WEEK)
    assert [(one.key, one.tests) for one in weeks] == [("2026-11-15", 1), ("2026-11-22", 36)]
    places = await figures(desk, Dimension.GOVERNORATE)
    assert [(one.key, one.tests, one.positive) for one in places] == [("baghdad", 30, 6), ("basra", 7, 1)]
    laboratories = await figures(desk, Dimension.LABORATORY, since=date(2026, 11, 22), until=date(2026, 11, 22))
    assert [(one.key, one.tests) for one in laboratories] == [("BSR", 7), ("LAB", 28)]
    (whole,) = await figures(desk, None, governorate="basra")
    assert (whole.tests, whole.positive, whole.positivity) == (7, 1, round(100 / 7, 1))
    (nothing,) = await figures(desk, None, laboratory="none")
    assert (nothing.tests, nothing.positivity) == (0, None)


async def test_small_counts_and_what_gives_them_away_are_hidden(desk: Desk) -> None:
    await filled(desk)
    baghdad, basra = await figures(desk, Dimension.GOVERNORATE, small=5)
    assert (basra.tests, basra.positive, basra.negative, basra.positivity) == (7, None, None, None)
    # With the sum of both known, that of Baghdad would say how many Basra has.
    assert (baghdad.tests, baghdad.positive) == (30, None)
    days = await figures(desk, Dimension.DAY, small=5)
    # The sum of the week of the 22nd is shown by week: with its 35 known, the next day's one would be.
    assert [one.tests for one in days] == [None, None, None]
    assert [one.positivity for one in days] == [None, None, None]
