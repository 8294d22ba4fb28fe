"""One spelling for the many ways in which the same Arabic word is typed."""

import re
import unicodedata
from functools import lru_cache

# Letters that stay different after compatibility decomposition (which already takes hamza and madda off أ إ آ ؤ ئ).
_FOLDED = str.maketrans(
    {
        "ٱ": "ا",
        "ء": "",
        "ى": "ي",
        "ی": "ي",
        "ې": "ي",
        "ێ": "ي",
        "ے": "ي",
        "ة": "ه",
        "ھ": "ه",
        "ہ": "ه",
        "ە": "ه",
        "ک": "ك",
        "گ": "ك",
        "ڭ": "ك",
        "چ": "ج",
        "پ": "ب",
        "ژ": "ز",
        "ڤ": "ف",
        "ڨ": "ق",
        "ڕ": "ر",
        "ڵ": "ل",
        "ۆ": "و",
        "ۇ": "و",
        "ـ": "",  # tatweel
    }
)
_CACHED_BELOW = 0x3000  # code points; keeps the table small whatever is typed


class _Fold(dict[int, str]):
    """A translation table that works out a character when it first meets it."""

    def __missing__(self, code: int) -> str:
        char = chr(code)
        category = unicodedata.category(char)
        if category == "Nd":
            folded = str(unicodedata.decimal(char))
        elif category[0] in "LN":
            folded = char
        elif category[0] == "M" or category in ("Cf", "Cs"):
            folded = ""
        else:
            folded = " "
        if code < _CACHED_BELOW:
            self[code] = folded
        return folded


_FOLD = _Fold(_FOLDED)
_STRETCHED = re.compile(r"([^\W\d_])\1{2,}")
_LONG_VOWEL = re.compile(r"(?<=\w)([اويه])\1+")
_CONCEALED = re.compile(r"⟦[^⟦⟧]*⟧")  # what the bot puts in the place of a phone number and the like


LINES_REMEMBERED = 512
"""Within a turn the same line, and its words, are folded by several who look at them."""


@lru_cache(maxsize=LINES_REMEMBERED)
def normalise(text: str) -> str:
    """Fold a line for matching.

    Alef, hamza, ya, ta marbuta and Persian or Iraqi letters are folded, diacritics, tatweel and invisible controls
    dropped, stretched letters shortened, every decimal digit made ASCII, Latin lower-cased, and all else (punctuation,
    emoji, line ends, tokens of concealed identifiers such as ``⟦phone:1a2b⟧``) becomes a single space.

    Args:
        text: Anything that was typed, of any length.

    Returns:
        The folded line: letters and digits with single spaces, possibly empty. Folding it again changes nothing.
    """
    if "⟦" in text:
        text = _CONCEALED.sub(" ", text)
    folded = unicodedata.normalize("NFKD", unicodedata.normalize("NFKD", text).lower()).translate(_FOLD)
    folded = _LONG_VOWEL.sub(r"\1", _STRETCHED.sub(r"\1", folded))
    return " ".join(folded.split())


class _AsciiDigits(dict[int, str | int]):
    def __missing__(self, code: int) -> str | int:
        digit = unicodedata.decimal(chr(code), None)
        found: str | int = code if digit is None else str(digit)
        if code < _CACHED_BELOW:
            self[code] = found
        return found


_DIGITS = _AsciiDigits({ord("٫"): ".", ord("٬"): ","})


def digits_to_ascii(text: str) -> str:
    """Write every decimal digit (Arabic-Indic, Persian, full-width, …) and the Arabic separators in ASCII."""
    return text.translate(_DIGITS)


class _Visible(dict[int, str | int]):
    def __missing__(self, code: int) -> str | int:
        category = unicodedata.category(chr(code))
        if category in ("Zl", "Zp"):
            kept: str | int = "\n"
        else:
            kept = "" if category in ("Cc", "Cf", "Cs") else code
        if code < _CACHED_BELOW:
            self[code] = kept
        return kept


_NON_JOINER = "\u200c"
_MARKS_IN_A_ROW = 4  # combining marks; more is a prank that paints over the lines around it
_VISIBLE = _Visible({ord("\n"): "\n", ord("\t"): "\t", ord(_NON_JOINER): _NON_JOINER})
_LETTER = "[\u0620-\u064a\u066e-\u06d5]"
_STRAY_NON_JOINER = re.compile(f"(?<!{_LETTER}){_NON_JOINER}|{_NON_JOINER}(?!{_LETTER})")
_MARK = "[\u0300-\u036f\u0483-\u0489\u0610-\u061a\u064b-\u065f]"
_PILED_MARKS = re.compile(f"({_MARK}{{{_MARKS_IN_A_ROW}}}){_MARK}+")


def strip_controls(text: str) -> str:
    """Make typed text safe to store and show, changing nothing that is seen.

    Control, bidi, tag and other invisible characters and lone surrogates go; line ends become "\\n"; a non-joiner
    stays only between two Arabic letters (Kurdish and Persian need it), never between digits; piled-up marks are cut.

    Args:
        text: Anything that was typed.

    Returns:
        The same text without anything invisible. Stripping it again changes nothing.
    """
    visible = text.replace("\r\n", "\n").replace("\r", "\n").translate(_VISIBLE)
    if _NON_JOINER in visible:
        visible = _STRAY_NON_JOINER.sub("", visible)
    return _PILED_MARKS.sub(r"\1", visible)
