"""Arabizi (Arabic in Latin letters and digits) to Arabic script, the Iraqi way, and back."""

import random
import re
from collections.abc import Iterable
from functools import lru_cache

from arabic.lexicon import LEXICON
from arabic.normalise import normalise
from arabic.skeleton import word_skeleton

_APOSTROPHES = str.maketrans({"’": "'", "‘": "'", "`": "'", "´": "'", "ʼ": "'"})
_WORD = re.compile(r"(?<![A-Za-z0-9])(?=[0-9']*[A-Za-z])[A-Za-z0-9]+(?:['-][A-Za-z0-9]+)*'?")
_STRETCHED = re.compile(r"([a-z])\1{2,}")
_MULTI = {
    "sh": "ش",
    "ch": "چ",
    "kh": "خ",
    "gh": "غ",
    "th": "ث",
    "dh": "ض",
    "ph": "ف",
    "ck": "ك",
    "3'": "غ",
    "5'": "خ",
    "6'": "ظ",
    "7'": "خ",
    "9'": "ض",
    "aa": "ا",
    "ee": "ي",
    "ii": "ي",
    "oo": "و",
    "uu": "و",
    "ou": "و",
    "ei": "ي",
    "ai": "ي",
    "ay": "ي",
    "ey": "ي",
    "au": "و",
    "aw": "و",
    "iy": "ي",
    "uw": "و",
}
_SINGLE = {
    "2": "ا",
    "3": "ع",
    "4": "ذ",
    "5": "خ",
    "6": "ط",
    "7": "ح",
    "8": "ق",
    "9": "ص",
    "b": "ب",
    "c": "ك",
    "d": "د",
    "f": "ف",
    "g": "ك",
    "h": "ه",
    "j": "ج",
    "k": "ك",
    "l": "ل",
    "m": "م",
    "n": "ن",
    "o": "و",
    "p": "ب",
    "q": "ق",
    "r": "ر",
    "s": "س",
    "t": "ت",
    "u": "و",
    "v": "ف",
    "w": "و",
    "x": "خ",
    "y": "ي",
    "z": "ز",
}
_WORDS_KEPT = 20_000
"""Words whose spellings are remembered: most words of a message have been seen before."""
_TOKEN = re.compile(r"sh|ch|kh|gh|th|dh|ph|ck|[35679]'|aa|ee|ii|oo|uu|ou|ei|ai|ay|ey|au|aw|iy|uw|[a-z2-9]|'")
_VOWELS = frozenset("aeiou")
_GLIDES = {"ai": "ay", "ay": "ay", "aw": "aw", "au": "aw", "iy": "iy", "uw": "uw"}
_ARTICLE = re.compile(r"^(w|wa|b|bi)?(?:(?:al|el|il)-?|l-)(?=[a-z0-9']{3})")
_LOOSE_ARTICLE = re.compile(r"(?<!\w)ال +(?=[^\W\d])")
_CONJUNCTIONS = {"w": "و", "wa": "و", "b": "ب", "bi": "ب", "l": "ل", "el": "ال", "al": "ال", "il": "ال", "u": "و"}
_OTHER_READINGS = {"d": "ض", "t": "ط", "s": "ص", "h": "ح", "k": "ق", "th": "ذ", "dh": "ظ", "z": "ظ", "g": "ق"}


def _pieces(word: str) -> list[str]:
    """Cut a Latin word into sounds; a glide before a vowel («hawiya», "zawaj") is a consonant, not a long vowel."""
    pieces: list[str] = []
    place = 0
    while match := _TOKEN.match(word, place):
        piece = match.group()
        if piece in _GLIDES and word[match.end() : match.end() + 1] in _VOWELS:
            piece = piece[0]
        pieces.append(piece)
        place += len(piece)
    return pieces


