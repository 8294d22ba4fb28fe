"""SQL of the staff's search: by sample number, which is all that a result can be found by without its owner."""

from collections.abc import Sequence

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from casework.results import factors
from casework.results.models import Result, ResultImport
from foundation.datakeys import DataKeys

LABORATORIES_MAX = 20
"""So many laboratories may have given a sample the same number."""


async def by_sample(session: AsyncSession, sample: str, keys: DataKeys) -> Sequence[Result]:
    """The results of a canonical sample number, of all laboratories, newest first."""
    digests = [factors.sample_digest(key, sample) for key in keys.digest_keys]
    found = await session.scalars(
        select(Result)
        .where(Result.sample_digest.in_(digests))
        .order_by(Result.sampled_at.desc(), Result.id.desc())
        .limit(LABORATORIES_MAX)
    )
    return found.all()


async def imports(session: AsyncSession, limit: int) -> Sequence[ResultImport]:
    """The files that came in last."""
    return (await session.scalars(select(ResultImport).order_by(ResultImport.id.desc()).limit(limit))).all()
