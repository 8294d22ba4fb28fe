"""The register from CSV, `kind,number,name,governorate,district,centre`: good rows are kept, bad ones reported."""

import csv
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field

from sqlalchemy.ext.asyncio import AsyncSession

from arabic.normalise import digits_to_ascii, strip_controls
from casework.cases.directory import repository
from casework.cases.models import REGISTER_NUMBER_CHARS, Agent, Centre

COLUMNS = ("kind", "number", "name", "governorate", "district", "centre")
BATCH = 500
NAME_MAX_CHARS = 120

Resolve = Callable[[str, str], tuple[str, str | None] | None]
"""The codes of a governorate and a district (may be empty), each given by code or name; None if there is no such."""


@dataclass(slots=True)
class Imported:
    """What an import did; `faults` are pairs of a line number and what is wrong with it."""

    added: int = 0
    updated: int = 0
    unchanged: int = 0
    faults: list[tuple[int, str]] = field(default_factory=list)


class ColumnsError(ValueError):
    """The file has not the columns that it must have."""


async def import_csv(
    session: AsyncSession, lines: Iterable[str], resolve: Resolve, *, sample: bool = False
) -> Imported:
    """Brings agents and centres into the register, by their numbers; the same file twice changes nothing.

    Args:
        session: The caller's transaction.
        lines: Of a CSV file in UTF-8, with a heading. `kind` is agent or centre; `centre` the number of an agent's.
        resolve: Knows the places.
        sample: Mark them as sample data.

    Raises:
        ColumnsError: A column is missing.
    """
    reader = csv.DictReader(lines)
    if missing := [name for name in COLUMNS if name not in (reader.fieldnames or ())]:
        raise ColumnsError(f"columns missing: {', '.join(missing)}")
    done = Imported()
    batch: list[tuple[int, dict[str, str]]] = []
    for row in reader:
        batch.append((reader.line_num, {name: _clean(row.get(name)) for name in COLUMNS}))
        if len(batch) == BATCH:
            await _take(session, batch, resolve, done, sample=sample)
            batch = []
    await _take(session, batch, resolve, done, sample=sample)
    return done


async def _take(
    session: AsyncSession, rows: list[tuple[int, dict[str, str]]], resolve: Resolve, done: Imported, *, sample: bool
) -> None:
    numbers = [row[name] for _, row in rows for name in ("number", "centre")]
    agents = await repository.agents_by_number(session, numbers)
    centres = await repository.centres_by_number(session, numbers)
    # Centres first: an agent may name one that stands further down.
    for line, row in sorted(rows, key=lambda each: each[1]["kind"] != "centre"):
        place = resolve(row["governorate"], row["district"])
        if place is None or (fault := _fault(row)):
            done.faults.append((line, "no such governorate or district" if place is None else fault))
            continue
        values = {"name": row["name"], "governorate": place[0], "district": place[1]}
        if row["kind"] == "centre":
            centre = centres.get(row["number"])
            if centre is None:
                centre = centres[row["number"]] = Centre(number=row["number"], active=True, sample=sample)
                session.add(centre)
            _count(done, centre, values)
            await session.flush()
            continue
        of = centres.get(row["centre"])
        if row["centre"] and of is None:
            done.faults.append((line, "no such centre"))
            continue
        agent = agents.get(row["number"])
        if agent is None:
            agent = agents[row["number"]] = Agent(number=row["number"], active=True, sample=sample)
            session.add(agent)
        _count(done, agent, {**values, "centre_id": None if of is None else of.id})
    await session.flush()
    done.faults.sort()


def _count(done: Imported, entry: Agent | Centre, values: Mapping[str, object]) -> None:
    fresh = entry.id is None
    changed = False
    for name, value in values.items():
        if getattr(entry, name) != value:
            setattr(entry, name, value)
            changed = True
    done.added += fresh
    done.updated += changed and not fresh
    done.unchanged += not changed and not fresh


def _fault(row: Mapping[str, str]) -> str:
    if row["kind"] not in ("agent", "centre"):
        return "kind is neither agent nor centre"
    if not row["number"].isdigit() or len(row["number"]) > REGISTER_NUMBER_CHARS:
        return "number is not a number"
    if not 1 < len(row["name"]) <= NAME_MAX_CHARS:
        return "name is missing or too long"
    return ""


def _clean(value: str | None) -> str:
    return " ".join(digits_to_ascii(strip_controls(value or "")).split())