def _spell(word: str, *, readings: dict[str, str] | None = None, long_a: bool = True) -> str:
    letters: list[str] = []
    pieces = _pieces(_STRETCHED.sub(r"\1\1", word))
    last = len(pieces) - 1
    for place, piece in enumerate(pieces):
        if piece == "'":
            continue
        before = pieces[place - 1] if place else ""
        if readings and piece in readings:
            letter = readings[piece]
        elif piece in _MULTI:
            letter = _MULTI[piece]
        elif piece in _VOWELS:
            if place == 0:
                letter = "ا"
            elif place == last:
                letter = {"a": "ه", "e": "ه", "i": "ي", "o": "و", "u": "و"}[piece]
            elif piece == "a":
                letter = "ا" if long_a and place == last - 1 else ""
            else:
                letter = "و" if piece == "o" else ""
        else:
            letter = _SINGLE.get(piece, "")
        if letter and piece == before and piece not in _VOWELS:
            continue  # a doubled letter is a shadda, which nobody types in Arabic
        letters.append(letter)
    return "".join(letters)


def candidates(word: str, limit: int = 6) -> list[str]:
    """Spellings in Arabic script that a Latin word may stand for, the likeliest first.

    Args:
        word: One Arabizi word («atala3», "el-jawaz").
        limit: The most spellings to return.

    Returns:
        One or more different spellings, normalised; empty when the word has no letter that can be spelled.
    """
    return list(_spellings(word.translate(_APOSTROPHES).lower())[:limit])


@lru_cache(maxsize=_WORDS_KEPT)
def _spellings(word: str) -> tuple[str, ...]:
    if (known := LEXICON.get(word)) or (known := LEXICON.get(_STRETCHED.sub(r"\1", word))):
        return (normalise(known),)
    if word in _CONJUNCTIONS:
        return (_CONJUNCTIONS[word],)
    article = ""
    if match := _ARTICLE.match(word):
        article = _CONJUNCTIONS.get(match[1] or "", "") + "ال"
        word = word[match.end() :]
        if known := LEXICON.get(word):
            return (normalise(article + known),)
    elif word[0] in "wbl" and (known := LEXICON.get(word[1:])) and len(word) > len("w") + 2:
        return (normalise(_CONJUNCTIONS[word[0]] + known),)
    spellings = [_spell(word), _spell(word, long_a=False)]
    for sound, other in _OTHER_READINGS.items():
        if sound in word:
            spellings.append(_spell(word, readings={sound: other}))
            spellings.append(_spell(word, readings={sound: other}, long_a=False))
    return tuple(dict.fromkeys(normalise(article + spelling) for spelling in spellings if spelling))


def _closeness(left: str, right: str) -> float:
    """Share of common letter pairs (Dice), word ends included: 1.0 for equal words."""
    pairs_left = {f"<{left}>"[i : i + 2] for i in range(len(left) + 1)}
    pairs_right = {f"<{right}>"[i : i + 2] for i in range(len(right) + 1)}
    return 2 * len(pairs_left & pairs_right) / (len(pairs_left) + len(pairs_right))


class Vocabulary:
    """Arabic words found again by their consonants: what an Arabizi word most likely is among words in use."""

    def __init__(self, lines: Iterable[str]) -> None:
        """Index every word of some Arabic lines (names, aliases, training lines).

        Args:
            lines: Arabic text, raw or normalised; words that occur often win ties.
        """
        self._by_skeleton: dict[str, dict[str, int]] = {}
        for line in lines:
            for word in normalise(line).split():
                if not word.isascii():
                    words = self._by_skeleton.setdefault(word_skeleton(word), {})
                    words[word] = words.get(word, 0) + 1

    def match(self, word: str) -> str | None:
        """The word in use with the same consonants as an Arabizi word and the closest vowels, or None."""
        found = self._by_skeleton.get(word_skeleton(word.translate(_APOSTROPHES).lower()))
        spelled = candidates(word)
        if not found or not spelled:
            return None
        return max(found, key=lambda known: (max(_closeness(known, each) for each in spelled), found[known]))


