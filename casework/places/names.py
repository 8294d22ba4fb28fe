"""All names of places, folded, with what they stand for."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache

from arabic.arabizi import Vocabulary
from arabic.normalise import normalise
from arabic.skeleton import word_skeleton
from casework.places.atlas import District, Governorate, governorates

FUZZY_SHORTEST = 4
"""Letters; a shorter name must be typed right."""
SKELETON_MIN = 3
"""Consonants by which an Arabizi word may be taken for a name."""

PLACE_WORDS = frozenset(
    normalise(
        "محافظة محافضة قضاء ناحية منطقة منطقه مدينة حي محلة قرية بمحافظة بقضاء بناحية بمنطقة بمدينة بحي بمحلة"
    ).split()
)
FILLERS = frozenset(
    normalise(
        "اني واني آني انا من اهل أهالي ساكن ساكنة اسكن نسكن بيتي بيتنا في ب سكنة سكان مركز داخل قرب يم بداخل هو هي"
        " اسمها"
    ).split()
)
ARTICLE = re.compile(r"^(?:ال|لل)(?=\w{2})")


@dataclass(frozen=True, slots=True)
class Target:
    """What a name stands for."""

    governorate: Governorate
    district: District | None
    area: str | None


@dataclass(frozen=True, slots=True)
class Index:
    """Names to targets, and what is needed to guess at a name.

    Attributes:
        targets: What each folded name stands for.
        weak: Names that are everyday words too.
        fuzzy: Names long enough to be found with spelling errors.
        vocabulary: For Arabizi.
        latin: Names in Latin letters, with their Arabic.
    """

    targets: Mapping[str, tuple[Target, ...]]
    weak: frozenset[str]
    fuzzy: Sequence[str]
    vocabulary: Vocabulary
    latin: Mapping[str, str]


@lru_cache(maxsize=1)
def name_index() -> Index:
    """The index, made once."""
    targets: dict[str, list[Target]] = {}
    weak: set[str] = set()
    latin: dict[str, str] = {}

    def add(name: str, target: Target) -> None:
        folded = normalise(name)
        without_fillers = " ".join(word for word in folded.split() if word not in FILLERS)
        for spelling in {folded, ARTICLE.sub("", folded), without_fillers} - {""}:
            if target not in targets.setdefault(spelling, []):
                targets[spelling].append(target)

    for one in governorates():
        for name in one.names:
            if name.isascii():
                latin[name] = normalise(one.name)
            else:
                add(name, Target(one, None, None))
        for district in one.districts:
            for name in district.names:
                if name.isascii():
                    latin[name] = normalise(district.name)
                else:
                    add(name, Target(one, district, None))
            for area in district.areas:
                add(area, Target(one, district, area))
        for name in one.weak:
            folded = normalise(name)
            weak |= {folded, ARTICLE.sub("", folded)}
    names = [name for name in targets if len(name) >= FUZZY_SHORTEST]
    # «city» has the consonants of «الكوت»: two prove nothing.
    vocabulary = Vocabulary(name for name in names if len(word_skeleton(name.replace(" ", ""))) >= SKELETON_MIN)
    return Index({name: tuple(found) for name, found in targets.items()}, frozenset(weak), names, vocabulary, latin)
