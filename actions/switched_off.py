"""While a capability is switched off, citizens are told so instead."""

from collections.abc import Callable

from rasa_sdk.executor import CollectingDispatcher

from actions.messages import say
from actions.resources import resources
from operations.switches.board import SwitchBoard
from operations.switches.models import Capability

_OF_FORMS = {
    **dict.fromkeys(("complaint", "suggestion", "track", "reopen", "withdraw", "case"), Capability.CASES),
    **dict.fromkeys(("result", "certificate"), Capability.RESULTS),
}
"""Forms, and handlers of buttons, by name. One's own data can be seen and deleted whatever is off."""


def closing(board: SwitchBoard) -> Callable[[str], str | None]:
    """Tells what is said instead of a form, or of a handler of buttons, that is off."""
    return lambda name: board.message(_OF_FORMS[name]) if name in _OF_FORMS else None


def say_if_switched_off(dispatcher: CollectingDispatcher, capability: Capability = Capability.SERVICE_ANSWERS) -> bool:
    """Says the sentence of the switch, and returns True, if the capability is off."""
    message = resources().board.message(capability)
    if message is None:
        return False
    say(dispatcher, message)
    return True
