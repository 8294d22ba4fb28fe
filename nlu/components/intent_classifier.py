"""The intent classifier as a component of Rasa 3.6. It needs no tokenizer and no featurizer before it."""

from __future__ import annotations

import logging
from typing import Any

from rasa.engine.graph import ExecutionContext, GraphComponent
from rasa.engine.recipes.default_recipe import DefaultV1Recipe
from rasa.engine.storage.resource import Resource
from rasa.engine.storage.storage import ModelStorage
from rasa.nlu.classifiers.classifier import IntentClassifier
from rasa.shared.exceptions import InvalidConfigException
from rasa.shared.nlu.constants import INTENT, INTENT_RANKING_KEY, PREDICTED_CONFIDENCE_KEY, TEXT
from rasa.shared.nlu.training_data.message import Message
from rasa.shared.nlu.training_data.training_data import TrainingData

from nlu.components.encoders import ENCODERS
from nlu.components.model import IntentModel, ModelUnreadableError
from nlu.components.training import TrainingDataTooSmallError, TrainingSettings, train

logger = logging.getLogger(__name__)

_NAME = "name"


@DefaultV1Recipe.register(DefaultV1Recipe.ComponentType.INTENT_CLASSIFIER, is_trainable=True)
class ArabicIntentClassifier(GraphComponent, IntentClassifier):
    """Calibrated linear model on n-grams of Arabic, Iraqi and Arabizi lines, with encoders for torn ones.

    It trains on the lines of any Rasa NLU file, whatever its intents and language; entities and response keys are
    ignored. Where the file has the refusal intent, unknown matters are given it; no FallbackClassifier is needed.
    """

    @staticmethod
    def get_default_config() -> dict[str, Any]:
        """The settings of `TrainingSettings` that a configuration file may change, and how much is put out."""
        defaults = TrainingSettings()
        return {
            "encoders": list(defaults.encoders),
            "worth_asking": defaults.worth_asking,
            "encoder_seconds": defaults.encoder_seconds,
            "copies": defaults.copies,
            "refusal_intent": defaults.refusal_intent,
            "refused_share": defaults.refused_share,
            "unfamiliar_share": defaults.unfamiliar_share,
            "refusal_bias": defaults.refusal_bias,
            "seed": defaults.seed,
            "ranking_length": 10,
        }

    @staticmethod
    def required_packages() -> list[str]:
        """Packages beyond Rasa that must be there; the encoders are optional."""
        return ["sklearn", "scipy", "numpy"]

    def __init__(self, config: dict[str, Any], model_storage: ModelStorage, resource: Resource) -> None:
        """Hold the settings and the place on disk; `train` or `load` brings the model."""
        self._config = config
        self._model_storage = model_storage
        self._resource = resource
        self._model: IntentModel | None = None

    @classmethod
    def create(
        cls,
        config: dict[str, Any],
        model_storage: ModelStorage,
        resource: Resource,
        execution_context: ExecutionContext,
    ) -> ArabicIntentClassifier:
        """An untrained component (see the parent class)."""
        return cls(config, model_storage, resource)

    @classmethod
    def load(
        cls,
        config: dict[str, Any],
        model_storage: ModelStorage,
        resource: Resource,
        execution_context: ExecutionContext,
        **kwargs: Any,
    ) -> ArabicIntentClassifier:
        """The component with its trained model and its encoders ready."""
        component = cls(config, model_storage, resource)
        try:
            with model_storage.read_from(resource) as folder:
                component._model = IntentModel.load(folder)
            component._model.warm_up()
        except ModelUnreadableError:
            raise
        except ValueError:
            logger.warning("No intent model was stored: nothing will be understood until the next training")
        return component

    def train(self, training_data: TrainingData) -> Resource:
        """Train on the lines that have an intent, and store the model."""
        lines = [
            (message.get(TEXT), message.get(INTENT))
            for message in training_data.intent_examples
            if message.get(TEXT) and message.get(INTENT)
        ]
        try:
            model = train([text for text, _ in lines], [intent for _, intent in lines], self._settings())
        except TrainingDataTooSmallError as error:
            logger.warning("The intent classifier is not trained. %s", error)
            return self._resource
        self._model = model
        with self._model_storage.write_to(self._resource) as folder:
            model.save(folder)
        return self._resource

    def _settings(self) -> TrainingSettings:
        config = self._config
        return TrainingSettings(
            copies=config["copies"],
            encoders=tuple(config["encoders"]),
            worth_asking=config["worth_asking"],
            encoder_seconds=config["encoder_seconds"],
            refusal_intent=config["refusal_intent"],
            refused_share=config["refused_share"],
            unfamiliar_share=config["unfamiliar_share"],
            refusal_bias=config["refusal_bias"],
            seed=config["seed"],
        )

    def process(self, messages: list[Message]) -> list[Message]:
        """Give each message its intent and the ranking (the usual Rasa attributes)."""
        for message in messages:
            text = message.get(TEXT)
            if self._model is None or text is None:
                message.set(INTENT, {_NAME: None, PREDICTED_CONFIDENCE_KEY: 0.0}, add_to_output=True)
                message.set(INTENT_RANKING_KEY, [], add_to_output=True)
                continue
            understood = self._model.understand(text)
            ranking = [
                {_NAME: name, PREDICTED_CONFIDENCE_KEY: likely}
                for name, likely in understood.ranking[: self._config["ranking_length"] or None]
            ]
            message.set(INTENT, ranking[0], add_to_output=True)
            message.set(INTENT_RANKING_KEY, ranking, add_to_output=True)
        return messages

    def process_training_data(self, training_data: TrainingData) -> TrainingData:
        """Nothing after this component reads its output in training."""
        return training_data

    @classmethod
    def validate_config(cls, config: dict[str, Any]) -> None:
        """Refuse settings that cannot work.

        Raises:
            InvalidConfigException: An encoder is unknown.
        """
        merged = {**cls.get_default_config(), **config}
        for name in merged["encoders"]:
            if name not in ENCODERS:
                raise InvalidConfigException(
                    f"ArabicIntentClassifier: no encoder is called '{name}'; there are: {', '.join(ENCODERS)}"
                )
