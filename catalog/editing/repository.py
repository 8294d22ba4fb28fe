"""SQL of editing."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import and_, case, delete, exists, func, literal, or_, select, update
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import selectinload

from catalog.editing.models import Autosave, Draft, Freshness, ImportRun, Kind, State, Version
from catalog.models import Category, Confidence, Faq, FaqPhrase, Service, ServicePhrase

Entry = Service | Faq
CODES_A_QUERY = 500
"""Databases limit the number of parameters."""


@dataclass(frozen=True, slots=True)
class Listed:
    """A line of the list of entries; `state` is that of its draft, empty if there is none."""

    code: str
    kind: Kind
    title: str
    category: str
    active: bool
    verified_on: date | None
    verified_until: date | None
    state: str
    changed_by: str


async def entry(session: AsyncSession, kind: Kind, code: str, *, lock: bool = False) -> Entry | None:
    """A published entry with its phrases, inactive ones too; with `lock` nobody else publishes it meanwhile."""
    found: Entry | None
    if kind == "service":
        wanted = select(Service).options(selectinload(Service.phrases)).where(Service.code == code)
        found = await session.scalar(wanted.with_for_update() if lock else wanted)
    else:
        asked = select(Faq).options(selectinload(Faq.phrases)).where(Faq.code == code)
        found = await session.scalar(asked.with_for_update() if lock else asked)
    return found


async def listed(
    session: AsyncSession, *, words: Sequence[str], kind: str, category: str, state: str, limit: int, offset: int
) -> list[Listed]:
    """Entries and new drafts that hold all `words` in their code, title or phrases; by code."""
    found: list[Listed] = []
    for one, table, phrase, owner, title in (
        ("service", Service, ServicePhrase, ServicePhrase.service_code, Service.name),
        ("faq", Faq, FaqPhrase, FaqPhrase.faq_code, Faq.title),
    ):
        if kind not in ("", one) or (one == "faq" and category):
            continue
        group = Service.category_code if one == "service" else literal("")
        wanted = (
            select(
                table.code,
                title,
                group,
                table.active,
                table.verified_on,
                Freshness.verified_until,
                Draft.state,
                Draft.changed_by,
            )
            .outerjoin(Freshness, Freshness.code == table.code)
            .outerjoin(Draft, Draft.code == table.code)
            .order_by(table.code)
            .limit(offset + limit)
        )
        for word in words:
            wanted = wanted.where(
                or_(
                    table.code.contains(word, autoescape=True),
                    title.contains(word, autoescape=True),
                    exists().where(owner == table.code, phrase.text.contains(word, autoescape=True)),
                )
            )
        if category:
            wanted = wanted.where(Service.category_code == category)
        if state:
            wanted = wanted.where(Draft.state == state)
        for row in await session.execute(wanted):
            code, name, of_category, active, on, until, draft, by = row
            found.append(Listed(code, one, name, of_category, active, on, until, draft or "", by or ""))  # type: ignore[arg-type]
    return found[offset : offset + limit]


async def new_drafts(session: AsyncSession, limit: int) -> Sequence[Draft]:
    """Drafts of entries that are not published yet."""
    wanted = (
        select(Draft)
        .where(~exists().where(Service.code == Draft.code), ~exists().where(Faq.code == Draft.code))
        .order_by(Draft.changed_at.desc())
        .limit(limit)
    )
    return (await session.scalars(wanted)).all()


async def category_names(session: AsyncSession) -> dict[str, str]:
    """Short names of the active categories, by code, in their order."""
    wanted = select(Category).where(Category.active).order_by(Category.position, Category.code)
    return {row.code: row.short_name or row.name for row in await session.scalars(wanted)}


async def is_published(session: AsyncSession, code: str) -> bool:
    """Whether there is an entry of this code, active or not."""
    return bool(
        await session.scalar(select(or_(exists().where(Service.code == code), exists().where(Faq.code == code))))
    )


async def draft(session: AsyncSession, code: str, *, lock: bool = False) -> Draft | None:
    """The draft of an entry; with `lock` nobody else changes it in this transaction."""
    wanted = select(Draft).where(Draft.code == code)
    return await session.scalar(wanted.with_for_update() if lock else wanted)


async def drafts(session: AsyncSession, *states: State, limit: int = 500) -> Sequence[Draft]:
    """Drafts in these states, oldest change first."""
    wanted = select(Draft).where(Draft.state.in_(states)).order_by(Draft.changed_at, Draft.code).limit(limit)
    return (await session.scalars(wanted)).all()


async def of_batch(session: AsyncSession, batch: str) -> Sequence[Draft]:
    """The submitted drafts of one import."""
    wanted = select(Draft).where(Draft.batch == batch, Draft.state == State.SUBMITTED).order_by(Draft.code)
    return (await session.scalars(wanted.with_for_update())).all()


async def drafted(session: AsyncSession, codes: Sequence[str]) -> set[str]:
    """Those of the codes that have a draft."""
    found: set[str] = set()
    for part in _parts(codes):
        found.update(await session.scalars(select(Draft.code).where(Draft.code.in_(part))))
    return found


async def newest_numbers(session: AsyncSession, codes: Sequence[str]) -> dict[str, int]:
    """The numbers of the last versions, of those that have one."""
    found: dict[str, int] = {}
    for part in _parts(codes):
        wanted = select(Version.code, func.max(Version.number)).where(Version.code.in_(part)).group_by(Version.code)
        found.update({row[0]: row[1] for row in await session.execute(wanted)})
    return found


async def some_entries(session: AsyncSession, codes: Sequence[str]) -> list[Entry]:
    """The entries among the codes, with their phrases."""
    found: list[Entry] = []
    for part in _parts(codes):
        found += await session.scalars(
            select(Service).options(selectinload(Service.phrases)).where(Service.code.in_(part))
        )
        found += await session.scalars(select(Faq).options(selectinload(Faq.phrases)).where(Faq.code.in_(part)))
    return found


def _parts(codes: Sequence[str]) -> list[Sequence[str]]:
    return [codes[start : start + CODES_A_QUERY] for start in range(0, len(codes), CODES_A_QUERY)]


async def due(session: AsyncSession, now: datetime, limit: int, *, lock: bool) -> Sequence[Draft]:
    """Approved drafts whose time has come."""
    wanted = (
        select(Draft)
        .where(Draft.state == State.APPROVED, Draft.publish_at <= now)
        .order_by(Draft.publish_at)
        .limit(limit)
    )
    return (await session.scalars(wanted.with_for_update() if lock else wanted)).all()


async def count(session: AsyncSession, state: State) -> int:
    """How many drafts are in a state."""
    return await session.scalar(select(func.count()).select_from(Draft).where(Draft.state == state)) or 0


async def remove_draft(session: AsyncSession, code: str) -> None:
    """Drops the draft; what colleagues are typing stays theirs."""
    await session.execute(delete(Draft).where(Draft.code == code))


async def autosave(session: AsyncSession, code: str, account_id: str) -> Autosave | None:
    """What this person was typing."""
    return await session.get(Autosave, (code, account_id))


async def put_autosave(session: AsyncSession, kept: Autosave) -> None:
    """Keeps what somebody is typing."""
    await session.merge(kept)


async def drop_autosave(session: AsyncSession, code: str, account_id: str) -> None:
    """Forgets what this person was typing."""
    await session.execute(delete(Autosave).where(Autosave.code == code, Autosave.account_id == account_id))


async def purge_autosaves(session: AsyncSession, before: datetime) -> None:
    """Forgets what nobody came back to."""
    await session.execute(delete(Autosave).where(Autosave.at < before))


async def newest_number(session: AsyncSession, code: str) -> int:
    """The number of the last version; 0 if there is none."""
    return await session.scalar(select(func.max(Version.number)).where(Version.code == code)) or 0


async def versions(session: AsyncSession, code: str, limit: int) -> Sequence[Version]:
    """Versions, newest first."""
    wanted = select(Version).where(Version.code == code).order_by(Version.number.desc()).limit(limit)
    return (await session.scalars(wanted)).all()


async def version(session: AsyncSession, code: str, number: int) -> Version | None:
    """One version."""
    return await session.scalar(select(Version).where(Version.code == code, Version.number == number))


async def verified_until(session: AsyncSession, code: str) -> date | None:
    """Until when somebody said that the entry holds."""
    return await session.scalar(select(Freshness.verified_until).where(Freshness.code == code))


async def all_verified_until(session: AsyncSession) -> dict[str, date | None]:
    """The same of all entries for which it was said."""
    rows = await session.execute(select(Freshness.code, Freshness.verified_until))
    return {row.code: row.verified_until for row in rows}


async def stale(
    session: AsyncSession, before: date, verified_before: date, *, limit: int, untold: bool = False
) -> list[tuple[str, Kind, str, date | None, date | None]]:
    """Active entries that somebody said hold until a day before `before`, or of which nobody said anything and that
    were verified before `verified_before` or never: code, kind, title, last verification, the day that was said.

    With `untold` only those that were not announced. Those never verified come first, then the oldest.
    """
    found: list[tuple[str, Kind, str, date | None, date | None]] = []
    tables: tuple[tuple[Kind, Any, Any], ...] = (("service", Service, Service.name), ("faq", Faq, Faq.title))
    for kind, table, title in tables:
        said = Freshness.verified_until
        over = or_(
            said < before,
            and_(said.is_(None), or_(table.verified_on.is_(None), table.verified_on < verified_before)),
        )
        wanted = (
            select(table.code, title, table.verified_on, said)
            .outerjoin(Freshness, Freshness.code == table.code)
            .where(table.active, over)
            .order_by(func.coalesce(said, table.verified_on).is_not(None), func.coalesce(said, table.verified_on))
            .limit(limit)
        )
        if untold:
            wanted = wanted.where(Freshness.reminded_on.is_(None))
        found += [(code, kind, name, on, until) for code, name, on, until in await session.execute(wanted)]
    return found[:limit] if len(found) <= limit else sorted(found, key=lambda row: row[4] or row[3] or date.min)[:limit]


async def unconfirmed(session: AsyncSession, *, limit: int) -> list[tuple[str, str, str, date | None]]:
    """Active entries whose confidence is not «sourced»: code, title, confidence, last verification."""
    found: list[tuple[str, str, str, date | None]] = []
    tables: tuple[tuple[Any, Any], ...] = ((Service, Service.name), (Faq, Faq.title))
    for table, title in tables:
        wanted = (
            select(table.code, title, table.confidence, table.verified_on)
            .where(table.active, table.confidence != Confidence.SOURCED.value)
            .order_by(table.code)
            .limit(limit)
        )
        found += [(code, name, how, on) for code, name, how, on in await session.execute(wanted)]
    return found


async def count_unconfirmed(session: AsyncSession) -> tuple[int, int]:
    """How many active entries there are whose confidence is not «sourced», and how many in all."""
    open_to_doubt = total = 0
    for table in (Service, Faq):
        doubted = func.sum(case((table.confidence != Confidence.SOURCED.value, 1), else_=0))
        some, every = (await session.execute(select(doubted, func.count()).where(table.active))).one()
        open_to_doubt, total = open_to_doubt + int(some or 0), total + every
    return open_to_doubt, total


async def put_freshness(session: AsyncSession, code: str, until: date | None) -> None:
    """Says until when an entry holds; a reminder may be given anew."""
    await session.merge(Freshness(code=code, verified_until=until, reminded_on=None))


async def note_reminder(session: AsyncSession, code: str, today: date) -> None:
    """The staleness of an entry was announced."""
    changed = await session.execute(
        update(Freshness).where(Freshness.code == code).values(reminded_on=today).returning(Freshness.code)
    )
    if changed.first() is None:
        session.add(Freshness(code=code, verified_until=None, reminded_on=today))
        await session.flush()


async def import_run(session: AsyncSession, run_id: str) -> ImportRun | None:
    """A file that was compared."""
    return await session.scalar(select(ImportRun).where(ImportRun.id == run_id).with_for_update())


async def purge_imports(session: AsyncSession, before: datetime) -> None:
    """Forgets compared files."""
    await session.execute(delete(ImportRun).where(ImportRun.at < before))
