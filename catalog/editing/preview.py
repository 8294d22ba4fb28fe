"""The search as it would be with a draft in place, in memory only."""

import asyncio
from dataclasses import dataclass
from datetime import date
from typing import Final

from arabic import normalise
from catalog.editing.models import Body, Kind
from catalog.models import Faq, Service
from catalog.search import EntryText, LiveIndex, SearchIndex, SearchResult, Verdict
from catalog.words import bare, is_empty
from foundation.database import SessionFactory

LINES_TRIED: Final = 150
"""Lines of other entries, the likest to the draft's new ones, that are searched for with the draft in place."""
SHOWN: Final = 30
_NOT_SHOWN: Final = frozenset({"category", "active", "verified_until", "aliases", "questions", "situations"})


@dataclass(frozen=True, slots=True)
class Theft:
    """A line of another entry that the draft draws to itself; `whole` if it comes first, else the other is in doubt."""

    code: str
    title: str
    line: str
    whole: bool


def text_of(kind: Kind, body: Body) -> EntryText:
    """What is indexed of a draft: the same as of an entry (`catalog.search.source`)."""
    heads = ("name", "description", "agency", "audience") if kind == "service" else ("title",)
    lines = [str(body.get(name) or "") for name in heads]
    for name in ("aliases", "questions", "situations"):
        lines += [str(each) for each in body.get(name) or ()]
    return EntryText(str(body["code"]), kind, tuple(filter(None, lines)))


class Previews:
    """Answers as if a draft were published. The index is read when first asked for, and followed while asked."""

    def __init__(self, sessions: SessionFactory) -> None:
        self._live = LiveIndex(sessions)

    async def search(self, kind: Kind, body: Body, line: str) -> SearchResult:
        """What the search finds for a line with the draft in place."""
        index = await self._now()
        return await asyncio.to_thread(lambda: _with(index, kind, body).search(line))

    async def nearest(self, line: str, limit: int = 3) -> dict[str, str]:
        """Codes and titles of the published entries nearest to a line."""
        index = await self._now()
        hits = await asyncio.to_thread(index.nearest, line, limit)
        return self._live.titles([hit.code for hit in hits])

    def titles(self, codes: list[str]) -> dict[str, str]:
        """Names of published entries."""
        return self._live.titles(codes)

    async def thefts(self, kind: Kind, body: Body) -> list[Theft]:
        """Lines of other entries whose answer the draft would take or put in doubt; the likest ones are tried."""
        index = await self._now()
        found = await asyncio.to_thread(_thefts, index, kind, body)
        titles = self._live.titles(list({code for code, _, _ in found}))
        return [Theft(code, titles.get(code, code), line, whole) for code, line, whole in found]

    async def _now(self) -> SearchIndex:
        await self._live.refresh()
        return self._live.index


def _with(index: SearchIndex, kind: Kind, body: Body) -> SearchIndex:
    code = str(body["code"]) or "new"
    text = text_of(kind, {**body, "code": code})
    return index.updated({code: text}, ()) if body.get("active", True) else index.updated({}, [code])


def _thefts(index: SearchIndex, kind: Kind, body: Body) -> list[tuple[str, str, bool]]:
    entries = index.entries
    draft = text_of(kind, body)
    before = set(entries[draft.code].texts) if draft.code in entries else set()
    added = [line for line in draft.texts if line not in before]
    if not added or not body.get("active", True):
        return []
    after = _with(index, kind, body)
    found = []
    for code, line in _likest(added, entries, draft.code):
        now = after.search(line)
        if draft.code not in [hit.code for hit in now.hits[:2]] or (
            _first(now) == code and now.verdict is Verdict.SURE
        ):
            continue
        then = index.search(line)
        if _first(then) != code or then.verdict is Verdict.NOTHING:
            continue
        if _first(now) == draft.code or then.verdict is Verdict.SURE:
            found.append((code, line, _first(now) == draft.code))
    found.sort(key=lambda each: not each[2])
    return found[:SHOWN]


def _first(found: SearchResult) -> str:
    return found.hits[0].code if found.hits else ""


def _likest(added: list[str], entries: dict[str, EntryText], own: str) -> list[tuple[str, str]]:
    """Other entries' lines that share telling words with the added ones, those that share most first."""
    wanted = [words for words in map(_telling, added) if words]
    scored = []
    for code, entry in entries.items():
        if code == own:
            continue
        for line in entry.texts:
            words = _telling(line)
            share = max((len(words & each) / len(words | each) for each in wanted), default=0.0) if words else 0.0
            if share:
                scored.append((share, code, line))
    scored.sort(key=lambda each: -each[0])
    return [(code, line) for _, code, line in scored[:LINES_TRIED]]


def _telling(line: str) -> frozenset[str]:
    """Beginnings of the words that name something, so that «جوازات» is like «جواز»."""
    return frozenset(bare(word)[:4] for word in normalise(line).split() if not is_empty(word))


def entry_of(kind: Kind, body: Body) -> Service | Faq:
    """The draft as an entry that is in no session, for the templates of answers."""
    values = {name: value for name, value in body.items() if name not in _NOT_SHOWN}
    try:
        values["verified_on"] = date.fromisoformat(values.get("verified_on") or "")
    except ValueError:
        values["verified_on"] = None
    return Faq(**values) if kind == "faq" else Service(**values)
