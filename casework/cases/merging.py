"""Merging duplicates: one case goes on, those who filed the other become citizens who joined it."""

from casework.cases import repository, telling, wording
from casework.cases.life import OPEN
from casework.cases.models import Case, Kind, State, What
from casework.cases.numbers import show
from casework.cases.office import Office
from casework.cases.service import NotAllowedError, StaleCaseError


async def merge(office: Office, duplicate: Case, into: Case, actor: str) -> None:
    """Closes `duplicate` as a part of `into`; all who filed or joined it are told, and hear of `into` from then on.

    Raises:
        NotAllowedError: One of them is decided, both are the same, or one is a suggestion and the other none.
        StaleCaseError: Somebody else changed `duplicate` meanwhile.
    """
    if duplicate.id == into.id or duplicate.state not in OPEN or into.state not in OPEN:
        raise NotAllowedError("two different cases, both open, can be merged")
    if (duplicate.kind == Kind.SUGGESTION) != (into.kind == Kind.SUGGESTION):
        raise NotAllowedError("a complaint and a suggestion cannot be merged")
    before = State(duplicate.state)
    closed = {
        "state": State.CLOSED,
        "merged_into": into.number,
        "changed_at": office.now,
        "due_at": None,
        "look_at": None,
        "escalations": 0,
    }
    if not await repository.change(office.session, duplicate, closed):
        raise StaleCaseError
    public = wording.merged(duplicate, into)
    await telling.record(office, duplicate, What.MERGED, actor, from_state=before, public=public)
    joining = list(await repository.joined(office.session, duplicate.id))
    if duplicate.conversation_id is not None:
        joining.append((duplicate.conversation_id, duplicate.text))
    for conversation_id, sealed in joining:
        if conversation_id != into.conversation_id:
            await repository.add_supporter(office.session, into.id, conversation_id, sealed, office.now)
    await office.session.refresh(into)
    await telling.record(office, into, What.MERGED, actor, note=show(duplicate.number))
