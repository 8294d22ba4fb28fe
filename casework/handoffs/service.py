"""What citizens and staff do with handoffs. Each function works in the caller's transaction and commits nothing."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy.ext.asyncio import AsyncSession

from casework.handoffs import hours, repository
from casework.handoffs.models import CloseReason, Handoff, Happening, Reason, State
from casework.handoffs.payloads import payload
from casework.handoffs.ports import Citizens, File, Option, Speaker
from casework.handoffs.words import placed, word
from citizens.vault import service as vault
from foundation.datakeys import DataKeys
from foundation.settings import Settings
from operations.accounts.person import Person
from operations.audit import repository as audit
from operations.audit.models import Action

STARS = range(1, 6)
TAKEN = "أخذها زميل قبل لحظة."
NOT_YOURS = "هذه المحادثة لم تعد معك."


class HandoffError(Exception):
    """Something cannot be done with the handoff; the text is Arabic, for the page."""


@dataclass(frozen=True, slots=True)
class Queued:
    """What the citizen is told after asking for a person."""

    handoff_id: int
    text: str
    options: tuple[Option, ...]
    fresh: bool


@dataclass(frozen=True, slots=True)
class Desk:
    """What the staff's side needs: the way to the citizens, keys, settings."""

    citizens: Citizens
    keys: DataKeys
    settings: Settings

    @property
    def lease(self) -> timedelta:
        """How long a handoff stays with a page that is silent."""
        return timedelta(seconds=self.settings.handoff_lease_seconds)


async def ask(
    session: AsyncSession,
    conversation_id: str,
    reason: Reason,
    now: datetime,
    *,
    topic: str = "",
    topic_title: str = "",
) -> Queued:
    """The citizen asks for a person: the conversation is put into the queue, or its place is told again."""
    made = await repository.open_handoff(
        session, conversation_id, reason, now, topic=topic, topic_title=topic_title[:200]
    )
    handoff = await repository.open_of(session, conversation_id)
    if handoff is None:
        raise LookupError("the handoff ended while it was being opened")
    if made is not None:
        await repository.note(session, made, Happening.OPENED, now)
    if handoff.state == State.CLAIMED:
        return Queued(handoff.id, word("with_person", name="موظف"), (), fresh=False)
    calendar = await hours.calendar(session)
    leave = Option(word("button_leave"), payload("leave", handoff.id))
    if not calendar.is_open(now):
        opens = calendar.opens_next(now)
        text = word("closed_office", opens=hours.show_opening(opens)) if opens else word("closed_office_long")
        complaint = Option(word("button_complaint"), "/file_complaint")
        call = Option(word("button_call_back"), payload("call_back", handoff.id))
        return Queued(handoff.id, text, (complaint, call, leave), fresh=made is not None)
    place = await repository.place(session, handoff)
    await repository.told(session, handoff.id, place, now)
    return Queued(
        handoff.id, placed("queued" if made is not None else "still_queued", place), (leave,), made is not None
    )


async def leave(session: AsyncSession, conversation_id: str, now: datetime) -> str:
    """The citizen leaves the queue; what they are told."""
    handoff = await repository.open_of(session, conversation_id)
    if handoff is None or not await repository.end(session, handoff.id, None, State.CLOSED, now, CloseReason.LEFT):
        return word("nothing_to_leave")
    await repository.note(session, handoff.id, Happening.LEFT, now)
    return word("left")


async def ask_call_back(session: AsyncSession, conversation_id: str, handoff_id: int) -> str:
    """The citizen would rather be called; what they are told."""
    if await repository.set_call_back(session, handoff_id, conversation_id, "asked"):
        return word("call_back_asked")
    return word("nothing_to_leave")


async def keep_call_back(
    session: AsyncSession, conversation_id: str, handoff_id: int, token: str, now: datetime
) -> str:
    """Keeps the number (its vault token); what the citizen is told."""
    await repository.set_call_back(session, handoff_id, conversation_id, token)
    await repository.note(session, handoff_id, Happening.CALL_BACK, now)
    return word("call_back_kept")


async def rate(session: AsyncSession, conversation_id: str, handoff_id: int, stars: int, now: datetime) -> str:
    """Keeps the citizen's rating of 1 to 5; what they are told."""
    if stars not in STARS or not await repository.rate(session, handoff_id, conversation_id, stars):
        return word("rated_before")
    await repository.note(session, handoff_id, Happening.RATED, now)
    return word("rated")


async def claim(session: AsyncSession, desk: Desk, handoff_id: int, person: Person, now: datetime) -> Handoff:
    """Takes a handoff; the citizen is told who is there.

    Raises:
        HandoffError: Somebody else was first.
    """
    if not await repository.claim(session, handoff_id, person.id, now, desk.lease):
        raise HandoffError(TAKEN)
    handoff = await _get(session, handoff_id)
    await repository.note(session, handoff_id, Happening.CLAIMED, now, person.id)
    key = "taken" if handoff.last_owner_id is None else "taken_again"
    text = word(key, name=person.shown_name)
    await desk.citizens.tell(session, handoff.conversation_id, text, now, speaker=Speaker.PERSON)
    await _audit(session, person, handoff_id, Happening.CLAIMED, now)
    return handoff


