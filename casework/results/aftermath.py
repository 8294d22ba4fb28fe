"""What follows when a result is other than before: readers are told, certificates revoked, events written."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.ext.asyncio import AsyncSession

from casework.certificates import service as certificates
from casework.dialogues.forms import Prompt
from casework.notices import service as notices
from casework.results import repository, wording
from casework.results.models import ISSUED, Result, ResultReader, Status
from casework.results.record import Personal
from foundation.datakeys import DataKeys
from foundation.settings import get_settings
from operations.audit import repository as audit
from operations.audit.models import Action
from operations.events import service as events

_ACTIONS = {Status.AMENDED: Action.RESULT_AMEND, Status.VOID: Action.RESULT_VOID}
_EVENTS = {Status.FINAL: "result.issued", Status.AMENDED: "result.amended", Status.VOID: "result.voided"}


@dataclass(frozen=True, slots=True)
class Change:
    """A result that was `was` and is now `became`; other fields may have changed too."""

    result: Result
    was: Status
    became: Status


async def follow(session: AsyncSession, changes: Sequence[Change], *, who: str, now: datetime, keys: DataKeys) -> None:
    """Does it, in the transaction of the changes."""
    readers: dict[int, list[ResultReader]] = {}
    for reader in await repository.readers(session, [change.result.id for change in changes]) if changes else ():
        readers.setdefault(reader.result_id, []).append(reader)
    for change in changes:
        result = change.result
        if change.was in ISSUED:
            await certificates.revoke_for_result(session, str(result.id), now)
        for reader in readers.get(result.id, ()):
            await _tell(session, change, reader, now, keys)
        if change.became in _EVENTS and (change.was, change.became) != (Status.PENDING, Status.FINAL):
            await events.add(
                session,
                _EVENTS[change.became],
                f"result/{result.id}",
                {"laboratory": result.laboratory, "governorate": result.governorate, "version": result.version},
                now,
            )
    for change in changes:
        if change.became in _ACTIONS:
            await audit.add(
                session,
                who,
                _ACTIONS[change.became],
                now,
                subject=f"result/{change.result.id}",
                reason=change.result.reason,
                details={"was": str(change.was), "version": change.result.version},
            )


async def _tell(session: AsyncSession, change: Change, reader: ResultReader, now: datetime, keys: DataKeys) -> None:
    prompt = await _message(session, change, reader, keys)
    if prompt is None:
        return
    key = f"result:{change.result.id}:{change.result.version}"
    await notices.add(session, reader.conversation_id, prompt, now, key=key, keys=keys)
    reader.told_version, reader.waiting, reader.at = change.result.version, False, now
    await session.flush()


async def _message(session: AsyncSession, change: Change, reader: ResultReader, keys: DataKeys) -> Prompt | None:
    """What a reader is told of a change; None if nothing: it neither waits nor has it received what was before."""
    result = change.result
    if result.personal is None or (reader.told_version is None and not reader.waiting):
        return None
    sample = Personal.load(keys.decrypt(result.personal)).sample
    if result.status == Status.VOID:
        return wording.voided(sample)
    if result.status not in ISSUED:
        return None
    laboratory = await repository.laboratory(session, result.laboratory)
    name = laboratory.name if laboratory else result.laboratory
    say = wording.corrected if reader.told_version is not None else wording.ready
    return say(result, sample, name, get_settings().results_emergency_line)
