"""Switching off and on, each time with a reason, each time audited."""

import re
from datetime import datetime

from sqlalchemy.ext.asyncio import AsyncSession

from arabic import strip_controls
from operations.audit import repository as audit
from operations.audit.models import Action
from operations.events import service as events
from operations.switches import repository
from operations.switches.models import Capability, Switch

MESSAGE_MAX_CHARS = 1000
REASON_MAX_CHARS = 1000
_ARABIC = re.compile(r"[\u0621-\u064a]")


async def switch_off(
    session: AsyncSession, capability: Capability, *, message: str, reason: str, who: str, now: datetime
) -> None:
    """Switches a capability off, or changes the sentence and the reason of one that is off.

    Args:
        session: A writing transaction; every process follows within two seconds of its end.
        capability: What.
        message: What citizens are told, in Arabic.
        reason: Why, for staff and the audit.
        who: Who does it.
        now: The present moment.

    Raises:
        ValueError: The sentence is not Arabic, or one of the two is empty or too long; the text says which.
    """
    message, reason = strip_controls(message).strip(), _reason(reason)
    if not _ARABIC.search(message):
        raise ValueError("the sentence for citizens must be in Arabic")
    if len(message) > MESSAGE_MAX_CHARS:
        raise ValueError(f"the sentence for citizens is longer than {MESSAGE_MAX_CHARS} characters")
    await repository.put(session, Switch(capability=capability, message=message, reason=reason, who=who, since=now))
    await audit.add(
        session,
        who,
        Action.SWITCH_OFF,
        now,
        subject=capability.value,
        reason=reason,
        details={"message": message},
    )
    await events.add(session, "switch.off", f"switch/{capability.value}", {"capability": capability.value}, now)


async def switch_on(session: AsyncSession, capability: Capability, *, reason: str, who: str, now: datetime) -> bool:
    """Switches a capability on again.

    Returns:
        False if it was on; then nothing is changed and nothing audited.

    Raises:
        ValueError: The reason is empty or too long.
    """
    reason = _reason(reason)
    if not await repository.remove(session, capability):
        return False
    await audit.add(session, who, Action.SWITCH_ON, now, subject=capability.value, reason=reason)
    await events.add(session, "switch.on", f"switch/{capability.value}", {"capability": capability.value}, now)
    return True


def _reason(text: str) -> str:
    reason = strip_controls(text).strip()
    if not reason:
        raise ValueError("a reason is needed")
    if len(reason) > REASON_MAX_CHARS:
        raise ValueError(f"the reason is longer than {REASON_MAX_CHARS} characters")
    return reason
