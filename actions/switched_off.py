"""While answers about services are switched off, citizens are told so instead."""

from rasa_sdk.executor import CollectingDispatcher

from actions.messages import say
from actions.resources import resources
from operations.switches.models import Capability


def say_if_switched_off(dispatcher: CollectingDispatcher) -> bool:
    """Says the sentence of the switch, and returns True, if answers about services are off."""
    message = resources().board.message(Capability.SERVICE_ANSWERS)
    if message is None:
        return False
    say(dispatcher, message)
    return True
