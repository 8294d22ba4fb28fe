"""SQL of the models and of the process that trains them."""

from collections.abc import Collection, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import delete, func, select, update
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.ext.asyncio import AsyncSession

from catalog.training.models import RUNNING, Comparison, Model, State, Worker

WORKER = "trainer"


async def add(session: AsyncSession, model: Model) -> Model:
    """Keeps a new one; it has its number then."""
    session.add(model)
    await session.flush()
    return model


async def one(session: AsyncSession, number: int, *, lock: bool = False) -> Model | None:
    """A model."""
    wanted = select(Model).where(Model.number == number)
    return await session.scalar(wanted.with_for_update() if lock else wanted)


async def listed(session: AsyncSession, limit: int) -> Sequence[Model]:
    """The newest first."""
    return (await session.scalars(select(Model).order_by(Model.number.desc()).limit(limit))).all()


async def in_state(session: AsyncSession, states: Collection[State]) -> Sequence[Model]:
    """Those in one of these states, the oldest first."""
    return (await session.scalars(select(Model).where(Model.state.in_(states)).order_by(Model.number))).all()


async def count_in(session: AsyncSession, states: Collection[State]) -> int:
    """How many are in one of these states."""
    return await session.scalar(select(func.count()).select_from(Model).where(Model.state.in_(states))) or 0


async def with_digest(session: AsyncSession, digest: str) -> Model | None:
    """The newest model whose archive this is."""
    return await session.scalar(select(Model).where(Model.digest == digest).order_by(Model.number.desc()).limit(1))


async def kept_formers(session: AsyncSession) -> Sequence[Model]:
    """Models that were live and can be again, the last one first."""
    wanted = select(Model).where(Model.state == State.FORMER, Model.kept)
    return (await session.scalars(wanted.order_by(Model.decided_at.desc(), Model.number.desc()))).all()


async def kept_numbers(session: AsyncSession) -> set[int]:
    """Numbers of the models that need their folder."""
    needed = (*RUNNING, State.READY, State.PROMOTING, State.LIVE)
    wanted = select(Model.number).where(Model.state.in_(needed) | (Model.state.in_([State.FORMER]) & Model.kept))
    return set(await session.scalars(wanted))


async def advance(session: AsyncSession, number: int, worker: str, **values: Any) -> bool:
    """Changes a model that this worker is at; False if it was cancelled, or taken over by another."""
    wanted = update(Model).where(Model.number == number, Model.worker == worker, Model.state.in_(RUNNING))
    changed = await session.execute(wanted.values(**values).returning(Model.number))
    return changed.first() is not None


async def retire_live(session: AsyncSession, but: int, now: datetime) -> None:
    """Whatever was live is a former model; what nobody had decided about is dated `now`."""
    await session.execute(
        update(Model)
        .where(Model.state == State.LIVE, Model.number != but)
        .values(state=State.FORMER, decided_at=func.coalesce(Model.decided_at, now))
    )


async def forget_archives(session: AsyncSession, numbers: Collection[int]) -> None:
    """Their archives are gone."""
    await session.execute(update(Model).where(Model.number.in_(numbers)).values(kept=False))


async def comparison(session: AsyncSession, number: int) -> Comparison | None:
    """The lines on which a model and the one in place differ, or err."""
    return await session.get(Comparison, number)


async def put_comparison(session: AsyncSession, number: int, lines: list[dict[str, Any]]) -> None:
    """Keeps them."""
    await session.execute(delete(Comparison).where(Comparison.number == number))
    session.add(Comparison(number=number, lines=lines))
    await session.flush()


async def worker(session: AsyncSession) -> Worker | None:
    """The process that trains."""
    return await session.get(Worker, WORKER)


async def seen(session: AsyncSession, now: datetime, live_digest: str) -> None:
    """It is there."""
    insert = sqlite.insert if session.get_bind().dialect.name == "sqlite" else postgresql.insert
    values = {"seen_at": now, "live_digest": live_digest}
    await session.execute(
        insert(Worker).values(name=WORKER, **values).on_conflict_do_update(index_elements=[Worker.name], set_=values)
    )
