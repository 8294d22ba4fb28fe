"""Which language a line is in, well enough to choose the language of a short answer."""

import math
import re
import unicodedata
from typing import Literal

from arabic.lexicon import LEXICON, MARKERS
from arabic.wordlists import (
    ENGLISH,
    ENGLISH_OTHER,
    ENGLISH_SMALL,
    KURMANJI,
    KURMANJI_LETTERS,
    KURMANJI_WEAK,
    LOAN_WORDS,
    OTHER_SMALL,
    PERSIAN,
    PERSIAN_NEEDED,
    SORANI,
    SORANI_LATIN,
    SORANI_LETTERS,
    SORANI_ONLY,
    SORANI_WITHOUT_LETTERS,
    TURKISH_LETTERS,
)

Language = Literal["ar", "ku", "en", "arabizi", "other"]

_LATIN_WORD = re.compile(r"[0-9']*[^\W\d_][\w'’-]*")
_ARABIC_SCRIPT = re.compile(r"[\u0620-\u064a\u066e-\u06d5\ufb50-\ufdff\ufe70-\ufefc]")
_LATIN_LETTER = re.compile(r"[a-zA-Z\u00c0-\u024f]")
_ARABIC_WORD = re.compile(r"[\u0620-\u06d5\u200c]+")
# A digit that stands for a letter: inside a word, or at one end of a word that is not a code, a unit or an ordinal.
_DIGIT_INSIDE = re.compile(r"^[a-z']*[a-z][235679]'?[a-z]['a-z23-9]*$|^[235679]'?[a-z]*[aeiouy][a-z]['a-z2-9]*$")
_DIGIT_LAST = re.compile(r"^[a-z2-9']*[aeiou][a-z]*[3579]'?$|^[a-z]{3,}[2379]$")
_CODE = re.compile(r"^\d+(st|nd|rd|th|kg|km|mb|gb|am|pm|d|g|k|x|h|m|min|years?|days?|hours?)$|^[a-z]{1,2}\d[a-z]?$")

# «كوردي تحجي؟»: asked in Arabic, answered in the language that is asked for.
_SPEAKS = r"(?:تحج|تحچ|تحك|تتكلم|تعرف|تفهم|تجاوب|يحج|اكو|تشتغل)\w*"
_LANGUAGE_NAMES: tuple[tuple[Language, str], ...] = (("ku", "ك[وُ]?رد"), ("en", "[اإ]نك?گ?ج?ل?يز"))
_ASKS_FOR = tuple(
    (language, re.compile(rf"(?:\b(?:ب?ال|ب)?{name}\w* +{_SPEAKS}|{_SPEAKS} +(?:\w+ +)?(?:ب?ال|ب)?{name}\w*)\W*$"))
    for language, name in _LANGUAGE_NAMES
)

_ARABIZI_PER_WORD = 0.35  # mean log odds of letter pairs above which words that no list knows are taken for Arabizi
_WORDS_TO_JUDGE_BY_LETTERS = 2
WORDS_OF_A_LANGUAGE_QUESTION = 4
"""A longer line asks for something else beside."""


def _pair_odds() -> dict[str, float]:
    """Log odds of letter pairs in Iraqi Arabizi against English, from the word lists of this package."""

    def counted(words: frozenset[str]) -> dict[str, int]:
        counts: dict[str, int] = {}
        for word in words:
            marked = f"<{word}>"
            for place in range(len(marked) - 1):
                pair = marked[place : place + 2]
                counts[pair] = counts.get(pair, 0) + 1
        return counts

    arabizi = counted(frozenset(word for word in LEXICON if word.isalpha()))
    english = counted(ENGLISH)
    all_arabizi, all_english = sum(arabizi.values()), sum(english.values())
    smooth = 1.0
    return {
        pair: math.log((arabizi.get(pair, 0) + smooth) / (all_arabizi + smooth * 700))
        - math.log((english.get(pair, 0) + smooth) / (all_english + smooth * 700))
        for pair in arabizi.keys() | english.keys()
    }


_ODDS = _pair_odds()


def _arabizi_odds(word: str) -> float:
    marked = f"<{word}>"
    pairs = [marked[place : place + 2] for place in range(len(marked) - 1)]
    return sum(_ODDS.get(pair, 0.0) for pair in pairs) / len(pairs)


def _latin_words(text: str) -> list[str]:
    found = (word for word in _LATIN_WORD.findall(text) if _LATIN_LETTER.search(word))
    return [word.strip("'’-").replace("’", "'").lower() for word in found]


