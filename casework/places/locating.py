"""From a shared location to the place it is in: the border decides whether it is Iraq, the nearest chief town the rest.

There are no district borders in `iraq.yml`, so near the edge of a district the answer may be its neighbour: ask the
citizen whether it is right.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import pairwise
from pathlib import Path

import yaml

from casework.places.atlas import District, governorates

NEAR_BORDER_KM = 2.5
"""The border is known to 2 km: who stands closer to it on the other side is taken for inside."""
OTHERS = 3
"""Neighbouring districts offered beside the nearest."""
_KM_PER_DEGREE = 111.2
_BORDER_FILE = Path(__file__).parent / "border.yml"


@dataclass(frozen=True, slots=True)
class Located:
    """The nearest districts of Iraq, nearest first, and the distance to the first; `inside`: whether it is Iraq."""

    inside: bool
    districts: tuple[District, ...]
    distance_km: float


@lru_cache(maxsize=1)
def _border() -> tuple[tuple[float, float], ...]:
    ring = yaml.safe_load(_BORDER_FILE.read_text())["ring"]
    return tuple((longitude, latitude) for longitude, latitude in ring)


def nearest(latitude: float, longitude: float) -> Located:
    """Where a location in degrees lies.

    Raises:
        ValueError: It is no place on earth.
    """
    if not (math.isfinite(latitude) and math.isfinite(longitude)) or abs(latitude) > 90 or abs(longitude) > 180:
        raise ValueError("not a latitude and longitude")
    ranked = sorted(
        ((_distance_km(latitude, longitude, *each.at), each) for one in governorates() for each in one.districts),
        key=lambda pair: pair[0],
    )
    inside = _within(longitude, latitude) or _to_border_km(latitude, longitude) <= NEAR_BORDER_KM
    return Located(inside, tuple(each for _, each in ranked[: OTHERS + 1]), ranked[0][0])


def _within(x: float, y: float) -> bool:
    """Whether a point lies in the ring: how often a ray to the east crosses it."""
    inside = False
    for (x1, y1), (x2, y2) in _edges():
        if (y1 > y) != (y2 > y) and x < (x2 - x1) * (y - y1) / (y2 - y1) + x1:
            inside = not inside
    return inside


def _to_border_km(latitude: float, longitude: float) -> float:
    stretch = math.cos(math.radians(latitude))
    shortest = math.inf
    for (x1, y1), (x2, y2) in _edges():
        ax, ay = (x1 - longitude) * stretch, y1 - latitude
        bx, by = (x2 - longitude) * stretch, y2 - latitude
        dx, dy = bx - ax, by - ay
        along = max(0.0, min(1.0, -(ax * dx + ay * dy) / (dx * dx + dy * dy)))
        shortest = min(shortest, math.hypot(ax + along * dx, ay + along * dy))
    return shortest * _KM_PER_DEGREE


def _edges() -> Sequence[tuple[tuple[float, float], tuple[float, float]]]:
    ring = _border()
    return list(pairwise(ring))


def _distance_km(latitude: float, longitude: float, other_latitude: float, other_longitude: float) -> float:
    """Plain distance; good to 1 % over the size of Iraq."""
    stretch = math.cos(math.radians((latitude + other_latitude) / 2))
    return _KM_PER_DEGREE * math.hypot(latitude - other_latitude, (longitude - other_longitude) * stretch)
