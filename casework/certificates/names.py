"""Names as a certificate carries them: in the holder's script, and in the letters of a passport's machine-readable
zone.

The table is that of ICAO Doc 9303, part 3 (eighth edition), section 6, C: Arabic script. It is made to be turned back
into Arabic by a machine, not to be read aloud: where the record holds the spelling of the passport, that one is taken.
"""

import re
import unicodedata
from dataclasses import dataclass

NAME_MAX_CHARS = 80
"""Of each part, by the schema of the EU DCC."""

_LETTERS = {
    "ء": "XE", "آ": "XAA", "أ": "XAE", "ؤ": "U", "إ": "I", "ئ": "XI", "ا": "A", "ب": "B", "ة": "XTA", "ت": "T",
    "ث": "XTH", "ج": "J", "ح": "XH", "خ": "XKH", "د": "D", "ذ": "XDH", "ر": "R", "ز": "Z", "س": "S", "ش": "XSH",
    "ص": "XSS", "ض": "XDZ", "ط": "XTT", "ظ": "XZZ", "ع": "E", "غ": "G", "ف": "F", "ق": "Q", "ك": "K", "ل": "L",
    "م": "M", "ن": "N", "ه": "H", "و": "W", "ى": "XAY", "ي": "Y", "ٱ": "XXA", "پ": "P", "چ": "XC", "ژ": "XJ",
    "ڤ": "V", "ک": "XKK", "گ": "XGG", "ھ": "XDO", "ی": "XYA", "ە": "H", "ۆ": "W", "ێ": "Y", "ڕ": "R", "ڵ": "L",
}  # fmt: skip
"""The last five are Kurdish letters that the table does not have: they are written as their nearest."""
_SHADDA = "\u0651"
_TEH_MARBUTA = "ة"
_TEH_MARBUTA_LAST = "XAH"
_TOGETHER = frozenset({"عبد", "أبو", "ابو", "آل", "بن", "ابن", "أم", "ام", "AL", "ABU", "ABD", "BIN", "IBN", "EL"})
"""Words that are one name with the word after them."""
_NOT_A_NAME = re.compile(r"[^\w\s'’.\u064b-\u0652-]|[\d_]")


@dataclass(frozen=True, slots=True)
class Name:
    """A name in two parts, each also in machine-readable letters (`A`-`Z` and `<`).

    Attributes:
        surname: The last name of the record.
        given: The names before it; empty if there is one name only.
        surname_letters: The surname in machine-readable letters.
        given_letters: The given names in machine-readable letters.
    """

    surname: str
    given: str
    surname_letters: str
    given_letters: str


def read_name(name: str, latin: str | None = None) -> Name:
    """The parts of a record's name.

    Args:
        name: The name in the order in which it is said: own, father's, grandfather's, family's.
        latin: The same as the passport spells it, if the record holds it.

    Raises:
        ValueError: No letter in `name`.
    """
    given, surname = _parts(_clean(name))
    if not machine_letters(surname):
        raise ValueError("a certificate needs a name")
    spelled = _clean(latin or "")
    latin_given, latin_surname = _parts(spelled) if spelled else (given, surname)
    return Name(
        _cut(surname),
        _cut(given),
        machine_letters(latin_surname) or machine_letters(surname),
        machine_letters(latin_given),
    )


def machine_letters(name: str) -> str:
    """`name` in the letters of a machine-readable zone; words are parted by `<`, what has no letter is left out."""
    words = [letters for word in re.split(r"[\s-]+", name) if (letters := _word(word))]
    while words and len("<".join(words)) > NAME_MAX_CHARS:
        if len(words) == 1:
            return words[0][:NAME_MAX_CHARS]
        words.pop()
    return "<".join(words)


def _word(word: str) -> str:
    letters: list[str] = []
    for place, character in enumerate(word):
        if character == _SHADDA and letters:
            letters.append(letters[-1])
        elif character == _TEH_MARBUTA:
            letters.append(_TEH_MARBUTA_LAST if place == len(word) - 1 else _LETTERS[_TEH_MARBUTA])
        elif character in _LETTERS:
            letters.append(_LETTERS[character])
        else:
            plain = unicodedata.normalize("NFKD", character).upper()
            letters.extend(letter for letter in plain if "A" <= letter <= "Z")
    return "".join(letters)


def _clean(name: str) -> str:
    shown = "".join(character for character in name if unicodedata.category(character) != "Cf" and character != "ـ")
    return " ".join(unicodedata.normalize("NFC", _NOT_A_NAME.sub(" ", shown)).split())


def _parts(name: str) -> tuple[str, str]:
    words = name.split()
    first_of_surname = len(words) - 1
    while first_of_surname > 0 and words[first_of_surname - 1].upper() in _TOGETHER:
        first_of_surname -= 1
    return " ".join(words[:first_of_surname]), " ".join(words[first_of_surname:])


def _cut(part: str) -> str:
    return part if len(part) <= NAME_MAX_CHARS else part[:NAME_MAX_CHARS].rsplit(" ", 1)[0]
