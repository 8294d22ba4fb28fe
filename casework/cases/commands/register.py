"""Bringing the register and the sample data in."""

from pathlib import Path
from typing import Annotated

import typer

from casework.cases import numbers
from casework.cases.commands.office import fail, in_office
from casework.cases.directory import importing
from casework.cases.directory.importing import ColumnsError
from casework.cases.directory.resolving import resolve
from casework.cases.office import Office
from casework.cases.sample import loading
from operations.audit import repository as audit
from operations.audit.models import Action
from operations.audit.who import By


def import_agents(
    file: Annotated[Path, typer.Argument(exists=True, dir_okay=False, help=f"CSV: {','.join(importing.COLUMNS)}.")],
    by: By,
) -> None:
    """Bring a CSV file into the register; a second time changes nothing."""

    async def work(office: Office) -> importing.Imported:
        with file.open(encoding="utf-8-sig", newline="") as lines:
            done = await importing.import_csv(office.session, lines, resolve)
        details = {"added": done.added, "updated": done.updated, "faults": len(done.faults)}
        await audit.add(office.session, by, Action.REGISTER_IMPORT, office.now, subject=file.name, details=details)
        return done

    try:
        done = in_office(work)
    except (ColumnsError, UnicodeDecodeError) as error:
        raise fail(str(error)) from error
    typer.echo(f"{done.added} added, {done.updated} updated, {done.unchanged} unchanged, {len(done.faults)} refused")
    for line, fault in done.faults:
        typer.echo(f"  line {line}: {fault}", err=True)
    if done.faults:
        raise typer.Exit(1)


def load_sample() -> None:
    """Load the sample agents and cases that are missing."""
    count = in_office(lambda office: loading.load(office, resolve))
    typer.echo(f"{count} sample cases added: {', '.join(map(numbers.show, loading.numbers()))}")
