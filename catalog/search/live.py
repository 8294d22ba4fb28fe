"""The catalogue as one process knows it: what any process adds, changes or removes is found within two seconds."""

import asyncio
import contextlib
from collections.abc import Iterable, Sequence
from typing import Final

import structlog

from catalog.models import Faq, Service
from catalog.search.index import SearchIndex
from catalog.search.result import SearchResult
from catalog.search.source import (
    Entry,
    Signatures,
    read_entries,
    read_revision,
    read_signatures,
    read_texts,
)
from foundation import tracing
from foundation.database import SessionFactory

LOOK_EVERY_SECONDS: Final = 0.5

_log = structlog.get_logger(__name__)


class LiveIndex:
    """The search over the live database, and the entries that it finds.

    Every half second one cheap query asks whether anything changed; if so, the entries that differ are read and a new
    index takes the place of the old one, off the event loop. When anything fails, the old index stays in use. An
    answer so needs no query of its own, and what is found is always there.
    """

    def __init__(self, sessions: SessionFactory) -> None:
        """For the database of `sessions`; call `start` before `search`."""
        self._sessions = sessions
        self._index = SearchIndex.build(())
        self._entries: dict[str, Entry] = {}
        self._revision: int | None = None
        self._signatures: Signatures = {}
        self._refreshing = asyncio.Lock()
        self._tasks: list[asyncio.Task[None]] = []
        self._compacting: asyncio.Task[None] | None = None

    @property
    def index(self) -> SearchIndex:
        """The index in use now."""
        return self._index

    async def start(self) -> None:
        """Read the whole catalogue, then follow it until `stop`.

        Raises:
            sqlalchemy.exc.DBAPIError: The database cannot be read.
        """
        await self.refresh()
        self._tasks.append(asyncio.create_task(self._follow(), name="search-index"))

    async def stop(self) -> None:
        """End following; the index stays usable."""
        tasks = [*self._tasks, *([self._compacting] if self._compacting else [])]
        self._tasks.clear()
        for task in tasks:
            task.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await task

    async def search(self, text: str, limit: int = 5) -> SearchResult:
        """Find the entries that a sentence may mean; see `SearchIndex.search`."""
        with tracing.span("search"):
            return self._index.search(text, limit)

    def knows_any(self, words: Iterable[str]) -> bool:
        """Whether the catalogue has one of these words; see `SearchIndex.knows_any`."""
        return self._index.knows_any(words)

    def service(self, code: str) -> Service | None:
        """The active service `code`, or None."""
        entry = self._entries.get(code)
        return entry if isinstance(entry, Service) else None

    def faq(self, code: str) -> Faq | None:
        """The active general question `code`, or None."""
        entry = self._entries.get(code)
        return entry if isinstance(entry, Faq) else None

    def titles(self, codes: Sequence[str]) -> dict[str, str]:
        """Names of services and titles of FAQs, in the order of `codes`; those without an active entry are left out."""
        found = {code: self._entries[code] for code in codes if code in self._entries}
        return {code: entry.name if isinstance(entry, Service) else entry.title for code, entry in found.items()}

    async def refresh(self) -> bool:
        """Look for changes now and take them in.

        Returns:
            Whether anything changed.
        """
        async with self._refreshing, self._sessions() as session:
            revision = await read_revision(session)
            if revision == self._revision:
                return False
            signatures = await read_signatures(session)
            changed = {code for code, signature in signatures.items() if self._signatures.get(code) != signature}
            removed = self._signatures.keys() - signatures.keys()
            if changed or removed:
                everything = changed == signatures.keys()
                entries = await read_texts(session, None if everything else changed)
                texts = {entry.code: entry for entry in entries if entry.code in changed}
                kept = {code: entry for code, entry in self._entries.items() if code not in removed}
                shown = kept | await read_entries(session, changed)
                if everything:
                    self._index = await asyncio.to_thread(SearchIndex.build, texts.values())
                else:
                    self._index = await asyncio.to_thread(self._index.updated, texts, removed)
                self._entries = shown
                _log.info("search index follows", entries=len(self._index), changed=len(changed), removed=len(removed))
            # Only now: a failure above must be tried again, not taken as seen.
            self._revision, self._signatures = revision, signatures
            return bool(changed or removed)

    async def _follow(self) -> None:
        while True:
            await asyncio.sleep(LOOK_EVERY_SECONDS)
            try:
                await self.refresh()
                if self._index.is_fragmented and (self._compacting is None or self._compacting.done()):
                    self._compacting = asyncio.create_task(self._compact(), name="search-index-compact")
            except Exception:
                _log.exception("search index could not follow; the last one stays in use")

    async def _compact(self) -> None:
        """Index everything afresh beside the index in use, then take in what changed meanwhile."""
        try:
            fresh = await asyncio.to_thread(SearchIndex.build, self._index.entries.values())
            async with self._refreshing:
                then, now = fresh.entries, self._index.entries
                changed = {code: entry for code, entry in now.items() if then.get(code) != entry}
                self._index = await asyncio.to_thread(fresh.updated, changed, then.keys() - now.keys())
        except Exception:
            _log.exception("search index could not be compacted")
