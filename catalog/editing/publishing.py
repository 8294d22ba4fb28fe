"""Writing an approved entry where the assistant reads it: the catalogue's own tables, which the live search follows."""

from datetime import date, datetime

from sqlalchemy.ext.asyncio import AsyncSession

from catalog import repository as catalog
from catalog.editing import repository
from catalog.editing.checking import content_of
from catalog.editing.fields import body_of
from catalog.editing.models import Body, How, Kind, Version
from catalog.loader import assign, phrase_changes, values_of
from catalog.models import Faq, FaqPhrase, Origin, Service, ServicePhrase


async def published(session: AsyncSession, kind: Kind, code: str) -> Body | None:
    """The entry as it is published now."""
    row = await repository.entry(session, kind, code)
    return None if row is None else body_of(row, await repository.verified_until(session, code))


async def publish(
    session: AsyncSession,
    kind: Kind,
    body: Body,
    now: datetime,
    today: date,
    *,
    how: How = How.PUBLISHED,
    written_by: str = "",
    approved_by: str = "",
    note: str = "",
) -> Version:
    """Publishes an entry and keeps it as a version; what was published before the first change becomes version 1.

    From now on the entry is the editors': the content files change it no more.

    Raises:
        pydantic.ValidationError: The entry is not in order.
    """
    code = str(body["code"])
    content = content_of(kind, body, today)
    row = await repository.entry(session, kind, code, lock=True)
    number = await repository.newest_number(session, code)
    if row is not None and number == 0:
        number = 1
        before = body_of(row, await repository.verified_until(session, code))
        session.add(Version(code=code, kind=kind, number=1, body=before, how=How.BEFORE, at=row.updated_at))
    if row is None:
        owned = {"code": code, "phrases": [], "created_at": now}
        row = Service(**owned) if kind == "service" else Faq(**owned)
        session.add(row)
    assign(row, {**values_of(content), "active": bool(body.get("active", True))})
    row.origin, row.updated_at = Origin.EDITOR.value, now
    add, remove = phrase_changes(row, content)
    await session.flush()
    await catalog.replace_phrases(session, ServicePhrase if kind == "service" else FaqPhrase, remove=remove, add=add)
    session.expire(row)
    until = str(body.get("verified_until") or "")
    await repository.put_freshness(session, code, date.fromisoformat(until) if until else None)
    version = Version(
        code=code,
        kind=kind,
        number=number + 1,
        body=body,
        how=how,
        at=now,
        written_by=written_by,
        approved_by=approved_by,
        note=note,
    )
    session.add(version)
    await session.flush()
    return version
