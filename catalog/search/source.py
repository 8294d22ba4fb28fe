"""The live reading of the database: a cheap stamp, a signature of each entry, the texts to index, the entries."""

import asyncio
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Select, Text, cast, func, select
from sqlalchemy.ext.asyncio import AsyncSession

from catalog.models import Faq, FaqPhrase, Service, ServicePhrase
from catalog.search.index import EntryText
from catalog.search.result import EntryKind

CODES_A_QUERY = 500
"""Codes in one IN list; databases limit the number of parameters."""

ROWS_AT_ONCE = 500
"""Rows worked on before others get their turn."""

Stamp = tuple[object, ...]
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


async def read_stamp(session: AsyncSession) -> Stamp:
    """A value that differs after any entry is added, or changed with its `updated_at`, or given a phrase.

    One query over indexed columns. What it misses (plain SQL that changes a text in place) the signatures find.
    """
    columns = [
        select(expression).scalar_subquery()
        for table in _TABLES
        for expression in (
            func.count(table.entry.code),
            func.max(table.entry.updated_at),
            func.max(table.phrase.id),
        )
    ]
    return tuple((await session.execute(select(*columns))).one())


async def read_signatures(session: AsyncSession) -> Signatures:
    """Of each active entry, by code, a value that differs when anything of it differs.

    A phrase replaced by plain SQL with another of the same length, its id left as it was, goes unseen.
    """
    found: Signatures = {}
    for table in _TABLES:
        phrases = (
            select(
                table.owner.label("code"),
                func.count().label("count"),
                func.max(table.phrase.id).label("newest"),
                func.sum(func.length(table.phrase.text)).label("length"),
            )
            .group_by(table.owner)
            .subquery()
        )
        query = (
            select(
                table.entry.code,
                # As text: what it is made of is nothing to a comparison.
                *[cast(column, Text).label(f"{column.key}_text") for column in table.entry.__table__.columns],
                phrases.c.count,
                phrases.c.newest,
                phrases.c.length,
            )
            .outerjoin(phrases, phrases.c.code == table.entry.code)
            .where(table.entry.active)
        )
        for number, (code, *rest) in enumerate(await session.execute(query)):
            found[code] = hash(tuple(rest))
            if number % ROWS_AT_ONCE == 0:
                await asyncio.sleep(0)
    return found


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
