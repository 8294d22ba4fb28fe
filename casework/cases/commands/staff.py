"""The staff's work on a case: assign, investigate, uphold, reject, close, note."""

from typing import Annotated

import typer

from casework.cases import numbers, service
from casework.cases.commands.office import Number, find, in_office
from casework.cases.models import Case, Measure, State
from casework.cases.office import Office
from operations.audit.who import By

Note = Annotated[str, typer.Option(help="For the staff only.")]
Message = Annotated[str, typer.Option(help="For the citizen, beside what the system says.")]


def assign(
    number: Number,
    to: Annotated[str, typer.Option(help="To whom.")],
    by: By,
    note: Note = "",
    message: Message = "",
) -> None:
    """Give a case to somebody."""
    _move(number, State.ASSIGNED, by, note, message, assignee=to)


def investigate(number: Number, by: By, note: Note = "", message: Message = "") -> None:
    """Begin to investigate."""
    _move(number, State.UNDER_INVESTIGATION, by, note, message)


def uphold(
    number: Number,
    by: By,
    measure: Annotated[Measure | None, typer.Option(help="What is done; a suggestion has none.")] = None,
    note: Note = "",
    message: Message = "",
) -> None:
    """Decide that a complaint is right, or take up a suggestion."""
    _move(number, State.UPHELD, by, note, message, measure=measure)


def reject(number: Number, by: By, note: Note = "", message: Message = "") -> None:
    """Decide that a complaint is not proven, or pass a suggestion by."""
    _move(number, State.NOT_UPHELD, by, note, message)


def close(number: Number, by: By, note: Note = "", message: Message = "") -> None:
    """Close a decided case; it closes by itself otherwise."""
    _move(number, State.CLOSED, by, note, message)


def note(number: Number, text: str, by: By, message: Message = "") -> None:
    """Note something about a case."""

    async def work(office: Office) -> None:
        await service.note(office, await find(office, number), by, text, message)

    in_office(work)
    typer.echo("noted")


def _move(
    typed: str,
    to: State,
    by: str,
    note: str,
    message: str,
    *,
    assignee: str | None = None,
    measure: Measure | None = None,
) -> None:
    async def work(office: Office) -> Case:
        case = await find(office, typed)
        await service.move(office, case, to, by, assignee=assignee, measure=measure, note=note, message=message)
        return case

    case = in_office(work)
    typer.echo(f"{numbers.show(case.number)} {case.state}")
