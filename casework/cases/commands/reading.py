"""Looking at cases: one, a list, the figures."""

from datetime import timedelta
from typing import Annotated

import typer

from casework.cases import numbers, repository, wording
from casework.cases.accountability import repository as figures
from casework.cases.browse import repository as browse
from casework.cases.browse.filters import Filter
from casework.cases.commands.office import Number, find, in_office, show_time
from casework.cases.models import Kind, State
from casework.cases.office import Office
from casework.places import atlas
from operations.audit import repository as audit
from operations.audit.models import Action
from operations.audit.who import By

LIST_LIMIT = 50
REPORT_LIMIT = 20


def show(
    number: Number,
    by: By,
    reason: Annotated[str, typer.Option(help="Why you look behind the mask; shows what was written.")] = "",
) -> None:
    """Show a case and what happened to it; what the citizen wrote only with a reason, which is audited."""

    async def work(office: Office) -> list[str]:
        case = await find(office, number)
        place = atlas.label(case.governorate, case.district) or "place unknown"
        lines = [
            f"{numbers.show(case.number)}  {case.kind}  {case.state}  {place}  version {case.version}",
            f"filed {show_time(case.created_at)}  due {show_time(case.due_at)}  assignee {case.assignee or '-'}  "
            f"outcome {case.outcome or '-'}  measure {case.measure or '-'}  joined {case.supporters}  "
            f"rating {case.rating or '-'}",
        ]
        if reason:
            card = office.opened(case.ration_card)
            lines += [f"text: {office.opened(case.text) or '(erased)'}", f"ration card: {card or '-'}"]
        for event in await repository.events(office.session, case.id):
            change = f"{event.from_state or ''} > {event.to_state}" if event.to_state else ""
            lines.append(f"  {show_time(event.at)}  {event.actor}  {event.what}  {change}")
            if reason and event.note:
                lines.append(f"      {office.opened(event.note)}")
        if reason:
            subject = f"case/{case.number}"
            await audit.add(office.session, by, Action.REVEAL, office.now, subject=subject, reason=reason)
        return lines

    typer.echo("\n".join(in_office(work)))


def list_cases(
    state: Annotated[list[State] | None, typer.Option(help="Of these states.")] = None,
    kind: Annotated[Kind | None, typer.Option()] = None,
    governorate: Annotated[str | None, typer.Option(help="Code, such as basra.")] = None,
    overdue: Annotated[bool, typer.Option("--overdue", help="Only those past their deadline.")] = False,
    limit: Annotated[int, typer.Option(min=1, max=browse.PAGE_MAX)] = LIST_LIMIT,
) -> None:
    """List cases, newest first."""

    async def work(office: Office) -> list[str]:
        wanted = Filter(
            states=tuple(state or ()),
            kind=kind,
            governorate=governorate,
            overdue_at=office.now if overdue else None,
        )
        return [
            f"{numbers.show(row.number)}  {show_time(row.created_at)}  {row.state:<19}  {row.kind:<11}  "
            f"{row.governorate or '-':<12}  {row.assignee or '-'}{'  (sample)' if row.sample else ''}"
            for row in await browse.newest(office.session, wanted, limit)
        ]

    typer.echo("\n".join(in_office(work)) or "No cases.")


def report(
    days: Annotated[int, typer.Option(min=1, help="How far back.")] = 365,
    least: Annotated[int, typer.Option(min=1, help="Upheld complaints from which an agent is named.")] = 2,
    sample: Annotated[bool, typer.Option("--sample", help="Count sample cases too.")] = False,
) -> None:
    """The figures, each with its definition."""

    async def work(office: Office) -> list[str]:
        period = figures.Period(office.now - timedelta(days=days), office.now + timedelta(seconds=1), sample=sample)
        lines = [figures.REPEATED.format(least=least)]
        for agent in await figures.repeated_agents(office.session, period, least, REPORT_LIMIT):
            place = atlas.label(agent.governorate, agent.district)
            lines.append(f"  {agent.upheld:>4} upheld, {agent.citizens} citizens: {agent.number} {agent.name}, {place}")
        lines.append(figures.HOT_SPOTS)
        for spot in await figures.hot_spots(office.session, period, REPORT_LIMIT):
            place = atlas.label(spot.governorate, spot.district) or "place unknown"
            kind = wording.KINDS[Kind(spot.kind)]
            lines.append(f"  {spot.citizens:>4} citizens, {spot.complaints} complaints: {kind}, {place}")
        lines.append(figures.RESOLUTION)
        for one in await figures.resolution(office.session, period):
            lines.append(f"  {one.median_hours:>7.1f} h of {one.decided}: {atlas.label(one.governorate, None)}")
        lines.append(figures.BACKLOG)
        for left in await figures.backlog(office.session, office.now, period):
            place = atlas.label(left.governorate, None) or "place unknown"
            lines.append(f"  {left.open:>4} open, {left.overdue} late: {place}")
        return lines

    typer.echo("\n".join(in_office(work)))
