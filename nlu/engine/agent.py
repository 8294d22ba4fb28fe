"""The agent and its processor: Rasa's own, with a planned graph, answers that can be repeated and errors that
surface."""

from __future__ import annotations

import tarfile
from collections.abc import Sequence
from pathlib import Path
from typing import Any, Final

from rasa.core.actions.action import (
    Action,
    ActionExecutionRejection,
    ActionListen,
    RemoteAction,
    action_for_name_or_text,
)
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
from rasa.exceptions import ActionLimitReached, ModelNotFound
from rasa.shared.core.constants import ACTION_VALIDATE_SLOT_MAPPINGS, MAPPING_TYPE, SlotMappingType
from rasa.shared.core.domain import Domain
from rasa.shared.core.events import ActionExecutionRejected, DefinePrevUserUtteredFeaturization, Event, UserUttered
from rasa.shared.core.trackers import DialogueStateTracker
from rasa.shared.nlu.constants import ENTITIES, INTENT, INTENT_NAME_KEY, PREDICTED_CONFIDENCE_KEY, TEXT
from rasa.shared.nlu.training_data.message import Message
from rasa.utils.common import TempDirectoryPath, get_temp_dir_name

from nlu.engine.lock_store import WakingLockStore
from nlu.engine.predictions import Predictions
from nlu.engine.remote_action import LeanRemoteAction
from nlu.engine.runner import PlannedGraphRunner
from nlu.engine.slices import answer_to

TRIAL_TEXT: Final = "هلو، شكد رسوم جواز السفر؟"
"""What a model must understand in some way before it is used."""


class TurnOutput(CollectingOutputChannel):
    """Collects what a turn answers, in Rasa's form, and whether it was answered before."""

    def __init__(self) -> None:
        """Starts empty."""
        super().__init__()
        self.answers: list[dict[str, Any]] = []
        self.replayed = False
        self.intent: str | None = None
        """What the message was taken for."""

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

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        """Loads the model (see parent class) and looks what each turn can do without."""
        super().__init__(*args, **kwargs)
        self._predictions = Predictions(_components(self.graph_runner), self.domain)
        self._extracts_slots = _extracts_slots(self.domain)
        self._understanding = understanding_target(self.model_metadata)
        self._actions: dict[int, Action] = {}

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
            events = list(tracker.events)
            stored = answer_to(events, message.message_id)
            if stored is not None:
                output.answers, output.replayed = stored, True
                output.intent = _intent_of(events, message.message_id)
                return stored
        await self._update_tracker_session(tracker, output)
        await self._handle_message_with_tracker(message, tracker)
        if isinstance(output, TurnOutput) and tracker.latest_message is not None:
            output.intent = tracker.latest_message.intent_name
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
        parsed = self._understand(message, tracker)
        nothing = {TEXT: "", INTENT: {INTENT_NAME_KEY: None, PREDICTED_CONFIDENCE_KEY: 0.0}, ENTITIES: []}
        return {**nothing, **parsed.as_dict(only_output_properties=only_output_properties)}

    def _understand(self, message: UserMessage, tracker: DialogueStateTracker | None) -> Message:
        target = self._understanding
        inputs = {PLACEHOLDER_MESSAGE: [message], PLACEHOLDER_TRACKER: tracker}
        understood: Message = self.graph_runner.run(inputs=inputs, targets=[target])[target][0]
        return understood

    def check_whole(self) -> None:
        """Tries the model on a line; what its first turn would have to prepare is prepared then.

        Raises:
            ModelNotFound: It holds no dialogue.
        """
        if self.model_metadata.core_target is None:
            raise ModelNotFound(f"{self.model_filename} understands texts but holds no dialogue")
        self._understand(UserMessage(TRIAL_TEXT), None)

    async def run_action_extract_slots(
        self, output_channel: OutputChannel, tracker: DialogueStateTracker
    ) -> DialogueStateTracker:
        """Fills slots from the message (see parent class), where the domain has a slot that is filled so."""
        if self._extracts_slots:
            return await super().run_action_extract_slots(output_channel, tracker)
        return tracker

    def predict_next_with_tracker_if_should(self, tracker: DialogueStateTracker) -> tuple[Action, PolicyPrediction]:
        """Predicts the next action (see parent class)."""
        again = self.should_predict_another_action(tracker.latest_action_name)
        if self.is_action_limit_reached(tracker, again):
            raise ActionLimitReached("The limit of actions to predict has been reached.")
        prediction = self._predict_next_with_tracker(tracker)
        return self._action(prediction.max_confidence_index), prediction

    def _predict_next_with_tracker(self, tracker: DialogueStateTracker) -> PolicyPrediction:
        key = None if tracker.followup_action else self._predictions.key(tracker.events)
        prediction = self._predictions.get(key)
        if prediction is None:
            prediction = super()._predict_next_with_tracker(tracker)
            self._predictions.keep(key, prediction)
        return prediction

    def _action(self, index: int) -> Action:
        action = self._actions.get(index)
        if action is None:
            action = action_for_name_or_text(
                self.domain.action_names_or_texts[index], self.domain, self.action_endpoint
            )
            if type(action) is RemoteAction:
                action = LeanRemoteAction(action.name(), self.action_endpoint)
            if isinstance(action, LeanRemoteAction | ActionListen):  # the others may remember what they did
                self._actions[index] = action
        return action

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
            if not all(type(event) is DefinePrevUserUtteredFeaturization for event in prediction.events):
                # Those of a rejected action are not kept. Whether a text was read as a text is nothing to an action.
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


def _intent_of(events: Sequence[Event], message_id: str | None) -> str | None:
    said = (event for event in events if isinstance(event, UserUttered) and event.message_id == message_id)
    return next((event.intent_name for event in said), None)


def _components(runner: GraphRunner) -> list[object]:
    return runner.components() if isinstance(runner, PlannedGraphRunner) else []


def _extracts_slots(domain: Domain) -> bool:
    """Whether a message may fill a slot by itself, or an action of the domain wants to see that none was."""
    kinds = {mapping.get(MAPPING_TYPE) for slot in domain.slots for mapping in slot.mappings}
    acts = any(mapping.get("action") for slot in domain.slots for mapping in slot.mappings)
    return acts or bool(kinds - {str(SlotMappingType.CUSTOM)}) or ACTION_VALIDATE_SLOT_MAPPINGS in domain.user_actions


class EngineAgent(Agent):
    """An agent with the processor and stores of this project."""

    processor_class: type[EngineProcessor] = EngineProcessor

    def load_model(self, model_path: str | Path, fingerprint: str | None = None) -> None:
        """Loads a model and makes the processor (see parent class)."""
        self.use(self.make_processor(model_path), fingerprint)

    def make_processor(self, model_path: str | Path) -> EngineProcessor:
        """Loads a model beside the one in use; may run in a thread of its own.

        Args:
            model_path: The model's archive.
        """
        return self.processor_class(
            model_path=model_path,
            tracker_store=self.tracker_store,
            lock_store=self.lock_store,
            action_endpoint=self.action_endpoint,
            generator=self.nlg,
        )

    def use(self, processor: EngineProcessor, fingerprint: str | None = None) -> None:
        """Handles turns with this processor from now on; those in flight end with the one they began with.

        Args:
            processor: What `make_processor` made.
            fingerprint: Rasa's name for the model.
        """
        self.processor = processor
        self.domain = processor.domain
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
