"""The processor with a span around each of its steps; used only where traces are sent somewhere."""

from __future__ import annotations

from typing import Any

from rasa.core.actions.action import Action
from rasa.core.channels.channel import UserMessage
from rasa.core.policies.policy import PolicyPrediction
from rasa.shared.core.trackers import DialogueStateTracker

from foundation import tracing
from nlu.engine.agent import EngineAgent, EngineProcessor


class TracedProcessor(EngineProcessor):
    """Each method as in the parent class."""

    async def parse_message(
        self, message: UserMessage, tracker: DialogueStateTracker | None = None, only_output_properties: bool = True
    ) -> dict[str, Any]:
        """Understands a text."""
        with tracing.span("parse"):
            return await super().parse_message(message, tracker, only_output_properties)

    def predict_next_with_tracker_if_should(self, tracker: DialogueStateTracker) -> tuple[Action, PolicyPrediction]:
        """Predicts the next action."""
        with tracing.span("predict"):
            return super().predict_next_with_tracker_if_should(tracker)

    async def _run_action(self, action: Action, *args: Any, **kwargs: Any) -> bool:
        with tracing.span("run action", action=str(action.name())):
            return await super()._run_action(action, *args, **kwargs)

    async def save_tracker(self, tracker: DialogueStateTracker) -> None:
        """Saves the conversation."""
        with tracing.span("save"):
            await super().save_tracker(tracker)


class TracedAgent(EngineAgent):
    """An agent whose turns are traced."""

    processor_class = TracedProcessor
