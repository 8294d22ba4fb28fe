"""Filing and following cases. Every change is an event; nothing here commits."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from arabic.normalise import normalise
from casework.cases import life, numbers, repository, telling, wording
from casework.cases.keeping import card_digests
from casework.cases.models import Case, CaseFile, Kind, Measure, State, What
from casework.cases.office import Office
from casework.cases.repository import CITIZEN
from casework.dialogues.forms import Choice
from casework.files import repository as files
from foundation.clock import in_baghdad

CHAT = "chat"
SYSTEM = "system"
"""Actor of what happens by itself."""
NUMBER_TRIES = 50
RATINGS = range(1, 6)


class StaleCaseError(Exception):
    """Somebody else changed the case meanwhile; read it again."""


class NotAllowedError(ValueError):
    """It cannot be done with this case, or not now."""


@dataclass(frozen=True, slots=True)
class NewCase:
    """What is filed. Codes are those of `casework.places`; ids those of the register (`casework.cases.directory`)."""

    kind: Kind
    text: str
    conversation_id: str | None = None
    source: str = CHAT
    governorate: str | None = None
    district: str | None = None
    centre_id: int | None = None
    agent_id: int | None = None
    agent_named: str | None = None
    ration_card: str | None = None
    happened_on: date | None = None
    sum_dinars: int | None = None
    anonymous: bool = True
    file_ids: Sequence[str] = ()
    number: str | None = None
    """For sample data only; otherwise one is made."""
    supporters: int = 0
    """The same."""
    sample: bool = False


@dataclass(frozen=True, slots=True)
class Filed:
    """The case; `again` if it was there already, filed a moment ago with the same content."""

    case: Case
    again: bool


@dataclass(frozen=True, slots=True)
class Seen:
    """A case that was looked up: `mine` may see all of it, others only where it stands (docs/adr/0008)."""

    case: Case
    mine: bool
    joined: bool


async def file(office: Office, new: NewCase) -> Filed:
    """Files a case. The same one of the same citizen within `case_same_minutes` is the case that is there already."""
    digests = _content_digests(office, new)
    await repository.lock_filing(office.session, digests[0])
    since = office.now - timedelta(minutes=office.settings.case_same_minutes)
    known = await repository.same(office.session, digests, since)
    if known is not None:
        return Filed(known, again=True)
    due_at = life.due(State.RECEIVED, office.now, office.settings)
    case = Case(
        number=new.number or await _free_number(office),
        kind=new.kind,
        governorate=new.governorate,
        district=new.district,
        centre_id=new.centre_id,
        agent_id=new.agent_id,
        agent_named=office.sealed(new.agent_named),
        ration_card=office.sealed(new.ration_card),
        ration_card_digest=card_digests(office.keys, new.ration_card)[0] if new.ration_card else None,
        text=office.sealed(new.text),
        happened_on=new.happened_on,
        sum_dinars=new.sum_dinars,
        anonymous=new.anonymous,
        conversation_id=new.conversation_id,
        source=new.source,
        content_digest=digests[0],
        state=State.RECEIVED,
        created_at=office.now,
        changed_at=office.now,
        due_at=due_at,
        look_at=due_at,
        escalations=0,
        reopened=0,
        supporters=new.supporters,
        version=1,
        sample=new.sample,
    )
    office.session.add(case)
    await office.session.flush()
    attached = list(dict.fromkeys(new.file_ids))
    office.session.add_all(
        CaseFile(case_id=case.id, file_id=file_id, position=place) for place, file_id in enumerate(attached)
    )
    await files.attach(office.session, attached)
    await telling.record(office, case, What.FILED, CITIZEN if new.source == CHAT else new.source)
    return Filed(case, again=False)


async def earlier_today(office: Office, new: NewCase) -> Case | None:
    """The same case of the same citizen, filed today (in Baghdad) longer than `case_same_minutes` ago."""
    midnight = in_baghdad(office.now).replace(hour=0, minute=0, second=0, microsecond=0)
    known = await repository.same(office.session, _content_digests(office, new), midnight)
    recent = office.now - timedelta(minutes=office.settings.case_same_minutes)
    return None if known is None or known.created_at >= recent else known


async def look_up(office: Office, number: str, conversation_id: str) -> Seen | None:
    """The case of a right tracking number (`numbers.find`), and what this citizen may see of it."""
    found = await repository.seen_by(office.session, number, conversation_id)
    if found is None:
        return None
    case, joined = found
    return Seen(case, case.conversation_id == conversation_id, joined)


async def similar(office: Office, agent_id: int, kind: Kind, conversation_id: str) -> Case | None:
    """An open case of others on the same agent, of the same kind and of this month, that the citizen may join."""
    there = in_baghdad(office.now)
    month = there.replace(day=1, hour=0, minute=0, second=0, microsecond=0)
    return await repository.similar(office.session, agent_id, kind, month, conversation_id)


async def support(office: Office, case: Case, conversation_id: str, text: str | None = None) -> bool:
    """Adds a citizen's weight (and words) to the open case of another; False if it was there already.

    Raises:
        NotAllowedError: The case is the citizen's own, or is decided.
    """
    if case.conversation_id == conversation_id or case.state not in life.OPEN:
        raise NotAllowedError("only an open case of another can be joined")
    added = await repository.add_supporter(office.session, case.id, conversation_id, office.sealed(text), office.now)
    if added:
        await office.session.refresh(case)
        await telling.record(office, case, What.SUPPORTED, CITIZEN)
    return added


async def move(
    office: Office,
    case: Case,
    to: State,
    actor: str,
    *,
    assignee: str | None = None,
    measure: Measure | None = None,
    note: str = "",
    message: str = "",
) -> None:
    """Brings a case to its next state, and tells the citizen.

    Args:
        office: The transaction.
        case: As the actor saw it.
        to: The state.
        actor: Who does it.
        assignee: To whom it is given; needed to assign.
        measure: What is done; needed to uphold a complaint.
        note: For staff only.
        message: For the citizen, beside what the system says.

    Raises:
        IllegalMoveError: The state cannot follow.
        NotAllowedError: The assignee or the measure is missing, or does not belong here.
        StaleCaseError: The case was changed meanwhile.
    """
    life.check_move(case.state, to)
    if (to == State.ASSIGNED) != (assignee is not None):
        raise NotAllowedError("whom it is given to is said when a case is assigned, and only then")
    if (to == State.UPHELD and case.kind != Kind.SUGGESTION) != (measure is not None):
        raise NotAllowedError("a measure is named when a complaint is upheld, and only then")
    values: dict[str, Any] = {}
    if assignee is not None:
        values["assignee"] = assignee
    if to in life.DECIDED:
        seconds = int((office.now - case.created_at).total_seconds())
        values |= {"outcome": to, "measure": measure, "decided_at": office.now, "resolution_seconds": seconds}
    before = await _enter(office, case, to, values)
    lines = [wording.moved(case, case.due_at)]
    choices: tuple[Choice, ...] = ()
    if to in life.DECIDED or to == State.CLOSED:
        until = life.reopen_until(case, office.settings)
        lines += [wording.reopen_offer(until)] if until is not None else []
        lines += [wording.RATE] if case.rating is None else []
        choices = telling.ending_choices(case, office)
    if message:
        lines.insert(1, wording.from_staff(message))
    public = "\n".join(lines)
    await telling.record(
        office, case, What.MOVED, actor, from_state=before, measure=measure, note=note, public=public, choices=choices
    )


async def reopen(office: Office, case: Case, conversation_id: str, reason: str = "") -> None:
    """Takes a case up again at the wish of the one who filed it; it begins anew, with nobody.

    Raises:
        NotAllowedError: It is not theirs, not decided, too late, or was reopened too often.
        StaleCaseError: The case was changed meanwhile.
    """
    if case.conversation_id != conversation_id or not life.may_reopen(case, office.now, office.settings):
        raise NotAllowedError("the case cannot be reopened")
    fresh = dict.fromkeys(("outcome", "measure", "decided_at", "resolution_seconds", "assignee"))
    before = await _enter(office, case, State.RECEIVED, {**fresh, "reopened": case.reopened + 1})
    public = wording.moved(case, case.due_at)
    await telling.record(office, case, What.REOPENED, CITIZEN, from_state=before, note=reason, public=public)


async def rate(office: Office, case: Case, conversation_id: str, stars: int) -> None:
    """Keeps how content the one who filed it is, 1 to 5; a later rating counts instead of an earlier one.

    Raises:
        NotAllowedError: It is not theirs, not decided, or no such rating.
        StaleCaseError: The case was changed meanwhile.
    """
    undecided = case.state in life.OPEN or case.state == State.WITHDRAWN
    if case.conversation_id != conversation_id or undecided or stars not in RATINGS:
        raise NotAllowedError("the case cannot be rated")
    if not await repository.change(office.session, case, {"rating": stars}):
        raise StaleCaseError
    await telling.record(office, case, What.RATED, CITIZEN)


async def note(office: Office, case: Case, actor: str, text: str, message: str = "") -> None:
    """Keeps what a member of staff noted; `message` goes to the citizen."""
    head = f"{wording.noun(case.kind)} رقم {numbers.show(case.number)}:\n"
    public = head + wording.from_staff(message) if message else None
    await telling.record(office, case, What.NOTED, actor, note=text, public=public)


async def escalate(office: Office, case: Case) -> None:
    """Takes note that a case is late; the citizen hears of it once in each state."""
    level = case.escalations + 1
    last = level >= life.ESCALATIONS_MAX
    later = None if last else office.now + timedelta(hours=office.settings.case_escalation_hours)
    if not await repository.change(office.session, case, {"escalations": level, "look_at": later}):
        raise StaleCaseError
    public = wording.escalated(case) if level == 1 else None
    await telling.record(office, case, What.ESCALATED, SYSTEM, public=public)


def _content_digests(office: Office, new: NewCase) -> Sequence[str]:
    content = (new.kind, new.agent_id, normalise(new.agent_named or ""), new.governorate, new.district)
    owner = f"{new.source}/{new.conversation_id or ''}"
    return office.digests("\n".join(map(str, (owner, *content, normalise(new.text)))))


async def _enter(office: Office, case: Case, to: State, values: dict[str, Any]) -> State:
    """Changes the state with its times; returns the one before."""
    before = State(case.state)
    times = {
        "state": to,
        "changed_at": office.now,
        "due_at": life.due(to, office.now, office.settings),
        "look_at": life.look(to, office.now, office.settings),
        "escalations": 0,
    }
    if not await repository.change(office.session, case, {**values, **times}):
        raise StaleCaseError
    return before


async def _free_number(office: Office) -> str:
    for _ in range(NUMBER_TRIES):
        number = numbers.new()
        if not await repository.number_taken(office.session, number):
            return number
    raise RuntimeError("no tracking number was free")
