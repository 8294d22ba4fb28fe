"""Loads the sample: what is there already stays as it is."""

from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any, Final

import yaml

from casework.cases import repository, service
from casework.cases.directory import importing
from casework.cases.directory import repository as directory
from casework.cases.directory.importing import Resolve
from casework.cases.models import Agent, Kind, Measure, State
from casework.cases.office import Office
from casework.cases.service import NewCase
from foundation.clock import in_baghdad

FOLDER: Final = Path(__file__).parent
SOURCE: Final = "sample"
OFFICER: Final = "sample-officer"
"""Who worked on the sample cases; no account has this name."""


def numbers() -> list[str]:
    """Tracking numbers of the sample cases, in the order of the file."""
    return [entry["number"] for entry in _entries()]


async def load(office: Office, resolve: Resolve) -> int:
    """Loads agents, centres and cases that are missing; returns how many cases were.

    Raises:
        ValueError: The sample's own files are wrong.
    """
    lines = (FOLDER / "register.csv").read_text(encoding="utf-8").splitlines()
    register = await importing.import_csv(office.session, lines, resolve, sample=True)
    if register.faults:
        raise ValueError(f"the sample register is wrong: {register.faults[:3]}")
    count = 0
    for entry in _entries():
        if not await repository.number_taken(office.session, entry["number"]):
            await _case(office, entry, resolve)
            count += 1
    return count


async def _case(office: Office, entry: dict[str, Any], resolve: Resolve) -> None:
    filed_at = office.now - timedelta(days=entry["days"])
    agent: Agent | None = None
    place: tuple[str, str | None] | None
    if "agent" in entry:
        agent = (await directory.agents_by_number(office.session, [entry["agent"]]))[entry["agent"]]
        place = (agent.governorate, agent.district)
    else:
        place = resolve(entry["governorate"], "")
    if place is None:
        raise ValueError(f"the sample case {entry['number']} has no place")
    then = replace(office, now=filed_at)
    new = NewCase(
        kind=Kind(entry["kind"]),
        text=entry["text"],
        source=SOURCE,
        governorate=place[0],
        district=place[1],
        agent_id=None if agent is None else agent.id,
        centre_id=None if agent is None else agent.centre_id,
        happened_on=in_baghdad(filed_at).date(),
        sum_dinars=entry.get("sum"),
        number=entry["number"],
        supporters=entry.get("supporters", 0),
        sample=True,
    )
    case = (await service.file(then, new)).case
    for step in entry.get("steps", ()):
        then = replace(office, now=then.now + timedelta(hours=step["after"]))
        await service.move(
            then,
            case,
            State(step["to"]),
            step.get("assignee", OFFICER),
            assignee=step.get("assignee"),
            measure=Measure(step["measure"]) if "measure" in step else None,
        )


def _entries() -> list[dict[str, Any]]:
    entries: list[dict[str, Any]] = yaml.safe_load((FOLDER / "cases.yml").read_text(encoding="utf-8"))
    return entries
