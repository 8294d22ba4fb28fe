"""SQL of the morning letters."""

from collections.abc import Sequence
from datetime import date, datetime

from sqlalchemy import delete, exists, select
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.ext.asyncio import AsyncSession

from console.reminders.models import Digest
from operations.accounts.models import Account


async def due(session: AsyncSession, day: date) -> Sequence[tuple[str, str]]:
    """Id and e-mail address of those who can enter, gave an address, and whose letter is not dealt with."""
    done = exists().where(Digest.account_id == Account.id, Digest.day == day)
    rows = await session.execute(
        select(Account.id, Account.email)
        .where(Account.disabled_at.is_(None), Account.email.is_not(None), Account.email != "", ~done)
        .order_by(Account.name)
    )
    return [(account_id, address) for account_id, address in rows if address]


async def take(session: AsyncSession, account_id: str, day: date, now: datetime) -> bool:
    """Notes that the letter is being dealt with; False if it was before."""
    insert = sqlite.insert if session.get_bind().dialect.name == "sqlite" else postgresql.insert
    taken = await session.scalar(
        insert(Digest)
        .values(account_id=account_id, day=day, at=now)
        .on_conflict_do_nothing(index_elements=["day", "account_id"])
        .returning(Digest.account_id)
    )
    return taken is not None


async def forget(session: AsyncSession, before: date) -> None:
    """Notes of earlier days are of no use."""
    await session.execute(delete(Digest).where(Digest.day < before))
