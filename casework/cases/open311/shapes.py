"""A case as other systems see it: where it stands and what it is about, never who complained or whom they are."""

from typing import Any

from casework.cases import wording
from casework.cases.life import OPEN
from casework.cases.models import ACTOR_CHARS, Case, Kind, State
from casework.cases.open311.catalogue import AGENCY
from casework.cases.open311.formats import moment
from casework.cases.wording import KINDS
from casework.places import atlas
from foundation.datakeys import DataKeys

SAMPLE = "نموذج للتجربة."
_SOURCE = "open311/"


def source_of(caller: str) -> str:
    """What a case is marked with that the system named `caller` filed; never `chat`."""
    return (_SOURCE + caller)[:ACTOR_CHARS]


def request_of(case: Case, caller: str, keys: DataKeys) -> dict[str, Any]:
    """One service request.

    The description is given back only to the system that filed it: what a citizen wrote in the chat may say who they
    are, and so may what came through another system. There is no position: a district is all that is kept.
    """
    own = case.source == source_of(caller)
    notes = [wording.state_name(Kind(case.kind), State(case.state)) + "."]
    if (outcome := wording.outcome_line(case)) is not None:
        notes.append(outcome)
    if case.sample:
        notes.append(SAMPLE)
    return {
        "service_request_id": case.number,
        "status": "open" if case.state in OPEN else "closed",
        "status_notes": " ".join(notes),
        "service_name": KINDS[Kind(case.kind)],
        "service_code": Kind(case.kind).value,
        "description": keys.decrypt(case.text) if own and case.text is not None else None,
        "agency_responsible": AGENCY,
        "service_notice": None,
        "requested_datetime": moment(case.created_at),
        "updated_datetime": moment(case.changed_at),
        "expected_datetime": moment(case.due_at),
        "address": atlas.label(case.governorate, case.district) or None,
        "address_id": case.district or case.governorate,
        "zipcode": None,
        "lat": None,
        "long": None,
        "media_url": None,
    }
