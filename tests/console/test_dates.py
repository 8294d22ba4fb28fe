"""Days and times as colleagues type them."""

from datetime import UTC, date, datetime

import pytest

from console.web.dates import day_of, minutes_of, moment_of


@pytest.mark.parametrize("typed", ["2026/11/23", "2026-11-23", " 23/11/2026 ", "٢٠٢٦/١١/٢٣"])
def test_days(typed: str) -> None:
    assert day_of(typed) == date(2026, 11, 23)


@pytest.mark.parametrize("typed", ["", "2026/13/01", "اليوم", "11/2026"])
def test_no_days(typed: str) -> None:
    assert day_of(typed) is None


def test_times() -> None:
    assert [minutes_of(each) for each in ("08:00", "٨:٣٠", "24:00", "24:01", "8", "7:60")] == [
        480, 510, 1440, None, None, None,
    ]  # fmt: skip


def test_moments_are_those_of_baghdad() -> None:
    wanted = datetime(2026, 11, 23, 5, 30, tzinfo=UTC)
    assert moment_of("2026/11/23 08:30") == wanted
    assert moment_of("2026-11-23T08:30") == wanted
    assert moment_of("2026/11/23") is None
    assert moment_of("2026/11/23 25:00") is None
