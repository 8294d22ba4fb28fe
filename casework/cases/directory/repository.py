"""SQL of the register."""

from collections.abc import Sequence

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from casework.cases.models import Agent, Centre


async def agent(session: AsyncSession, agent_id: int) -> Agent | None:
    """An agent, struck off or not."""
    return await session.get(Agent, agent_id)


async def centre(session: AsyncSession, centre_id: int) -> Centre | None:
    """A supply centre, struck off or not."""
    return await session.get(Centre, centre_id)


async def agents_by_number(session: AsyncSession, numbers: Sequence[str]) -> dict[str, Agent]:
    """The agents of these numbers."""
    return {row.number: row for row in await session.scalars(select(Agent).where(Agent.number.in_(numbers)))}


async def centres_by_number(session: AsyncSession, numbers: Sequence[str]) -> dict[str, Centre]:
    """The centres of these numbers."""
    return {row.number: row for row in await session.scalars(select(Centre).where(Centre.number.in_(numbers)))}


async def agents_in(session: AsyncSession, governorate: str | None, district: str | None) -> Sequence[Agent]:
    """The active agents of a place; all if none is named."""
    statement = select(Agent).where(Agent.active)
    if governorate is not None:
        statement = statement.where(Agent.governorate == governorate)
    if district is not None:
        statement = statement.where(Agent.district == district)
    return (await session.scalars(statement.order_by(Agent.id))).all()


async def centres_in(session: AsyncSession, governorate: str | None) -> Sequence[Centre]:
    """The active centres of a governorate; all if none is named."""
    statement = select(Centre).where(Centre.active)
    if governorate is not None:
        statement = statement.where(Centre.governorate == governorate)
    return (await session.scalars(statement.order_by(Centre.id))).all()
