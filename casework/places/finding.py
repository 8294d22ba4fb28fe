"""Finding the place that a text names: exact names first, then spelling errors, then Arabizi.

`find` ranks what fits; `resolve` says whether that is one place, several to choose from, or none.
"""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

from rapidfuzz import fuzz, process

from arabic.arabizi import to_arabic
from arabic.normalise import normalise
from casework.places.atlas import District, Governorate, governorate
from casework.places.names import ARTICLE, FILLERS, FUZZY_SHORTEST, PLACE_WORDS, Index, Target, name_index

EXACT = 100.0
FUZZY_GOVERNORATE, FUZZY_DISTRICT, FUZZY_AREA = 80.0, 82.0, 90.0
"""Of 100 (rapidfuzz's ratio): one wrong or missing letter in five. Areas are so many that some word is near to one."""
LONGEST_NAME_WORDS = 4
GUESSED_WORDS = 2
"""Longer names must be typed right, or in part."""
DOUBTFUL = 83.0
"""A name that is less like what was typed is asked back."""
SAME_SCORE = 2.0
"""Two places whose scores are this close are asked about."""
OPTIONS_MAX = 6

_CLINGING = re.compile(r"^(?:و|ف)?(?:ب|ل|ك)?(?=\w{3})")
_OTHER_ENDING = {"ه": "اي", "ا": "هي", "ي": "اه"}
_LATIN_WORD = re.compile(r"(?<![\w'])(?:(?:al|el|il)[ -]?)?([a-z0-9']{3,})(?![\w'])")


@dataclass(frozen=True, slots=True)
class Match:
    """A place that a text may name; `district` is None where only the governorate was named."""

    governorate: Governorate
    district: District | None
    area: str | None
    """The sub-district or neighbourhood that was named."""
    score: float
    """Up to 100: 100 is a name typed right."""
    doubtful: bool = False
    """An everyday word («الجسر»), or typed very wrong, without its governorate beside it: to be asked back."""

    @property
    def label(self) -> str:
        """The place in words: «الزبير، البصرة»."""
        if self.district is None:
            return self.governorate.name
        head = self.district.name if self.area is None else f"{self.area} ({self.district.name})"
        return head if head == self.governorate.name else f"{head}، {self.governorate.name}"


@dataclass(frozen=True, slots=True)
class Resolved:
    """`match` if one place is meant; otherwise `options` to choose from, best first, maybe none."""

    match: Match | None
    options: tuple[Match, ...] = ()


@dataclass(frozen=True, slots=True)
class _Phrase:
    text: str
    words: int
    marked: bool
    """After «قضاء», «مدينة» and the like."""
    known: bool

    def text_is_weak(self, index: Index) -> bool:
        """Whether it is an everyday word as well."""
        return any(spelling in index.weak for spelling in _spellings(self.text))


def find(text: str, within: str | None = None, *, sentence: bool = False) -> tuple[Match, ...]:
    """The places that a text may name, best first.

    Args:
        text: What was typed, in any spelling or in Arabizi.
        within: Code of the governorate in which to look; None for all.
        sentence: It is a sentence about something else: no guessing, and no names that are everyday words.
    """
    index = name_index()
    words = _words(text, index)
    phrases = tuple(_phrases(words, index))
    named = sum(phrase.words for phrase in phrases if phrase.known)
    nothing_else = named >= sum(word not in PLACE_WORDS for word in words)
    found: dict[tuple[str, str | None, str | None], Match] = {}
    for phrase in phrases:
        for target, score in _named(phrase, index, sentence=sentence, weak_too=nothing_else or phrase.marked):
            if within is not None and target.governorate.code != within:
                continue
            district = None if target.district is None else target.district.code
            key = (target.governorate.code, district, target.area)
            doubtful = score < DOUBTFUL or (phrase.text_is_weak(index) and not phrase.marked)
            match = Match(target.governorate, target.district, target.area, score, doubtful)
            if key not in found or found[key].score < score:
                found[key] = match
    return tuple(sorted(_agreeing(list(found.values())), key=lambda match: (-match.score, match.district is not None)))


def resolve(text: str, within: str | None = None, *, sentence: bool = False) -> Resolved:
    """Whether a text names one place; arguments as for `find`."""
    matches = find(text, within, sentence=sentence)
    if not matches:
        return Resolved(None)
    close = [match for match in matches if matches[0].score - match.score <= SAME_SCORE]
    if len({match.governorate.code for match in close}) == 1:
        districts = {match.district.code for match in close if match.district is not None}
        if len(districts) > 1:
            named = [match for match in close if match.district is not None]
            return Resolved(None, tuple(named[:OPTIONS_MAX]))
        best = next((match for match in close if _is_district_only(match, text, within)), close[0])
        return Resolved(best)
    return Resolved(None, tuple(close[:OPTIONS_MAX]))


