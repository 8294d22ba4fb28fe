"""Charts as plain SVG: where the bars and the line stand. What is hidden stays a gap that is marked."""

from collections.abc import Sequence
from dataclasses import dataclass

from casework.results.picture import Figures

WIDTH, HEIGHT = 640, 240
LEFT, RIGHT, TOP, BOTTOM = 46, 46, 14, 30
LABELS_MAX = 9
GRID_LINES = 4


@dataclass(frozen=True, slots=True)
class Bar:
    """A bar of all tests with its positive part; `height` None: hidden."""

    x: float
    width: float
    height: float | None
    positive: float | None
    label: str
    """Empty where there is no room."""
    title: str


@dataclass(frozen=True, slots=True)
class Chart:
    """A chart in units of its view box; time runs from left to right."""

    bars: Sequence[Bar]
    lines: Sequence[str]
    """Points of the line of positivity; broken where it is hidden."""
    dots: Sequence[tuple[float, float]]
    grid: Sequence[tuple[float, str, str]]
    """Height, count on the left, percent on the right."""
    width: int = WIDTH
    height: int = HEIGHT
    left: int = LEFT
    right: int = WIDTH - RIGHT
    bottom: int = HEIGHT - BOTTOM


def chart(figures: Sequence[Figures]) -> Chart | None:
    """The chart of figures by day or week; None without any."""
    if not figures:
        return None
    most = _round_up(max((one.tests or 0 for one in figures), default=0))
    share = _round_up(max((one.positivity or 0 for one in figures), default=0))
    inner, step = HEIGHT - TOP - BOTTOM, (WIDTH - LEFT - RIGHT) / len(figures)
    every = -(-len(figures) // LABELS_MAX)
    bars: list[Bar] = []
    run: list[tuple[float, float]] = []
    lines, dots = [], []
    for place, one in enumerate(figures):
        x = LEFT + place * step
        label = one.key[5:].replace("-", "/") if place % every == 0 else ""
        bars.append(
            Bar(
                round(x + step * 0.14, 1),
                round(step * 0.72, 1),
                None if one.tests is None else round(inner * one.tests / most, 1),
                None if one.positive is None else round(inner * one.positive / most, 1),
                label,
                _title(one),
            )
        )
        if one.positivity is None:
            lines.append(run)
            run = []
        else:
            point = (round(x + step / 2, 1), round(HEIGHT - BOTTOM - inner * one.positivity / share, 1))
            run.append(point)
            dots.append(point)
    lines.append(run)
    grid = [
        (
            round(HEIGHT - BOTTOM - inner * line / GRID_LINES, 1),
            f"{most * line / GRID_LINES:,.0f}",
            f"{share * line / GRID_LINES:g}%",
        )
        for line in range(GRID_LINES + 1)
    ]
    paths = [" ".join(f"{x},{y}" for x, y in one) for one in lines if len(one) > 1]
    return Chart(bars, paths, dots, grid)


def _title(one: Figures) -> str:
    day = one.key.replace("-", "/")
    if one.tests is None:
        return f"{day}: عدد قليل لا يظهر"
    share = "" if one.positivity is None else f"، الموجبة {one.positivity}%"
    return f"{day}: الفحوص {one.tests:,}{share}"


def _round_up(most: float) -> int:
    """The next number of which a quarter is easy to read."""
    step = 4
    while step < most:
        for factor in (2, 5, 10):
            if step * factor >= most or factor == 10:
                step *= factor
                break
    return step
