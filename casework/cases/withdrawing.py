"""A citizen takes a complaint back, or leaves one they had joined. What others have joined goes on without them."""

from casework.cases import life, repository, telling
from casework.cases.models import Case, State, What
from casework.cases.office import Office
from casework.cases.repository import CITIZEN
from casework.cases.service import NotAllowedError, StaleCaseError
from operations.audit import repository as audit
from operations.audit.models import Action


async def withdraw(office: Office, case: Case, conversation_id: str) -> bool:
    """Ends an open case at the wish of the one who filed it, who may reopen it like a decided one.

    Returns:
        Whether it has ended; False: others joined it, so it goes on for them, and is no longer this citizen's.

    Raises:
        NotAllowedError: It is not theirs, or is decided.
        StaleCaseError: The case was changed meanwhile.
    """
    if case.conversation_id != conversation_id or case.state not in life.OPEN:
        raise NotAllowedError("only one's own open case can be withdrawn")
    before, ends = State(case.state), not case.supporters
    ended = {
        "state": State.WITHDRAWN,
        "changed_at": office.now,
        "due_at": None,
        "look_at": None,
        "escalations": 0,
    }
    if not await repository.change(office.session, case, ended if ends else {"conversation_id": None}):
        raise StaleCaseError
    await telling.record(office, case, What.WITHDRAWN, CITIZEN, from_state=before if ends else None)
    # Of whom it was is not said: this entry outlives what the citizen may have erased.
    await audit.add(
        office.session,
        CITIZEN,
        Action.CASE_WITHDRAWN,
        office.now,
        subject=f"case/{case.number}",
        details={"was": before.value, "ended": ends},
    )
    return ends


async def leave(office: Office, case: Case, conversation_id: str) -> None:
    """Takes a citizen out of an open case of others that they had joined; what they had written goes with it.

    Raises:
        NotAllowedError: They had not joined it, or it is decided.
    """
    if case.state not in life.OPEN or not await repository.remove_supporter(office.session, case.id, conversation_id):
        raise NotAllowedError("only an open case that one has joined can be left")
    await audit.add(
        office.session,
        CITIZEN,
        Action.CASE_WITHDRAWN,
        office.now,
        subject=f"case/{case.number}",
        details={"was": State(case.state).value, "ended": False, "joined": True},
    )
