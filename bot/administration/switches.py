"""`python -m bot.admin switch`: what is switched off, and since when, by whom and why."""

import asyncio
from collections.abc import Sequence
from typing import Annotated

import typer

from foundation.clock import in_baghdad, utc_now
from foundation.database import opened, transaction
from foundation.settings import get_settings
from operations.audit import repository as audit
from operations.audit.models import Action, AuditEntry
from operations.audit.who import By
from operations.switches import repository, service
from operations.switches.models import Capability, Switch
from operations.switches.sentences import SENTENCES

HISTORY_LIMIT = 50

app = typer.Typer(no_args_is_help=True, help="What is switched off.")

What = Annotated[Capability, typer.Argument(help="The capability.")]
Reason = Annotated[str, typer.Option(help="Why; for staff and the audit.")]


@app.command("list")
def list_switches() -> None:
    """Shows every capability: on, or off since when, by whom, why, and what citizens are told."""
    off = {switch.capability: switch for switch in asyncio.run(_off())}
    for capability in Capability:
        switch = off.get(capability)
        if switch is None:
            typer.echo(f"{capability}\ton")
        else:
            since = in_baghdad(switch.since).strftime("%Y-%m-%d %H:%M:%S")
            typer.echo(f"{capability}\toff\t{since}\t{switch.who}\t{switch.reason}\t{switch.message}")


@app.command("history")
def history(limit: Annotated[int, typer.Option(help="How many at most.")] = HISTORY_LIMIT) -> None:
    """Shows the last changes, newest first: time in Baghdad, who, what, capability, reason."""
    for entry in asyncio.run(_history(limit)):
        at = in_baghdad(entry.at).strftime("%Y-%m-%d %H:%M:%S")
        typer.echo(f"{at}\t{entry.who}\t{entry.action}\t{entry.subject}\t{entry.reason}")


@app.command("off")
def switch_off(
    capability: What,
    reason: Reason,
    by: By,
    message: Annotated[str | None, typer.Option(help="An Arabic sentence for citizens.")] = None,
) -> None:
    """Switches a capability off in every process, or changes the sentence of one that is off."""
    sentence = SENTENCES[capability] if message is None else message
    try:
        asyncio.run(_switch_off(capability, sentence, reason, by))
    except ValueError as error:
        raise typer.BadParameter(str(error)) from error
    typer.echo(f"{capability} is off. Citizens are told: {sentence}")


@app.command("on")
def switch_on(capability: What, reason: Reason, by: By) -> None:
    """Switches a capability on again."""
    try:
        changed = asyncio.run(_switch_on(capability, reason, by))
    except ValueError as error:
        raise typer.BadParameter(str(error)) from error
    typer.echo(f"{capability} is on." if changed else f"{capability} was on already.")


async def _off() -> Sequence[Switch]:
    async with opened(get_settings().database_url) as sessions, sessions() as session:
        return await repository.off(session)


async def _history(limit: int) -> Sequence[AuditEntry]:
    async with opened(get_settings().database_url) as sessions, sessions() as session:
        return await audit.newest(session, (Action.SWITCH_OFF, Action.SWITCH_ON), limit)


async def _switch_off(capability: Capability, message: str, reason: str, who: str) -> None:
    async with opened(get_settings().database_url) as sessions, transaction(sessions) as session:
        await service.switch_off(session, capability, message=message, reason=reason, who=who, now=utc_now())


async def _switch_on(capability: Capability, reason: str, who: str) -> bool:
    async with opened(get_settings().database_url) as sessions, transaction(sessions) as session:
        return await service.switch_on(session, capability, reason=reason, who=who, now=utc_now())
