"""Which action a line means while no form is open: the classifier's, unless the line plainly says otherwise."""

from typing import Final

from rasa_sdk import Action, Tracker

from actions import meaning
from actions.answer import ActionAnswer, ActionExplain
from actions.asked import asks
from actions.beginning import COMPLAIN, ELSEWHERE, OTHER_BODY, PRIVACY, RESULT, SUGGEST, TRACK, WITHDRAW
from actions.here import is_done_here
from actions.resources import resources
from casework.cases import repository as cases
from casework.cases.chat import elsewhere
from casework.cases.chat.parts import takes_it_back, withdraws
from casework.cases.chat.track import asks_where
from casework.privacy.form import is_elsewhere, told_of
from catalog.search import Verdict
from citizens import repository as citizens
from citizens.vault import service as vault
from citizens.vault.recognise import Identifier

ANSWERS: Final = ("action_answer", "action_out_of_scope")
"""Actions that answer about services, or say that there is nothing to answer."""
PROOFS: Final = {Identifier.NATIONAL_ID, Identifier.PASSPORT, Identifier.BIRTH}
PROOF_WORDS: Final = 6
"""So many words may stand around a sample number and its proof («هذا رقم العينة وهاي هويتي»)."""
ANSWER, EXPLAIN = ActionAnswer(), ActionExplain()


async def meant(inner: Action, tracker: Tracker) -> Action:
    """The action for a line: `inner`, or another where the line says plainly what the classifier did not see in it."""
    text = tracker.latest_message.get("text") or ""
    if meaning.is_tracking_number(text):
        return TRACK
    if _gives_sample(text, helpless=inner.name() in ANSWERS):
        return RESULT
    if withdraws(text) or (takes_it_back(text) and await _has_case(tracker)):
        return WITHDRAW
    if asks_where(text) and await _has_case(tracker):
        return TRACK
    if inner is COMPLAIN and elsewhere.read(text) is not None:
        return OTHER_BODY
    if not text.startswith("/") and told_of(text) is not None:
        return PRIVACY
    if inner is PRIVACY and not text.startswith("/") and is_elsewhere(text):
        return ELSEWHERE
    if inner is RESULT and meaning.asks_of_finding(text):
        return EXPLAIN
    if inner in (COMPLAIN, SUGGEST, RESULT) and (explained := await _explained(text)):
        return explained
    if inner is TRACK and meaning.files(text):
        return COMPLAIN
    if _asks_in_general(inner, text) and await _is_faq(text) and not (inner is TRACK and await _has_case(tracker)):
        return ANSWER
    told = inner.name() in ANSWERS and meaning.is_complaint(text, resources().clock())
    return COMPLAIN if told else inner


def _gives_sample(text: str, *, helpless: bool) -> bool:
    """Whether the line gives a sample number and no more than what may prove it; few words, where nothing else fits."""
    kinds = vault.kinds_in(text)
    if Identifier.SAMPLE not in kinds:
        return False
    words = [word for word in vault.without_tokens(text).split() if any(char.isalpha() for char in word)]
    return not words or (helpless and len(words) <= PROOF_WORDS and bool(kinds & PROOFS))


async def _explained(text: str) -> Action | None:
    """What answers a line that asks about a service of this assistant instead of using it; None if it uses it."""
    what = meaning.asks_what(text)
    if not (what or meaning.asks_how(text)):
        return None
    found = await resources().index.search(text)
    if found.verdict is Verdict.NOTHING or not is_done_here(found.hits[0].code):
        return None
    return EXPLAIN if what else ANSWER


def _asks_in_general(inner: Action, text: str) -> bool:
    """Whether what is taken for a complaint, or for the wish to see one, may be a question («شكد حصة الفرد»)."""
    return (inner is TRACK and not asks_where(text)) or (inner in (COMPLAIN, SUGGEST) and asks(text))


async def _is_faq(text: str) -> bool:
    """Whether a general question of the catalogue is surely meant."""
    found = await resources().index.search(text)
    return found.verdict is Verdict.SURE and found.hits[0].kind == "faq"


async def _has_case(tracker: Tracker) -> bool:
    """Whether the citizen has filed or joined something that «وين وصلت» may be about."""
    async with resources().sessions() as session:
        conversation = await citizens.by_engine_sender(session, tracker.sender_id)
        return conversation is not None and bool(await cases.of_conversation(session, conversation.id, 1))
