"""SQL of the examples that editors added and removed."""

from collections.abc import Collection, Sequence

from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncSession

from catalog.training.models import Example


async def add(session: AsyncSession, example: Example) -> None:
    """Keeps a new one."""
    session.add(example)
    await session.flush()


async def one(session: AsyncSession, intent: str, digest: str) -> Example | None:
    """What editors did to this line of the intent; None if nothing."""
    wanted = select(Example).where(Example.intent == intent, Example.digest == digest).with_for_update()
    return await session.scalar(wanted)


async def with_digests(session: AsyncSession, digests: Collection[str]) -> Sequence[Example]:
    """What editors did to these lines, in any intent."""
    return (await session.scalars(select(Example).where(Example.digest.in_(digests)))).all()


async def of_intent(session: AsyncSession, intent: str) -> Sequence[Example]:
    """All that editors did to an intent, the newest first."""
    wanted = select(Example).where(Example.intent == intent).order_by(Example.changed_at.desc(), Example.id.desc())
    return (await session.scalars(wanted)).all()


async def in_force(session: AsyncSession) -> Sequence[Example]:
    """What a model is trained with beside the shipped lines, or without: added and there, shipped and removed."""
    wanted = select(Example).where(Example.active != Example.shipped).order_by(Example.intent, Example.id)
    return (await session.scalars(wanted)).all()


async def counts(session: AsyncSession) -> dict[str, tuple[int, int]]:
    """How many lines each intent has more, and how many fewer, than it was shipped with."""
    wanted = (
        select(Example.intent, Example.shipped, func.count())
        .where(Example.active != Example.shipped)
        .group_by(Example.intent, Example.shipped)
    )
    found: dict[str, tuple[int, int]] = {}
    for intent, shipped, number in await session.execute(wanted):
        added, removed = found.get(intent, (0, 0))
        found[intent] = (added, number) if shipped else (number, removed)
    return found


async def count_added(session: AsyncSession) -> int:
    """How many lines editors have added to all intents together."""
    return (
        await session.scalar(
            select(func.count()).select_from(Example).where(Example.active, Example.shipped.is_(False))
        )
        or 0
    )
