"""The search's reading of the database: a cheap stamp, a signature of each entry, and the texts to index."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Select, func, select
from sqlalchemy.ext.asyncio import AsyncSession

from catalog.models import Faq, FaqPhrase, Service, ServicePhrase
from catalog.search.index import EntryText
from catalog.search.result import EntryKind

CODES_A_QUERY = 500
"""Codes in one IN list; databases limit the number of parameters."""

Stamp = tuple[object, ...]
Signature = tuple[object, ...]
Signatures = dict[str, Signature]


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
    """Of each active entry, by code, a value that differs when anything that is indexed differs.

    A text replaced by plain SQL with another of the same length, its `updated_at` left as it was, goes unseen.
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
        query: Select[Any] = (
            select(
                table.entry.code,
                table.entry.updated_at,
                *[func.length(column) for column in table.texts],
                phrases.c.count,
                phrases.c.newest,
                phrases.c.length,
            )
            .outerjoin(phrases, phrases.c.code == table.entry.code)
            .where(table.entry.active)
        )
        for code, *rest in await session.execute(query):
            found[code] = tuple(rest)
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
