"""Right-to-left lines with Latin and numbers inside, for chat text and plain-text messages."""

import re

FIRST_STRONG_ISOLATE = "\u2068"
POP_ISOLATE = "\u2069"
RIGHT_TO_LEFT_MARK = "\u200f"

# Links and addresses stay bare: an isolate sign glued to them breaks the automatic link in chat programs.
_PIECE = re.compile(
    r"(?P<kept>\u2068[^\u2069]*\u2069|https?://\S+|[\w.+-]+@[\w-]+\.[\w.-]+)"
    r"|(?P<run>[+#]?[A-Za-z0-9٠-٩۰-۹](?:[A-Za-z0-9٠-٩۰-۹.,:/_%+٪٫٬'\-]| (?=[A-Za-z0-9]))*"
    r"(?<=[A-Za-z0-9٠-٩۰-۹%٪+]))"
)
_STRONG = re.compile(r"[^\W\d_]")
_ARABIC = re.compile(r"[\u0590-\u08ff\ufb1d-\ufdff\ufe70-\ufefc]")


def isolate(text: str) -> str:
    """Wrap each run of Latin or digits in FSI … PDI, so that a right-to-left line keeps its order.

    Args:
        text: A line or a paragraph to show; isolated runs, links and e-mail addresses in it stay as they are.

    Returns:
        The text with isolates. Isolating it again changes nothing.
    """
    return _PIECE.sub(
        lambda piece: piece["kept"] or f"{FIRST_STRONG_ISOLATE}{piece['run']}{POP_ISOLATE}",
        text,
    )


def rtl_line(line: str) -> str:
    """Start a line right to left: a mark is put before it unless its first letter is of a right-to-left script."""
    first = _STRONG.search(line)
    if not line.strip() or line.startswith(RIGHT_TO_LEFT_MARK) or (first and _ARABIC.match(first.group())):
        return line
    return RIGHT_TO_LEFT_MARK + line


def rtl_text(text: str) -> str:
    """Isolate and direct every line of a message that is read right to left."""
    return "\n".join(rtl_line(isolate(line)) for line in text.split("\n"))
