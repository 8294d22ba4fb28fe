"""What the commands share: an office on the database of the settings, and how they fail."""

import asyncio
from collections.abc import Awaitable, Callable
from datetime import datetime
from typing import Annotated, TypeVar

import typer
from sqlalchemy.exc import DBAPIError

from casework.cases import numbers, repository, service
from casework.cases.life import IllegalMoveError
from casework.cases.models import Case
from casework.cases.office import Office
from foundation.clock import in_baghdad, utc_now
from foundation.database import opened, transaction
from foundation.settings import get_settings
from operations.keycheck.service import KeysDoNotFitError, fitting_keys

T = TypeVar("T")
Number = Annotated[str, typer.Argument(help="Tracking number, however it is written.")]


def fail(message: str) -> typer.Exit:
    """Prints why, and what to raise."""
    typer.echo(f"cases: {message}", err=True)
    return typer.Exit(1)


def in_office(work: Callable[[Office], Awaitable[T]]) -> T:
    """Does some work in one transaction; a fault ends the command with a sentence."""

    async def run() -> T:
        settings = get_settings()
        async with opened(settings.database_url) as sessions:
            keys = await fitting_keys(sessions, settings, utc_now())
            async with transaction(sessions) as session:
                return await work(Office(session, keys, settings, utc_now()))

    try:
        return asyncio.run(run())
    except DBAPIError as error:
        reason = " ".join(str(error.orig).split())
        raise fail(f"the database refused: {reason} (is it migrated? see `make run`)") from error
    except (IllegalMoveError, service.NotAllowedError, KeysDoNotFitError) as error:
        raise fail(str(error)) from error
    except service.StaleCaseError as error:
        raise fail("somebody else changed the case meanwhile: look at it again") from error


async def find(office: Office, typed: str) -> Case:
    """The case of a tracking number; ends the command if there is none."""
    found = numbers.find(typed)
    if found.number is None:
        raise fail(f"no tracking number: {'a digit is wrong' if found.fault == 'check' else 'it has ten digits'}")
    case = await repository.by_number(office.session, found.number)
    if case is None:
        raise fail("there is no such case")
    return case


def show_time(at: datetime | None) -> str:
    """As the clock in Baghdad shows it."""
    return "-" if at is None else in_baghdad(at).strftime("%Y-%m-%d %H:%M")
