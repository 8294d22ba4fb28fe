"""The agent and its processor: Rasa's own, with a planned graph, answers that can be repeated and errors that
surface."""

from __future__ import annotations

import tarfile
from pathlib import Path
from typing import Any

from rasa.core.actions.action import Action, ActionExecutionRejection
from rasa.core.agent import Agent
from rasa.core.channels.channel import CollectingOutputChannel, OutputChannel, UserMessage
from rasa.core.lock_store import LockStore
from rasa.core.nlg import NaturalLanguageGenerator
from rasa.core.policies.policy import PolicyPrediction
from rasa.core.processor import MessageProcessor
from rasa.core.tracker_store import TrackerStore
from rasa.engine import loader
from rasa.engine.constants import PLACEHOLDER_MESSAGE, PLACEHOLDER_TRACKER
from rasa.engine.runner.interface import GraphRunner
from rasa.engine.storage.local_model_storage import LocalModelStorage
from rasa.engine.storage.storage import ModelMetadata
from rasa.exceptions import ModelNotFound
from rasa.shared.core.domain import Domain
from rasa.shared.core.events import ActionExecutionRejected
from rasa.shared.core.trackers import DialogueStateTracker
from rasa.shared.nlu.constants import ENTITIES, INTENT, INTENT_NAME_KEY, PREDICTED_CONFIDENCE_KEY, TEXT
from rasa.utils.common import TempDirectoryPath, get_temp_dir_name

from nlu.engine.lock_store import WakingLockStore
from nlu.engine.runner import PlannedGraphRunner
from nlu.engine.slices import answer_to


class TurnOutput(CollectingOutputChannel):
    """Collects what a turn answers, in Rasa's form, and whether it was answered before."""

    def __init__(self) -> None:
        """Starts empty."""
        super().__init__()
        self.answers: list[dict[str, Any]] = []
        self.replayed = False

    @classmethod
    def name(cls) -> str:
        """The channel's name, as responses may name it."""
        return "gateway"

    async def send_response(self, recipient_id: str, message: dict[str, Any]) -> None:
        """Keeps an answer whole (Rasa's channels split it into its parts, and its text at empty lines)."""
        self.answers.append(message)


def load_model(model_path: str | Path) -> tuple[str, ModelMetadata, GraphRunner]:
    """Loads a trained model with the planned runner.

    Args:
        model_path: The model's archive.

    Returns:
        File name, metadata and runner.

    Raises:
        ModelNotFound: There is no such file, or it is no model archive.
    """
    path = Path(model_path)
    if not path.is_file():
        raise ModelNotFound(f"no model at {path}")
    with TempDirectoryPath(get_temp_dir_name()) as folder:
        try:
            metadata, runner = loader.load_predict_graph_runner(
                Path(folder), path, LocalModelStorage, PlannedGraphRunner
            )
        except (tarfile.TarError, EOFError, OSError, KeyError) as error:
            raise ModelNotFound(f"{path} is not a readable model") from error
    return path.name, metadata, runner


def understanding_target(metadata: ModelMetadata) -> str:
    """The last node of the pipeline itself.

    Behind it Rasa puts a node that takes every text that begins with "/" for a command to the engine; what people
    type must never reach that node.
    """
    return metadata.predict_schema.nodes[metadata.nlu_target].needs["messages"]


class EngineProcessor(MessageProcessor):
    """Handles a turn: all of it, or none of it and an exception."""

    @staticmethod
    def _load_model(model_path: str | Path) -> tuple[str, ModelMetadata, GraphRunner]:
        return load_model(model_path)

    async def handle_message(self, message: UserMessage) -> list[dict[str, Any]] | None:
        """Handles one message; a message that was handled before is answered as before, and changes nothing.

        Args:
            message: The message; its id says which message it is.

        Returns:
            The answers, in Rasa's form.
        """
        output = message.output_channel
        tracker = await self.get_tracker(message.sender_id)
        if isinstance(output, TurnOutput):
            stored = answer_to(list(tracker.events), message.message_id)
            if stored is not None:
                output.answers, output.replayed = stored, True
                return stored
        await self._update_tracker_session(tracker, output)
        await self._handle_message_with_tracker(message, tracker)
        tracker = await self.run_action_extract_slots(output, tracker)
        await self._run_prediction_loop(output, tracker)
        await self.save_tracker(tracker)
        return output.answers if isinstance(output, TurnOutput) else getattr(output, "messages", None)

    async def get_tracker(self, conversation_id: str) -> DialogueStateTracker:
        """Reads the conversation (Rasa also marks each of its events with the model's and the assistant's id)."""
        return await self.tracker_store.get_or_create_tracker(conversation_id, append_action_listen=False)

    async def parse_message(
        self,
        message: UserMessage,
        tracker: DialogueStateTracker | None = None,
        only_output_properties: bool = True,
    ) -> dict[str, Any]:
        """Understands a text; whatever it begins with, it is a text (see parent class)."""
        target = understanding_target(self.model_metadata)
        inputs = {PLACEHOLDER_MESSAGE: [message], PLACEHOLDER_TRACKER: tracker}
        parsed = self.graph_runner.run(inputs=inputs, targets=[target])[target][0]
        nothing = {TEXT: "", INTENT: {INTENT_NAME_KEY: None, PREDICTED_CONFIDENCE_KEY: 0.0}, ENTITIES: []}
        return {**nothing, **parsed.as_dict(only_output_properties=only_output_properties)}

    async def _run_action(
        self,
        action: Action,
        tracker: DialogueStateTracker,
        output_channel: OutputChannel,
        nlg: NaturalLanguageGenerator,
        prediction: PolicyPrediction,
    ) -> bool:
        # As in the parent class, but that an action's failure is not logged and forgotten: it fails the turn.
        try:
            attempt = tracker
            if prediction.events:  # those of a rejected action are not kept
                attempt = tracker.copy()
                attempt.update_with_events(prediction.events, self.domain)
            events = await action.run(output_channel, nlg, attempt, self.domain)
        except ActionExecutionRejection:
            tracker.update(
                ActionExecutionRejected(action.name(), prediction.policy_name, prediction.max_confidence), self.domain
            )
            return self.should_predict_another_action(action.name())
        self._log_action_on_tracker(tracker, action, events, prediction)
        await self.execute_side_effects(events, tracker, output_channel)
        return self.should_predict_another_action(action.name())


class EngineAgent(Agent):
    """An agent with the processor and stores of this project."""

    def load_model(self, model_path: str | Path, fingerprint: str | None = None) -> None:
        """Loads a model and makes the processor (see parent class)."""
        self.processor = EngineProcessor(
            model_path=model_path,
            tracker_store=self.tracker_store,
            lock_store=self.lock_store,
            action_endpoint=self.action_endpoint,
            generator=self.nlg,
        )
        self.domain = self.processor.domain
        self._set_fingerprint(fingerprint)
        self.tracker_store.domain = self.domain
        self.nlg.responses = self.domain.responses

    @staticmethod
    def _create_tracker_store(store: TrackerStore | None, domain: Domain | None) -> TrackerStore:
        # Rasa's wrapper answers from memory when the store fails, and the citizen's conversation is forgotten.
        if store is None:
            raise ValueError("the engine needs a tracker store")
        return store

    @staticmethod
    def _create_lock_store(store: LockStore | None) -> LockStore:
        return store or WakingLockStore()