async def reply(
    session: AsyncSession,
    desk: Desk,
    handoff_id: int,
    person: Person,
    text: str,
    now: datetime,
    *,
    files: tuple[File, ...] = (),
) -> int:
    """Says something to the citizen; returns the line's id.

    Raises:
        HandoffError: The conversation is not this person's any more.
    """
    if not await repository.answered(session, handoff_id, person.id, now + desk.lease):
        raise HandoffError(NOT_YOURS)
    handoff = await _get(session, handoff_id)
    kept = await vault.conceal(session, handoff.conversation_id, text, desk.keys, now)
    return await desk.citizens.say_as(session, handoff.conversation_id, person.shown_name, kept, now, files=files)


async def add_note(
    session: AsyncSession, desk: Desk, handoff_id: int, person: Person, text: str, now: datetime
) -> None:
    """Adds a private note, which only the staff sees."""
    handoff = await _get(session, handoff_id)
    kept = await vault.conceal(session, handoff.conversation_id, text, desk.keys, now)
    await repository.note(session, handoff_id, Happening.NOTED, now, person.id, kept)


async def transfer(
    session: AsyncSession,
    desk: Desk,
    handoff_id: int,
    person: Person,
    now: datetime,
    *,
    team: str = "",
    colleague: Person | None = None,
) -> None:
    """Gives the conversation to a team or a colleague; it keeps its place in the queue.

    Raises:
        HandoffError: It is not this person's any more, or nobody was named.
    """
    if not team and colleague is None:
        raise HandoffError("اختر زميلاً أو فريقاً.")
    wanted = colleague.id if colleague else None
    if not await repository.give(session, handoff_id, person.id, team=team, wanted_id=wanted):
        raise HandoffError(NOT_YOURS)
    handoff = await _get(session, handoff_id)
    to = colleague.shown_name if colleague else team
    await repository.note(session, handoff_id, Happening.TRANSFERRED, now, person.id, to)
    text = word("transferred_person", name=to) if colleague else word("transferred_team", team=to)
    await desk.citizens.tell(session, handoff.conversation_id, text, now, speaker=Speaker.ASSISTANT)
    await _audit(session, person, handoff_id, Happening.TRANSFERRED, now, to)


async def hand_back(session: AsyncSession, desk: Desk, handoff_id: int, person: Person, now: datetime) -> None:
    """Gives the conversation back to the assistant, which greets and goes on.

    Raises:
        HandoffError: It is not this person's any more.
    """
    if not await repository.end(session, handoff_id, person.id, State.RETURNED, now):
        raise HandoffError(NOT_YOURS)
    handoff = await _get(session, handoff_id)
    await repository.note(session, handoff_id, Happening.RETURNED, now, person.id)
    text = word("returned", name=person.shown_name)
    options = (Option("الخدمات", "/list_services"), Option("التحدث مع إنسان", "/request_human"))
    await desk.citizens.tell(session, handoff.conversation_id, text, now, options=options, speaker=Speaker.ASSISTANT)
    await _audit(session, person, handoff_id, Happening.RETURNED, now)


async def close(
    session: AsyncSession, desk: Desk, handoff_id: int, person: Person, reason: CloseReason, now: datetime
) -> None:
    """Ends it; the citizen is asked how it was.

    Raises:
        HandoffError: It is not this person's any more.
    """
    if not await repository.end(session, handoff_id, person.id, State.CLOSED, now, reason):
        raise HandoffError(NOT_YOURS)
    handoff = await _get(session, handoff_id)
    await repository.note(session, handoff_id, Happening.CLOSED, now, person.id, reason.value)
    stars = tuple(Option(word(f"star_{number}"), payload("rate", handoff_id, number)) for number in reversed(STARS))
    text = word("closed", name=person.shown_name) + "\n" + word("resumed")
    await desk.citizens.tell(session, handoff.conversation_id, text, now, options=stars, speaker=Speaker.ASSISTANT)
    await _audit(session, person, handoff_id, Happening.CLOSED, now, reason.value)


async def _audit(
    session: AsyncSession, person: Person, handoff_id: int, what: Happening, now: datetime, more: str = ""
) -> None:
    """Notes what a colleague did; last in its transaction, since others who add an entry wait for that."""
    details = {"what": what.value, **({"more": more} if more else {})}
    await audit.add(session, person.name, Action.HANDOFF, now, subject=f"handoff/{handoff_id}", details=details)


async def _get(session: AsyncSession, handoff_id: int) -> Handoff:
    handoff = await repository.get(session, handoff_id)
    if handoff is None:
        raise HandoffError("لا توجد محادثة بهذا الرقم.")
    return handoff