def to_arabic(text: str, vocabulary: Vocabulary | None = None) -> str:
    """Spell the Latin words of a line in Arabic script.

    Words of the Iraqi lexicon come first, then words of `vocabulary` with the same consonants, then the rule table.
    Words in Arabic script and numbers stay as they are.

    Args:
        text: A line that holds Arabizi («shlon atala3 jawaz»); every Latin word in it is respelled.
        vocabulary: Words in use, for the vowels that Arabizi and Arabic write differently.

    Returns:
        The line in Arabic script («شلون اطلع جواز»).
    """

    def respelled(match: re.Match[str]) -> str:
        word = match.group().lower()
        known = None if vocabulary is None or word in LEXICON else vocabulary.match(word)
        return known or next(iter(candidates(word, 1)), "") or word

    return _LOOSE_ARTICLE.sub("ال", _WORD.sub(respelled, text.translate(_APOSTROPHES)))


_ROMAN: dict[str, tuple[str, ...]] = {
    "ا": ("a", "a", "aa", ""),
    "ب": ("b",),
    "ت": ("t",),
    "ث": ("th",),
    "ج": ("j",),
    "ح": ("7", "7", "h"),
    "خ": ("kh", "5", "x"),
    "د": ("d",),
    "ذ": ("th", "dh"),
    "ر": ("r",),
    "ز": ("z",),
    "س": ("s",),
    "ش": ("sh",),
    "ص": ("s", "9"),
    "ض": ("dh", "th", "d"),
    "ط": ("t", "6"),
    "ظ": ("dh", "th", "z"),
    "ع": ("3", "3", "3", "a"),
    "غ": ("gh",),
    "ف": ("f",),
    "ق": ("q", "q", "8", "k"),
    "ك": ("k",),
    "گ": ("g",),
    "چ": ("ch",),
    "پ": ("p",),
    "ل": ("l",),
    "م": ("m",),
    "ن": ("n",),
    "ه": ("h",),
    "ة": ("a", "a", "ah", "eh"),
    "و": ("w", "o", "u"),
    "ي": ("y", "i", "ee"),
    "ى": ("a",),
    "أ": ("a",),
    "إ": ("i", "e"),
    "آ": ("a",),
    "ئ": ("2", ""),
    "ؤ": ("2", "o"),
    "ء": ("2", ""),
}
_FILLERS = ("a", "a", "a", "i", "i", "u", "e")
_SOUNDS_OPEN = frozenset("اويىةأإآؤئ")
_BARE_CONSONANTS = 0.45  # share of consonant pairs left without a vowel between them
_ARTICLES = ("el", "el", "al", "il", "l")


def from_arabic(text: str, rng: random.Random) -> str:
    """Write an Arabic line as Arabizi, one of the many ways: training lines for what people type.

    Args:
        text: A line in Arabic script; Latin and digits in it stay.
        rng: The source of chance; the same seed gives the same line.

    Returns:
        The line in Latin letters and Arabizi digits.
    """
    return " ".join(_romanised(word, rng) for word in text.split())


def _romanised(word: str, rng: random.Random) -> str:
    written: list[str] = []
    if word.startswith("ال") and len(word) > len("ال") + 2:
        written.append(rng.choice(_ARTICLES))
        word = word[2:]
    for place, letter in enumerate(word):
        following = word[place + 1 : place + 2]
        if letter not in _ROMAN:
            written.append(letter if letter.isalnum() else "")
            continue
        choices = _ROMAN[letter]
        if letter in "وي":
            consonant = place == 0 or following in _SOUNDS_OPEN
            choices = choices[:1] if consonant else choices[1:]
        written.append(rng.choice(choices))
        closed = following and letter not in _SOUNDS_OPEN and following not in _SOUNDS_OPEN and following in _ROMAN
        if closed and rng.random() > _BARE_CONSONANTS:
            written.append(rng.choice(_FILLERS))
    return "".join(written)
