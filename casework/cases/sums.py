"""Sums of dinars as people write them: «ألفين», «٢٠٠٠», «5 الاف», «خمسة وعشرين الف», «مية الف», «مليون ونص»."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from fractions import Fraction

from arabic.arabizi import to_arabic
from arabic.normalise import digits_to_ascii, normalise

LEAST_DINARS = 250
"""The smallest note in use: a smaller number without a unit is a count of something else."""
MOST_BARE_DINARS = 5_000_000
"""A larger number without a unit is a card or telephone number."""

_SMALL = {
    1: "واحد وحده واحده", 2: "اثنين ثنين اثنان ثنتين", 3: "ثلاثه ثلاث تلاثه تلاث ثلث تلث", 4: "اربعه اربع",
    5: "خمسه خمس", 6: "سته ست", 7: "سبعه سبع", 8: "ثمانيه ثمان ثماني ثمنيه ثمن تمانيه تمنيه", 9: "تسعه تسع",
    10: "عشره عشر", 11: "احدعش دعش احدعشر حدعش", 12: "اثنعش ثنعش طنعش اثناعش اثنعشر", 13: "ثلطعش تلطعش ثلاثطعش",
    14: "اربعطعش ارباطعش", 15: "خمسطعش خمستعش خمسطعشر", 16: "سطعش ستطعش", 17: "سبعطعش سباطعش", 18: "ثمنطعش ثمانطعش",
    19: "تسعطعش تساطعش", 20: "عشرين عشرون", 30: "ثلاثين تلاثين ثلاثون", 40: "اربعين اربعون", 50: "خمسين خمسون",
    60: "ستين ستون", 70: "سبعين سبعون", 80: "ثمانين تمانين ثمنين", 90: "تسعين تسعون",
    100: "ميه مايه", 200: "ميتين مايتين ميتان",
}  # fmt: skip
_VALUES = {word: value for value, words in _SMALL.items() for word in words.split()}
_HUNDREDS = {
    stem + ending: number * 100
    for number in range(3, 10)
    for stem in _SMALL[number].split()
    for ending in ("ميه", "مايه")
}
_SCALES = {"الف": 1000, "الاف": 1000, "تالاف": 1000, "تلاف": 1000, "الوف": 1000, "الافات": 1000, "مليون": 10**6,
           "ملايين": 10**6}  # fmt: skip
_PAIRS = {"الفين": 2000, "الفان": 2000, "الفن": 2000, "مليونين": 2 * 10**6}
_PARTS = {"نص": Fraction(1, 2), "نصف": Fraction(1, 2), "ربع": Fraction(1, 4)}
_JOINED_THOUSANDS = re.compile(r"^(?P<stem>\w+?)(?:ت|ه)?(?:ا|آ)?لاف$")
_DINARS = frozenset(("دينار", "دنانير", "دينارا", "عراقي"))
_FOREIGN = frozenset(("دولار", "دولارات", "ورقه", "شده", "يورو", "تومان"))
_EXTRA = re.compile(r"^(?:زيا?د|زايد|زود|فوك|فوق|اضافي)")
_TAKING = re.compile(r"^(?:و|د|وي)?[اتين]?(?:خذ|اخذ|دفع|طلب|حاسب)")
_NEAR = 2
"""Words after a sum in which «زيادة» belongs to it; before it, one."""
_TOKEN = re.compile(r"\d+(?:\.\d+)?|[^\W\d_]+")
_GROUPED = re.compile(r"(?<=\d)[,.٬' ](?=\d{3}(?!\d))")
_DATE_LIKE = re.compile(r"\d{1,4}[/\-]\d{1,2}(?:[/\-]\d{1,4})?")


@dataclass(frozen=True, slots=True)
class _Found:
    start: int
    end: int
    dinars: int
    sure: bool
    """A unit or a scale was written, not only digits."""


def read_sum(text: str, *, sentence: bool = False) -> int | None:
    """The sum of dinars in a text, None if there is none, or more than one and nothing tells which is meant.

    Args:
        text: An answer to "how much", or a whole sentence.
        sentence: It is a sentence about other things too: digits alone are a sum only beside words of money.
    """
    words = _tokens(text)
    found = [each for each in _sums(words) if not _foreign(words, each)]
    if sentence:
        found = [each for each in found if each.sure or _beside_extra(words, each)]
    if len({each.dinars for each in found}) == 1:
        return found[0].dinars
    for belongs in (_beside_extra, _after_taking):
        chosen = {each.dinars for each in found if belongs(words, each)}
        if len(chosen) == 1:
            return chosen.pop()
    return None


def read_count(text: str) -> int | None:
    """A small number in digits or words («خمسة وعشرين», «٢»), None if the text begins with none."""
    words = _tokens(text)
    value, used = _number(words, 0)
    return int(value) if used and value == int(value) else None


def _tokens(text: str) -> list[str]:
    plain = _DATE_LIKE.sub(" . ", digits_to_ascii(text))
    plain = _GROUPED.sub("", plain)
    if re.search("[A-Za-z]", plain):
        plain = to_arabic(plain)
    words: list[str] = []
    for match in _TOKEN.finditer(plain):
        word = match.group()
        words += [word] if word[0].isdigit() else normalise(word).split()
    return [piece for word in words for piece in _split(word)]


def _split(word: str) -> Sequence[str]:
    """«خمستالاف» is two words."""
    if word in _SCALES or word in _VALUES:
        return (word,)
    match = _JOINED_THOUSANDS.match(word)
    if match:
        stem = _bare(match["stem"])
        if stem in _VALUES or stem.rstrip("ت") in _VALUES:
            return (stem if stem in _VALUES else stem.rstrip("ت"), "الاف")
    return (word,)


def _bare(word: str) -> str:
    """A word without what clings to it, if what is left is a number («وعشرين», «بالفين»)."""
    for prefix in ("", "و", "ب", "ال", "وال", "بال", "ل", "وب"):
        rest = word.removeprefix(prefix)
        if word.startswith(prefix) and (rest in _VALUES or rest in _HUNDREDS or rest in _SCALES or rest in _PAIRS
                                        or rest in _PARTS):  # fmt: skip
            return rest
    return word


def _number(words: Sequence[str], start: int) -> tuple[Fraction, int]:
    """The number that begins at a word, and how many words it takes; none: zero words."""
    total, group, scale, place = Fraction(0), Fraction(0), 0, start
    while place < len(words):
        word = words[place]
        joined = word.startswith("و") and place > start
        bare = _bare(word)
        if word[0].isdigit():
            if group:
                break
            group = Fraction(word)
        elif bare in _PAIRS and not group:
            total, scale = total + _PAIRS[bare], 10 ** (len(str(_PAIRS[bare])) - 1)
        elif bare in _SCALES and (place > start or word == bare or word.startswith(("ب", "ال"))):
            if total and not group and not joined:
                break
            total, group, scale = total + (group or 1) * _SCALES[bare], Fraction(0), _SCALES[bare]
        elif bare in _HUNDREDS or bare in _VALUES:
            value = _HUNDREDS.get(bare) or _VALUES[bare]
            if (group or total) and not joined and not (value == _VALUES["ميه"] and 0 < group < 10):
                break
            group = group * 100 if value == _VALUES["ميه"] and 0 < group < 10 and not joined else group + value
        elif bare in _PARTS and scale and joined:
            total += _PARTS[bare] * scale
        elif bare in _PARTS and place == start and place + 1 < len(words) and words[place + 1] == "مليون":
            group = _PARTS[bare]
        else:
            break
        place += 1
    return total + group, place - start


def _sums(words: Sequence[str]) -> Iterator[_Found]:
    place = 0
    while place < len(words):
        value, used = _number(words, place)
        if not used:
            place += 1
            continue
        end = place + used
        scaled = any(_bare(word) in _SCALES or _bare(word) in _PAIRS for word in words[place:end])
        unit = end < len(words) and words[end] in _DINARS
        in_range = value == int(value) and value >= LEAST_DINARS and (value <= MOST_BARE_DINARS or scaled or unit)
        if in_range and not (words[place] == "الف" and used == 1 and _no_sum(words, place)):
            yield _Found(place, end, int(value), scaled or unit or not words[place][0].isdigit())
        place = end


def _no_sum(words: Sequence[str], place: int) -> bool:
    """«ألف شكر», «ألف رحمة»."""
    return place + 1 < len(words) and words[place + 1].startswith(
        ("شكر", "رحم", "عافي", "مبروك", "مره", "تحيه", "مرحب")
    )


def _foreign(words: Sequence[str], found: _Found) -> bool:
    return found.end < len(words) and words[found.end] in _FOREIGN


def _beside_extra(words: Sequence[str], found: _Found) -> bool:
    near = (*words[max(0, found.start - 1) : found.start], *words[found.end : found.end + _NEAR])
    return any(_EXTRA.match(word) for word in near)


def _after_taking(words: Sequence[str], found: _Found) -> bool:
    return any(_TAKING.match(word) for word in words[max(0, found.start - _NEAR) : found.start])
