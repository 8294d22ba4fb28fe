"""Columns by the hour, as plain SVG."""

from collections.abc import Sequence
from dataclasses import dataclass

WIDTH, HEIGHT, BOTTOM, TOP = 640, 196, 30, 8


@dataclass(frozen=True, slots=True)
class Column:
    """One hour in units of the view box."""

    x: float
    width: float
    height: float
    lost: float
    label: str
    title: str


@dataclass(frozen=True, slots=True)
class Columns:
    """All hours; None of them where nobody wrote."""

    columns: Sequence[Column]
    width: int = WIDTH
    height: int = HEIGHT
    bottom: int = HEIGHT - BOTTOM


def columns(hours: Sequence[tuple[int, int, int]]) -> Columns | None:
    """The columns of hours, messages and messages without an answer."""
    most = max((count for _, count, _ in hours), default=0)
    if not most:
        return None
    step, inner = WIDTH / len(hours), HEIGHT - BOTTOM - TOP
    return Columns(
        [
            Column(
                round(place * step + step * 0.12, 1),
                round(step * 0.76, 1),
                round(inner * count / most, 1),
                round(inner * lost / most, 1),
                str(hour) if hour % 3 == 0 else "",
                f"الساعة {hour}: {count:,}، منها بلا جواب {lost:,}",
            )
            for place, (hour, count, lost) in enumerate(hours)
        ]
    )
