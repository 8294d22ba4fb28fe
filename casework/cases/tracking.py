"""Looking a case up by its number in chat: guessing is counted, locked and audited (`casework.attempts`)."""

from dataclasses import dataclass
from datetime import datetime

from casework.attempts import service as attempts
from casework.attempts.service import Subject
from casework.cases import service
from casework.cases.office import Office
from casework.cases.service import Seen
from operations.audit import repository as audit
from operations.audit.models import Action

BY_CONVERSATION = "case:conversation"


@dataclass(frozen=True, slots=True)
class Missed:
    """There is no such case. No more attempts until `locked_until`."""

    locked_until: datetime | None


@dataclass(frozen=True, slots=True)
class Locked:
    """Nothing was looked at: too many numbers that do not exist."""

    until: datetime


async def look_up(office: Office, number: str, conversation_id: str) -> Seen | Missed | Locked:
    """The case of a right tracking number.

    Args:
        office: Its transaction must be committed whatever comes of it.
        number: Digits, their check digit right.
        conversation_id: Who asks.
    """
    subject = Subject(BY_CONVERSATION, conversation_id)
    attempt = await attempts.begin(office.session, [subject], office.now, keys=office.keys, settings=office.settings)
    if attempt.locked_until is not None:
        # One's own cases are never locked away.
        seen = await service.look_up(office, number, conversation_id)
        return seen if seen is not None and (seen.mine or seen.joined) else Locked(attempt.locked_until)
    seen = await service.look_up(office, number, conversation_id)
    if seen is None:
        who, details = f"conversation:{conversation_id}", {"locks": list(attempt.locks)}
        await audit.add(office.session, who, Action.CASE_REFUSED, office.now, details=details)
        return Missed(attempt.locks_until)
    await attempts.succeed(office.session, attempt)
    return seen