def _has_letter_digit(word: str) -> bool:
    if word.isalpha() or _CODE.match(word) or word.rstrip("0123456789") in ENGLISH:
        return False
    return bool(_DIGIT_INSIDE.match(word) or _DIGIT_LAST.match(word))


def _judged_arabizi(words: list[str]) -> bool:
    if not words:
        return False
    small = sum(word in ENGLISH_SMALL for word in words)
    digits = sum(_has_letter_digit(word) for word in words)
    markers = sum(word in MARKERS or (len(word) > len("el-") and _bare(word) in MARKERS) for word in words)
    shown = 2 * digits + 1.5 * markers
    if shown:
        return shown > small
    unknown = [word for word in words if word.isalpha() and word not in ENGLISH and not KURMANJI_LETTERS & set(word)]
    lexicon = sum(word in LEXICON for word in words)
    foreign = sum(word in KURMANJI - KURMANJI_WEAK for word in words)
    if small or foreign or not unknown or len(unknown) < min(len(words), _WORDS_TO_JUDGE_BY_LETTERS):
        return False
    odds = sum(map(_arabizi_odds, unknown)) / len(unknown)
    return odds + 0.3 * lexicon / len(words) > _ARABIZI_PER_WORD


def _bare(word: str) -> str:
    for prefix in ("el-", "al-", "il-", "l-", "el", "al", "il", "wel", "w", "b", "l"):
        if word.startswith(prefix):
            return word[len(prefix) :]
    return word


def looks_arabizi(text: str) -> bool:
    """Whether a line is Arabic in Latin letters («shlon atala3 jawaz»), not English, Kurdish or a code.

    Args:
        text: A line as typed.

    Returns:
        True when letter-digits, Iraqi words or the look of the words speak for Arabizi and English small words do not
        outweigh them; False for lines in Arabic script.
    """
    return len(_LATIN_LETTER.findall(text)) > len(_ARABIC_SCRIPT.findall(text)) and _judged_arabizi(_latin_words(text))


def guess(text: str) -> Language:
    """The language of a line.

    Args:
        text: A line as typed.

    Returns:
        "ar" (Iraqi Arabic with Persian letters too), "ku" (Sorani, or Kurmanji in Latin letters), "en", "arabizi", or
        "other" (another language, or no letters at all).
    """
    composed = unicodedata.normalize("NFC", text)
    arabic, latin = len(_ARABIC_SCRIPT.findall(composed)), len(_LATIN_LETTER.findall(composed))
    letters = sum(char.isalpha() for char in composed)
    if not letters or arabic + latin < letters / 2:
        return "other"
    return _arabic_script(composed, arabic) if arabic >= latin else _latin_script(composed)


def _arabic_script(text: str, letters: int) -> Language:
    words = _ARABIC_WORD.findall(text)
    own = sum(char in SORANI_LETTERS for char in text)
    sorani = sum(word in SORANI or word in SORANI_WITHOUT_LETTERS for word in words)
    alone = len(words) <= 2 and not SORANI_ONLY.isdisjoint(words)
    if own >= max(2, letters * 0.06) or (own and sorani) or sorani > len(words) / 2 > 1 or alone:
        return "ku"
    if len(words) <= WORDS_OF_A_LANGUAGE_QUESTION:
        for language, asked in _ASKS_FOR:
            if asked.search(text):
                return language
    persian = sum(word in PERSIAN for word in words)
    return "other" if persian >= max(PERSIAN_NEEDED, len(words) / 4) else "ar"


def _judged_english(words: list[str]) -> bool:
    return sum(word in ENGLISH_SMALL for word in words) > len(words) / 3


def _latin_script(text: str) -> Language:
    words = _latin_words(text)
    if len(words) == 1 and words[0] in LOAN_WORDS:
        return "other"
    if (
        any(word in SORANI_LATIN for word in words)
        and not any(map(_has_letter_digit, words))
        and not _judged_english(words)
    ):
        return "ku"
    kurmanji = sum((word in KURMANJI) * (0.4 if word in KURMANJI_WEAK else 1.0) for word in words)
    kurmanji += sum(bool(KURMANJI_LETTERS & set(word)) for word in words)
    english = sum((word in ENGLISH_SMALL) + 0.5 * (word in ENGLISH_OTHER) for word in words)
    digits = sum(_has_letter_digit(word) for word in words)
    elsewhere = sum(word in OTHER_SMALL or bool(TURKISH_LETTERS & set(word)) for word in words)
    if elsewhere and elsewhere >= max(kurmanji, english, 2 * digits, 1):
        return "other"
    if kurmanji >= 1 and kurmanji > english and not digits:
        return "ku"
    if _judged_arabizi(words):
        return "arabizi"
    return "en" if english >= len(words) * 0.3 else "other"
