"""Any combination of filters finds what reading all the cases would find, on both databases."""

import random
from collections.abc import Sequence
from datetime import timedelta
from typing import Any

from sqlalchemy import insert, select

from casework.cases.browse import repository as browse
from casework.cases.browse.filters import Filter
from casework.cases.life import OPEN
from casework.cases.models import Case, Kind, State
from foundation.database import transaction
from tests.casework.cases.conftest import NOW, Bureau

CASES = 300
TRIES = 250
STATES = (State.RECEIVED, State.ASSIGNED, State.UPHELD, State.CLOSED)
PLACES = (("basra", "basra-faw"), ("basra", "basra-zubair"), ("baghdad", None), ("wasit", None), (None, None))
KINDS = (Kind.DELAY, Kind.SUGGESTION, Kind.QUALITY)
PEOPLE = (None, "sara", "ali")


def _row(rng: random.Random, number: int) -> dict[str, Any]:
    state = rng.choice(STATES)
    governorate, district = rng.choice(PLACES)
    created = NOW - timedelta(hours=rng.randrange(200))  # several at the same moment
    due = created + timedelta(hours=rng.randrange(400)) if state in OPEN else None
    return {
        "number": f"{number:010}", "kind": rng.choice(KINDS), "governorate": governorate, "district": district,
        "agent_id": rng.choice((None, 1, 2)), "source": "chat", "content_digest": "x", "state": state,
        "anonymous": True,
        "assignee": rng.choice(PEOPLE), "created_at": created, "changed_at": created, "due_at": due, "escalations": 0,
        "reopened": 0, "supporters": 0, "version": 1,
    }  # fmt: skip


def _wanted(rng: random.Random) -> Filter:
    governorate, district = rng.choice(((None, None), *PLACES))
    return Filter(
        states=rng.choice(((), (), OPEN, *((one,) for one in STATES), (State.UPHELD, State.CLOSED))),
        kind=rng.choice((None, *KINDS)),
        governorate=governorate,
        district=district,
        agent_id=rng.choice((None, None, 1, 3)),
        assignee=rng.choice((None, None, "sara", "nobody")),
        overdue_at=rng.choice((None, None, NOW)),
        governorates=rng.choice((None, None, (), ("baghdad",), ("baghdad", "basra", "wasit"))),
        since=rng.choice((None, None, NOW - timedelta(hours=100))),
    )


def _fits(case: Case, wanted: Filter) -> bool:
    equal = ("kind", "governorate", "district", "agent_id", "assignee")
    return (
        all(getattr(wanted, name) in (None, getattr(case, name)) for name in equal)
        and (not wanted.states or case.state in wanted.states)
        and (wanted.governorates is None or case.governorate in wanted.governorates)
        and (wanted.since is None or case.created_at >= wanted.since)
        and (wanted.overdue_at is None or (case.due_at is not None and case.due_at < wanted.overdue_at))
    )


async def test_any_combination(bureau: Bureau) -> None:
    rng = random.Random(3)
    async with transaction(bureau.sessions) as session:
        await session.execute(insert(Case), [_row(rng, number) for number in range(CASES)])
    found = 0
    async with bureau.sessions() as session:
        every: Sequence[Case] = (await session.scalars(select(Case))).all()
        for _ in range(TRIES):
            wanted = _wanted(rng)
            right = [case for case in every if _fits(case, wanted)]
            found += bool(right)
            newest = [case.id for case in sorted(right, key=lambda one: (one.created_at, one.id), reverse=True)]
            first = await browse.newest(session, wanted, 7)
            assert [row.id for row in first] == newest[:7], wanted
            if len(first) == 7:
                after = (first[-1].created_at, first[-1].id)
                assert [row.id for row in await browse.newest(session, wanted, 7, after)] == newest[7:14], wanted
            due = [(case.due_at, case.id) for case in right if case.due_at is not None]
            assert [row.id for row in await browse.most_urgent(session, wanted, 9)] == [one for _, one in sorted(due)][
                :9
            ]
            assert await browse.count(session, wanted) == len(right), wanted
            assert await browse.count(session, wanted, at_most=3) == min(3, len(right))
    assert found > TRIES / 4
