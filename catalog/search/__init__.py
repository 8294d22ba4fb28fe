"""From a sentence to the entry of the catalogue that it means."""

from catalog.search.evidence import Evidence
from catalog.search.index import EntryText, SearchIndex
from catalog.search.live import LiveIndex
from catalog.search.result import EntryKind, Hit, SearchResult, Verdict

__all__ = ["EntryKind", "EntryText", "Evidence", "Hit", "LiveIndex", "SearchIndex", "SearchResult", "Verdict"]
