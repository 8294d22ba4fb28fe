"""Look-ups as citizens and as attackers make them, and how long each takes."""

import random
import statistics
import time
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final, Literal

from scipy import stats

from bench.results_data import personal
from casework.results import factors, sample_number, service
from casework.results.factors import Factor, Kind
from casework.results.service import Found, Locked, Shown
from citizens.models import Channel, Conversation
from foundation.database import SessionFactory, transaction
from foundation.datakeys import DataKeys
from foundation.settings import Settings

Case = Literal["right", "wrong", "missing"]
APART: Final = 0.01
"""A t-test with a smaller probability tells two kinds of answers apart."""
WARM_UP: Final = 100


@dataclass(frozen=True, slots=True)
class Asker:
    """Asks a database in which the first `real` results can be found."""

    sessions: SessionFactory
    keys: DataKeys
    settings: Settings
    real: int

    async def conversations(self, names: Sequence[str], now: datetime) -> None:
        """Adds conversations."""
        async with transaction(self.sessions) as session:
            session.add_all(
                Conversation(id=name, channel=Channel.WEB, engine_sender=f"e-{name}", created_at=now) for name in names
            )

    async def ask(self, name: str, sample: str, factor: Factor, now: datetime) -> Found:
        """One look-up, committed."""
        number = sample_number.canonical(sample) or ""
        async with transaction(self.sessions) as session:
            return await service.look_up(session, name, number, factor, now, keys=self.keys, settings=self.settings)

    async def timed(self, case: Case, number: int, now: datetime) -> float:
        """Milliseconds of a look-up from a conversation of its own."""
        one = personal(number)
        value = one.national_id if case == "right" else f"{one.national_id[:4]}{99_999_999 - number:08}"
        sample = one.sample if case != "missing" else f"XXX-2026-{number:07}"
        factor = Factor(((Kind.NATIONAL_ID, value),))
        started = time.perf_counter()
        found = await self.ask(f"c{number}", sample, factor, now)
        spent = (time.perf_counter() - started) * 1000
        assert isinstance(found, Shown) is (case == "right")  # noqa: S101  # a measurement of something else
        return spent


async def times(asker: Asker, each: int, now: datetime, first: int = 0) -> dict[Case, list[float]]:
    """`each` look-ups of each kind, mixed by chance, from result `first` on; milliseconds."""
    cases: list[Case] = ["right", "wrong", "missing"] * each
    random.Random(5).shuffle(cases)
    names = range(first, first + len(cases) + WARM_UP)
    await asker.conversations([f"c{number}" for number in names], now)
    spent: dict[Case, list[float]] = {"right": [], "wrong": [], "missing": []}
    for number in range(first, first + WARM_UP):
        await asker.timed("right", number, now)
    for number, case in enumerate(cases, first + WARM_UP):
        spent[case].append(await asker.timed(case, number, now))
    return spent


def told_apart(wrong: Sequence[float], missing: Sequence[float]) -> float:
    """The probability (Welch's t-test, two-sided) of so great a difference if both take the same.

    The slowest twentieth of each is left out: on a busy machine those are pauses of something else.
    """
    return float(stats.ttest_ind(_trimmed(wrong), _trimmed(missing), equal_var=False).pvalue)


def summary(spent: Sequence[float]) -> dict[str, float]:
    """Median and 95th percentile, ms."""
    cuts = statistics.quantiles(spent, n=100)
    return {"p50_ms": round(cuts[49], 2), "p95_ms": round(cuts[94], 2), "n": len(spent)}


async def enumerate_results(
    asker: Asker, citizens: int, attempts: int, apart: timedelta, now: datetime
) -> dict[str, Any]:
    """Attackers who know the sample numbers guess at the weakest factor; nobody must see anything.

    Args:
        asker: Whom they ask.
        citizens: How many attackers.
        attempts: How many each, by turns.
        apart: The time between one's attempts.
        now: When they begin.
    """
    rng = random.Random(11)
    names = [f"a{number}" for number in range(citizens)]
    await asker.conversations(names, now)
    seen: Counter[str] = Counter()
    for turn in range(attempts):
        for place, name in enumerate(names):
            one = personal(rng.randrange(asker.real))
            guess = factors.birth(rng.randrange(1945, 2016), f"{rng.randrange(10**4):04}")
            at = now + turn * apart + place * apart / citizens
            found = await asker.ask(name, one.sample, Factor(((Kind.BIRTH, guess),)), at)
            seen["disclosed" if isinstance(found, Shown) else "locked" if isinstance(found, Locked) else "looked"] += 1
    return {"attempts": citizens * attempts, "disclosed": 0, "locked": 0, "looked": 0, **seen}


def _trimmed(values: Sequence[float]) -> list[float]:
    return sorted(values)[: len(values) * 19 // 20]
