"""Keeping a line that had no answer: masked, counted, never with who typed it."""

import hashlib
import re
from datetime import datetime

from sqlalchemy.ext.asyncio import AsyncSession

from arabic import normalise, strip_controls
from catalog.unanswered import repository
from catalog.unanswered.models import TEXT_MAX_CHARS, Outcome
from citizens.vault import service as vault
from citizens.vault.recognise import find
from foundation.clock import in_baghdad

_LONG_NUMBER = re.compile(r"[0-9٠-٩۰-۹][0-9٠-٩۰-۹\s\-]{3,}[0-9٠-٩۰-۹]")
"""Any number of five digits and more, whatever it stands for."""
_LETTERS = re.compile(r"\w{2}")


def kept(text: str) -> str:
    """What of a line may be kept; empty for one that may not: a whole account, a command, a bare number."""
    if vault.is_whole(text) or text.startswith("/") or len(text) > TEXT_MAX_CHARS:
        return ""
    bare = strip_controls(vault.masked(text))
    for found in reversed(find(bare)):
        bare = bare[: found.start] + vault.DELETED + bare[found.end :]
    bare = " ".join(_LONG_NUMBER.sub(vault.DELETED, bare).split())
    return bare if _LETTERS.search(bare.replace(vault.DELETED, "")) else ""


async def note(
    session: AsyncSession, text: str, outcome: Outcome, nearest: str, now: datetime, *, guess: str = ""
) -> bool:
    """Counts a line that had no answer.

    Args:
        session: The caller's writing transaction.
        text: As the engine got it, identifiers as tokens.
        outcome: What was said instead.
        nearest: Code of the nearest entry; empty if none.
        now: The present moment.
        guess: The likeliest intent but a refusal; empty if unknown.

    Returns:
        False if the line is not of a kind that is kept.
    """
    bare = kept(text)
    if not bare:
        return False
    digest = hashlib.sha256(normalise(bare).encode()).hexdigest()
    await repository.note(session, digest, bare, outcome, nearest, guess, in_baghdad(now).date())
    return True
