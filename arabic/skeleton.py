"""The consonants of a word in one code for Arabic script and Arabizi.

Arabizi writes vowels that Arabic leaves out and mixes up emphatic pairs, so a spelling rule alone finds little. The
skeleton drops every vowel, long ones too, folds what Arabizi does not tell apart (ت ط, س ص, ح ه, ك گ ق, د ذ ض ظ ث) and
doubled letters: «شلون اطلع جواز» and "shlon atala3 jawaz" both give "cln tl3 jz".
"""

import functools
import re

from arabic.normalise import normalise

_ARABIC = str.maketrans(
    {
        "ا": "",
        "و": "",
        "ي": "",
        "ب": "b",
        "ت": "t",
        "ط": "t",
        "ث": "d",
        "د": "d",
        "ذ": "d",
        "ض": "d",
        "ظ": "d",
        "ج": "j",
        "ح": "h",
        "ه": "h",
        "خ": "x",
        "ر": "r",
        "ز": "z",
        "س": "s",
        "ص": "s",
        "ش": "c",
        "ع": "3",
        "غ": "g",
        "ف": "f",
        "ق": "k",
        "ك": "k",
        "ل": "l",
        "م": "m",
        "ن": "n",
    }
)
_LATIN_PAIRS = re.compile(r"sh|ch|kh|gh|th|dh|[3579]'|6'|ck|ph|oo|ee")
_PAIRS = {
    "sh": "\x02",
    "ch": "j",
    "kh": "x",
    "gh": "\x01",
    "th": "d",
    "dh": "d",
    "3'": "\x01",
    "7'": "x",
    "5'": "x",
    "6'": "d",
    "9'": "d",
    "ck": "k",
    "ph": "f",
    "oo": "",
    "ee": "",
}
_LATIN = str.maketrans(
    {
        **dict.fromkeys("aeiouwy", ""),
        **dict.fromkeys("2'", ""),
        "g": "k",
        "q": "k",
        "8": "k",
        "4": "d",
        "v": "f",
        "p": "b",
        "5": "x",
        "6": "t",
        "7": "h",
        "9": "s",
        "\x01": "g",
        "\x02": "c",
        "c": "k",
    }
)
_WORDS_KEPT = 32_768  # distinct words whose skeleton is remembered, about 6 MB
# With fewer than three letters left, «ال» or "el" is part of the word.
_ARTICLE_ARABIC = re.compile(r"^(و|ب|ف|ك)?(?:ال|لل)(?=\w{3})")
_ARTICLE_LATIN = re.compile(r"^(w|wa|b|bi|bil)?(?:al|el|il|l)[-']?(?=\w{3})|^(?:al|el|il)[-']")
_ARTICLE_ALONE = frozenset(("al", "el", "il", "l"))
_DOUBLED = re.compile(r"(.)\1+")
_HAS_LATIN = re.compile(r"[a-z]")
_DIGITS = re.compile(r"\d+")
_APOSTROPHES = str.maketrans({"’": "'", "‘": "'", "`": "'", "´": "'", "ʼ": "'"})
_LATIN_WORD = re.compile(r"((?<![a-z0-9])(?=[0-9']*[a-z])[a-z0-9]+(?:['-][a-z0-9]+)*'?)")


@functools.lru_cache(maxsize=_WORDS_KEPT)
def word_skeleton(word: str) -> str:
    """The skeleton of one word: Arabic as `normalise` leaves it, or lower-case Latin with Arabizi digits.

    A leading و or ي stays as "w" or "y"; other vowels, the article and a final ه go.
    """
    if _DIGITS.fullmatch(word):
        return word
    if word in _ARTICLE_ALONE:
        return ""
    if _HAS_LATIN.search(word):
        body = _ARTICLE_LATIN.sub("", word)
        lead = "w" if body.startswith("w") else "y" if body.startswith("y") else ""
        body = re.sub(r"(?<=[aeiou])h$", "", body)
        bones = _LATIN_PAIRS.sub(lambda pair: _PAIRS[pair.group()], body).translate(_LATIN)
    else:
        body = _ARTICLE_ARABIC.sub("", word)
        lead = "w" if body.startswith("و") else "y" if body.startswith("ي") else ""
        if len(body) > 2 and body.endswith("ه"):
            body = body[:-1]
        bones = body.translate(_ARABIC)
    return _DOUBLED.sub(r"\1", lead + bones)


def skeleton(text: str) -> str:
    """The skeletons of all words of a line, in order, with single spaces.

    Args:
        text: A line in Arabic script, Arabizi, or both; raw or normalised.

    Returns:
        Lower-case ASCII classes (and letters of other scripts as they are); words with nothing left are skipped.
    """
    words: list[str] = []
    pieces = _LATIN_WORD.split(text.translate(_APOSTROPHES).lower())
    for place, piece in enumerate(pieces):
        words.extend(word_skeleton(word) for word in ([piece] if place % 2 else normalise(piece).split()))
    return " ".join(word for word in words if word)
