"""The live reading of the database: its revision, a signature of each entry, the texts to index, the entries."""

import asyncio
from collections.abc import AsyncIterator, Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Select, Text, cast, func, select
from sqlalchemy.ext.asyncio import AsyncSession

from catalog.models import Faq, FaqPhrase, Revision, Service, ServicePhrase
from catalog.search.index import EntryText
from catalog.search.result import EntryKind

CODES_A_QUERY = 500
"""Codes in one IN list; databases limit the number of parameters."""

ROWS_AT_ONCE = 500
"""Rows worked on before others get their turn."""

Signatures = dict[str, int]
Entry = Service | Faq


@dataclass(frozen=True, slots=True)
class _Table:
    """Where entries of one kind and their phrases are kept."""

    kind: EntryKind
    entry: type[Service] | type[Faq]
    phrase: type[ServicePhrase] | type[FaqPhrase]
    owner: Any
    texts: tuple[Any, ...]


_TABLES = (
    _Table(
        "service",
        Service,
        ServicePhrase,
        ServicePhrase.service_code,
        (Service.name, Service.description, Service.agency, Service.audience),
    ),
    _Table("faq", Faq, FaqPhrase, FaqPhrase.faq_code, (Faq.title,)),
)


async def read_revision(session: AsyncSession) -> int:
    """A number that differs after any change of an entry or a phrase, plain SQL included."""
    return int(await session.scalar(select(func.coalesce(func.sum(Revision.number), 0))) or 0)


async def read_signatures(session: AsyncSession) -> Signatures:
    """Of each active entry, by code, a value that differs when anything of it differs."""
    found: Signatures = {}
    for table in _TABLES:
        # As text: what it is made of is nothing to a comparison.
        columns = [cast(column, Text).label(f"{column.key}_text") for column in table.entry.__table__.columns]
        entries = select(table.entry.code, *columns).where(table.entry.active)
        async for code, *rest in _slowly(await session.execute(entries)):
            found[code] = hash(tuple(rest))
        phrases = select(table.owner, table.phrase.text).order_by(table.phrase.id)
        async for code, phrase in _slowly(await session.execute(phrases)):
            if code in found:
                found[code] = hash((found[code], phrase))
    return found


async def _slowly(rows: Iterable[Sequence[Any]]) -> AsyncIterator[Sequence[Any]]:
    for number, row in enumerate(rows):
        if number % ROWS_AT_ONCE == 0:
            await asyncio.sleep(0)
        yield row


async def read_entries(session: AsyncSession, codes: Iterable[str]) -> dict[str, Entry]:
    """The active entries among `codes`, by code; they stay readable when the session is closed."""
    wanted = sorted(codes)
    found: dict[str, Entry] = {}
    for start in range(0, len(wanted), CODES_A_QUERY):
        part = wanted[start : start + CODES_A_QUERY]
        for table in _TABLES:
            query: Select[Any] = select(table.entry).where(table.entry.code.in_(part), table.entry.active)
            found.update({entry.code: entry for entry in await session.scalars(query)})
    return found


async def read_texts(session: AsyncSession, codes: Iterable[str] | None = None) -> list[EntryText]:
    """What is to be indexed of the active entries among `codes`, or of all when it is None, by code."""
    if codes is None:
        return await _texts(session, None)
    wanted = sorted(codes)
    parts = [wanted[start : start + CODES_A_QUERY] for start in range(0, len(wanted), CODES_A_QUERY)]
    return [entry for part in parts for entry in await _texts(session, part)]


async def _texts(session: AsyncSession, codes: Sequence[str] | None) -> list[EntryText]:
    found: list[EntryText] = []
    for table in _TABLES:
        entries: Select[Any] = select(table.entry.code, *table.texts).where(table.entry.active)
        phrases: Select[Any] = select(table.owner, table.phrase.text).order_by(table.phrase.id)
        if codes is not None:
            entries = entries.where(table.entry.code.in_(codes))
            phrases = phrases.where(table.owner.in_(codes))
        of_entry: dict[str, list[str]] = {}
        for owner, text in await session.execute(phrases):
            of_entry.setdefault(owner, []).append(text)
        found += [
            EntryText(code, table.kind, (*filter(None, texts), *of_entry.get(code, ())))
            for code, *texts in await session.execute(entries.order_by(table.entry.code))
        ]
    return found
