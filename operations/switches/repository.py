"""SQL of the switches."""

from collections.abc import Sequence

from sqlalchemy import delete, select
from sqlalchemy.ext.asyncio import AsyncSession

from operations.switches.models import Capability, Switch


async def off(session: AsyncSession) -> Sequence[Switch]:
    """All that is switched off."""
    return (await session.scalars(select(Switch).order_by(Switch.capability))).all()


async def put(session: AsyncSession, switch: Switch) -> None:
    """Switches off, or changes what is said and why."""
    await session.merge(switch)
    await session.flush()


async def remove(session: AsyncSession, capability: Capability) -> bool:
    """Switches on; False if it was on."""
    removed = await session.scalar(delete(Switch).where(Switch.capability == capability).returning(Switch.capability))
    return removed is not None