def is_only_place(text: str) -> bool:
    """Whether a text names places and nothing beside them («البصرة، الفاو», «اني بالزبير»)."""
    index = name_index()
    words = _words(text, index)
    named = sum(phrase.words for phrase in _phrases(words, index) if phrase.known)
    return 0 < named >= sum(word not in PLACE_WORDS for word in words)


def _is_district_only(match: Match, text: str, within: str | None) -> bool:
    """«البصرة» is a governorate's name and a district's: the district once the governorate is known.

    «الناصرية», which is not what the governorate is called, is the town.
    """
    if match.district is None:
        return False
    named = within is not None or "مركز" in text or match.area is not None
    folded = normalise(text)
    other = "محاف" in folded or bare(normalise(match.governorate.name)) in folded
    return named or (_is_town_only(match.governorate, match.district) and not other)


def _is_town_only(one: Governorate, district: District) -> bool:
    town = {normalise(name) for name in district.names}
    return normalise(one.name) not in town and not town.isdisjoint(normalise(name) for name in one.names)


def _agreeing(matches: list[Match]) -> list[Match]:
    """«الحمزة بابل» names a governorate and a district: what lies in the named governorate wins."""
    sure = {match.governorate.code for match in matches if match.district is None and match.score >= EXACT}
    inside = [match for match in matches if match.governorate.code in sure and match.district is not None]
    own_name = [match for match in inside if _same_name(match)]
    others = [match for match in inside if match not in own_name]
    if others:
        return [replace(match, doubtful=match.score < DOUBTFUL) for match in others]
    if sure:
        return [replace(match, doubtful=False) for match in matches if match.governorate.code in sure]
    return matches


def _same_name(match: Match) -> bool:
    assert match.district is not None  # noqa: S101
    return match.area is None and not {normalise(name) for name in match.governorate.names}.isdisjoint(
        normalise(name) for name in match.district.names
    )


def _named(phrase: _Phrase, index: Index, *, sentence: bool, weak_too: bool) -> Iterable[tuple[Target, float]]:
    for spelling in _spellings(phrase.text):
        if spelling in index.targets:
            if spelling in index.weak and not weak_too:
                return
            yield from ((target, EXACT) for target in index.targets[spelling])
            return
    if sentence or len(phrase.text) < FUZZY_SHORTEST:
        return
    close = process.extract(
        ARTICLE.sub("", phrase.text), index.fuzzy, scorer=fuzz.ratio, score_cutoff=FUZZY_GOVERNORATE, limit=OPTIONS_MAX
    )
    for name, score, _ in close:
        yield from ((target, min(score, EXACT - 1)) for target in index.targets[name] if score >= _least(target))


def _least(target: Target) -> float:
    if target.district is None:
        return FUZZY_GOVERNORATE
    return FUZZY_DISTRICT if target.area is None else FUZZY_AREA


def bare(word: str) -> str:
    """A folded word without what clings to it: «بالبصره» → «بصره»."""
    return ARTICLE.sub("", _CLINGING.sub("", word))


def _spellings(phrase: str) -> Iterable[str]:
    """A phrase, and the same without what clings to it («بالبصرة», «للزبير»)."""
    yield phrase
    loose = _CLINGING.sub("", phrase)
    for form in (ARTICLE.sub("", phrase), loose, ARTICLE.sub("", loose)):
        if form != phrase:
            yield form
    if len(phrase) >= FUZZY_SHORTEST and phrase[-1] in _OTHER_ENDING:  # «كربله», «سامره», «ديالا»
        for stem in dict.fromkeys((phrase[:-1], ARTICLE.sub("", loose)[:-1])):
            yield from (stem + ending for ending in _OTHER_ENDING[phrase[-1]])


def _phrases(words: Sequence[str], index: Index) -> Iterable[_Phrase]:
    """Runs of words, the longest first; a run that is a name uses its words up."""
    taken: set[int] = set()
    for length in range(min(LONGEST_NAME_WORDS, len(words)), 0, -1):
        for start in range(len(words) - length + 1):
            places = set(range(start, start + length))
            if places & taken or all(word in PLACE_WORDS for word in words[start : start + length]):
                continue
            text = " ".join(words[start : start + length])
            known = any(spelling in index.targets for spelling in _spellings(text))
            if known:
                taken |= places
            if known or length <= GUESSED_WORDS:
                yield _Phrase(text, length, start > 0 and words[start - 1] in PLACE_WORDS, known)


def _words(text: str, index: Index) -> tuple[str, ...]:
    folded = " ".join(text.lower().split())
    latin = index.latin.get(folded)
    if latin is not None:
        return (*latin.split(),)
    text = _LATIN_WORD.sub(lambda word: index.latin.get(word[1], word[0]), text.lower())
    arabic = normalise(to_arabic(text, index.vocabulary)) if re.search("[A-Za-z]", text) else normalise(text)
    words = tuple(arabic.split())
    useful = tuple(word for word in words if word not in FILLERS)
    return useful or words


def options_of(code: str) -> tuple[District, ...]:
    """The districts of a governorate, for a list to choose from."""
    return governorate(code).districts
