"""The governorates and districts of Iraq, from `iraq.yml`."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

import yaml

_FILE = Path(__file__).parent / "iraq.yml"


@dataclass(frozen=True, slots=True)
class District:
    """A district (قضاء). `at` is the latitude and longitude of its chief town in degrees, approximate."""

    code: str
    name: str
    governorate: str
    names: tuple[str, ...]
    """Its name and others for it."""
    areas: tuple[str, ...]
    """Sub-districts and neighbourhoods inside it."""
    at: tuple[float, float]


@dataclass(frozen=True, slots=True)
class Governorate:
    """A governorate (محافظة)."""

    code: str
    name: str
    names: tuple[str, ...]
    at: tuple[float, float]
    districts: tuple[District, ...]
    weak: tuple[str, ...]
    """Names in it that are everyday words as well."""


@lru_cache(maxsize=1)
def governorates() -> tuple[Governorate, ...]:
    """All governorates, the largest first."""
    return tuple(_governorate(entry) for entry in yaml.safe_load(_FILE.read_text()))


@lru_cache(maxsize=1)
def _governorates_by_code() -> Mapping[str, Governorate]:
    return {one.code: one for one in governorates()}


@lru_cache(maxsize=1)
def _districts_by_code() -> Mapping[str, District]:
    return {district.code: district for one in governorates() for district in one.districts}


def governorate(code: str) -> Governorate:
    """The governorate with this code; raises `KeyError` if there is none."""
    return _governorates_by_code()[code]


def district(code: str) -> District:
    """The district with this code; raises `KeyError` if there is none."""
    return _districts_by_code()[code]


def label(governorate_code: str | None, district_code: str | None) -> str:
    """A place in words («الزبير، البصرة»); empty if nothing is known, a code that is unknown by itself."""
    parts: list[str] = []
    if district_code:
        found = _districts_by_code().get(district_code)
        parts.append(district_code if found is None else found.name)
    if governorate_code:
        one = _governorates_by_code().get(governorate_code)
        parts.append(governorate_code if one is None else one.name)
    return "، ".join(dict.fromkeys(parts))


def _governorate(entry: Mapping[str, Any]) -> Governorate:
    return Governorate(
        entry["code"],
        entry["name"],
        (entry["name"], *entry.get("also", ())),
        _pair(entry["at"]),
        tuple(
            District(
                each["code"],
                each["name"],
                entry["code"],
                (each["name"], *each.get("also", ())),
                tuple(each.get("areas", ())),
                _pair(each["at"]),
            )
            for each in entry["districts"]
        ),
        tuple(entry.get("weak", ())),
    )


def _pair(numbers: list[float]) -> tuple[float, float]:
    latitude, longitude = numbers
    return latitude, longitude
