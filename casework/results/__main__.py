"""`python -m casework.results`: laboratories, import, amendments, sample data."""

import asyncio
from collections.abc import Awaitable, Callable
from datetime import datetime
from pathlib import Path
from typing import Annotated, TypeVar

import typer
from sqlalchemy.ext.asyncio import AsyncSession

from casework.places.atlas import governorate as governorate_of
from casework.results import examples, repository, sample_number, service
from casework.results.importing import Importer, Report, UnknownLaboratoryError
from casework.results.models import CODE_CHARS, Value
from casework.results.models import Laboratory as LaboratoryRow
from casework.results.sources import SourceError
from foundation.clock import utc_now
from foundation.database import opened, transaction
from foundation.datakeys import DataKeys
from foundation.logging import configure_logging
from foundation.settings import get_settings
from operations.audit.who import By
from operations.keycheck.service import fitting_keys

app = typer.Typer(no_args_is_help=True, add_completion=False, help="PCR results (Salamat).")
laboratory_app = typer.Typer(no_args_is_help=True, help="Laboratories that send results.")
app.add_typer(laboratory_app, name="laboratory")
T = TypeVar("T")
Laboratory = Annotated[str, typer.Option("--laboratory", help="Code of the laboratory.")]
Sample = Annotated[str, typer.Argument(help="Sample number.")]
Reason = Annotated[str, typer.Option(help="Why; kept in the history and the audit.")]


@laboratory_app.command("add")
def add_laboratory(
    code: Annotated[str, typer.Argument(help="Its code, such as BGD-1.")],
    name: Annotated[str, typer.Option(help="Its name in Arabic.")],
    name_latin: Annotated[str, typer.Option(help="Its name in English, for certificates.")],
    governorate: Annotated[str, typer.Option(help="Code of its governorate, such as baghdad.")],
) -> None:
    """Adds a laboratory, or changes what is known of it."""
    try:
        governorate_of(governorate)
    except KeyError as error:
        raise typer.BadParameter(f"no governorate has the code {governorate}") from error
    if not code.strip() or len(code) > CODE_CHARS:
        raise typer.BadParameter(f"a code has 1 to {CODE_CHARS} characters")
    one = LaboratoryRow(code=code.strip(), name=name, name_latin=name_latin, governorate=governorate)
    _in_database(lambda session, _now, _keys: repository.put_laboratory(session, one))
    typer.echo(f"{code} is known.")


@laboratory_app.command("list")
def list_laboratories() -> None:
    """Shows all laboratories."""
    for one in _in_database(lambda session, _now, _keys: repository.laboratories(session)):
        typer.echo("\t".join((one.code, one.governorate, one.name, one.name_latin)))


@app.command("import")
def import_file(
    file: Annotated[Path, typer.Argument(help="CSV or XLSX.", exists=True, dir_okay=False)],
    laboratory: Laboratory,
    by: By,
) -> None:
    """Imports a file: good rows are kept, each bad one is named. The same file again changes nothing."""
    try:
        report = asyncio.run(_import(file, laboratory, by))
    except UnknownLaboratoryError as error:
        raise _fail(f"there is no laboratory {laboratory}: add it first") from error
    except SourceError as error:
        raise _fail(str(error)) from error
    for line, reasons in report.rejected:
        typer.echo(f"{line}\t{' '.join(reasons)}")
    if len(report.rejected) < report.refused:
        typer.echo(f"... and {report.refused - len(report.rejected)} more")
    counts = f"{report.added} added, {report.changed} changed, {report.unchanged} unchanged, {report.refused} refused"
    typer.echo(counts + (" (this file came before)" if report.repeated else ""))
    if report.stopped:
        raise _fail(report.stopped)


@app.command()
def amend(
    sample: Sample,
    value: Annotated[Value, typer.Argument(help="What was found, correctly.")],
    laboratory: Laboratory,
    reason: Reason,
    by: By,
) -> None:
    """Corrects what was found; those who received the earlier result are told."""

    async def work(session: AsyncSession, now: datetime, keys: DataKeys) -> bool:
        found = await service.id_of(session, laboratory, _number(sample), keys)
        return found is not None and await service.amend(
            session, found, value, reason=reason, who=by, now=now, keys=keys
        )

    if not _in_database(work):
        raise _fail("nothing was changed: no such issued result, or it says so already")
    typer.echo("Amended.")


@app.command()
def void(sample: Sample, laboratory: Laboratory, reason: Reason, by: By) -> None:
    """Declares that a result does not hold; those who received it are told."""

    async def work(session: AsyncSession, now: datetime, keys: DataKeys) -> bool:
        found = await service.id_of(session, laboratory, _number(sample), keys)
        return found is not None and await service.void(session, found, reason=reason, who=by, now=now, keys=keys)

    if not _in_database(work):
        raise _fail("nothing was changed: no such result, or it is void already")
    typer.echo("Void.")


@app.command("sample")
def load_samples() -> None:
    """Loads made-up results, marked as such; a second time changes nothing. Shows what to try."""
    added = _in_database(examples.load)
    typer.echo(f"sample results: {added} added")
    for line in examples.hints():
        typer.echo(line)


def _number(sample: str) -> str:
    number = sample_number.canonical(sample)
    if number is None:
        raise _fail("this is no sample number")
    return number


def _fail(message: str) -> typer.Exit:
    typer.echo(f"results: {message}", err=True)
    return typer.Exit(1)


def _in_database(work: Callable[[AsyncSession, datetime, DataKeys], Awaitable[T]]) -> T:
    settings = get_settings()

    async def run() -> T:
        async with opened(settings.database_url) as sessions:
            keys = await fitting_keys(sessions, settings, utc_now())
            async with transaction(sessions) as session:
                return await work(session, utc_now(), keys)

    try:
        return asyncio.run(run())
    except ValueError as error:
        raise _fail(str(error)) from error


async def _import(file: Path, laboratory: str, who: str) -> Report:
    settings = get_settings()
    async with opened(settings.database_url) as sessions:
        keys = await fitting_keys(sessions, settings, utc_now())
        with file.open("rb") as source:
            return await Importer(sessions, keys, settings, utc_now).run(source, laboratory, who)


if __name__ == "__main__":
    configure_logging("WARNING")
    app()
