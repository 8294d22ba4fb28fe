"""A custom action, called with what actions read and no more.

Rasa sends every event of the conversation with all that was understood of each message. An action reads the message
before it, the slots, and what happened since the message before that one.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final

import rasa
from rasa.core.actions.action import ActionExecutionRejection, RemoteAction
from rasa.core.channels.channel import OutputChannel
from rasa.core.nlg import NaturalLanguageGenerator
from rasa.shared.core.domain import Domain
from rasa.shared.core.events import Event, UserUttered
from rasa.shared.core.trackers import DialogueStateTracker, EventVerbosity
from rasa.utils.endpoints import ClientResponseError

from nlu.engine.patches import check_action_result
from nlu.engine.slices import events_from_dicts, without_words

SENT_TURNS: Final = 2
"""Turns whose events an action sees, the current one counted."""

_REJECTED: Final = 400


class LeanRemoteAction(RemoteAction):
    """A `RemoteAction` that sends the events of the last turns, each message but the last one without its words."""

    def _action_call_format(self, tracker: DialogueStateTracker, domain: Domain) -> dict[str, Any]:
        state = tracker.current_state(EventVerbosity.NONE)
        state["events"] = recent_events(list(tracker.events))
        call = {
            "next_action": self._name,
            "sender_id": tracker.sender_id,
            "tracker": state,
            "version": rasa.__version__,
        }
        if not self._is_selective_domain_enabled() or domain.does_custom_action_explicitly_need_domain(self.name()):
            call["domain"] = domain.as_dict()
        return call

    async def run(
        self,
        output_channel: OutputChannel,
        nlg: NaturalLanguageGenerator,
        tracker: DialogueStateTracker,
        domain: Domain,
    ) -> list[Event]:
        """Calls the action server.

        Raises:
            ActionExecutionRejection: The action was rejected, which Rasa handles.
            jsonschema.ValidationError: The answer is not what an action may answer.
            nlu.engine.endpoint.ActionServerError: There is no answer.
        """
        try:
            answer = await self.action_endpoint.request(json=self._action_call_format(tracker, domain))
        except ClientResponseError as error:
            if error.status == _REJECTED:
                raise ActionExecutionRejection(self._name) from error
            raise
        check_action_result(answer)
        said = await self._utter_responses(answer.get("responses") or [], output_channel, nlg, tracker)
        return [*said, *events_from_dicts(answer.get("events") or [])]


def recent_events(events: Sequence[Event]) -> list[dict[str, Any]]:
    """The stored form of the last turns' events; what was understood of the last message stands beside them.

    Args:
        events: The conversation's slice, oldest first.
    """
    turns = 0
    rows = []
    for event in reversed(events):
        if isinstance(event, UserUttered):
            rows.append(without_words(event))
            turns += 1
            if turns == SENT_TURNS:
                break
        else:
            rows.append(event.as_dict())
    rows.reverse()
    return rows
