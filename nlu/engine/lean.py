"""Lets Rasa 3.6.21 import without the packages that this environment leaves out.

Rasa imports every classifier, channel, store and plot it knows when it starts, used or not: TensorFlow, Keras, jax,
Slack, Twilio and boto3 among them. `nlu/pyproject.toml` leaves those packages out. This module answers the few
imports of Rasa's own modules that would then fail, by an explicit table: such a module is replaced by one that holds
the expected names and says clearly what is missing when one of them is used. Nothing else of Rasa is changed here
(see `patches.py` for the rest).

It knows one version of Rasa and refuses every other. It imports only the standard library, since it runs at the start
of every interpreter of the engine's environment (see `install_lean.py`).
"""

from __future__ import annotations

import importlib.abc
import importlib.machinery
import importlib.metadata
import importlib.util
import os
import sys
from collections.abc import Callable, Sequence
from pathlib import Path
from types import ModuleType
from typing import Any, Final, NoReturn

RASA_VERSION: Final = "3.6.21"


class UnsupportedRasaError(ImportError):
    """The installed Rasa is not the one whose modules this table was written for."""


class LeftOutError(ImportError):
    """Something was used that this environment leaves out."""


def left_out(name: str, package: str) -> type:
    """Makes the class that stands where a class of Rasa or of a third party is expected.

    Args:
        name: Name of the class.
        package: The PyPI package that the real one needs.

    Returns:
        A class that can be referred to, subclassed and compared, but not instantiated.
    """

    def refuse(cls: type, *_args: Any, **_kwargs: Any) -> NoReturn:
        raise LeftOutError(f"{name} needs the package '{package}', which the lean engine environment leaves out")

    return type(name, (), {"__new__": refuse, "__doc__": f"Stands for {name} (left out: {package})."})


def _left_out_channel(name: str, channel: str, package: str) -> type:
    channel_class = left_out(name, package)
    channel_class.name = classmethod(lambda cls: channel)  # type: ignore[attr-defined]
    channel_class.from_credentials = classmethod(lambda cls, credentials: cls())  # type: ignore[attr-defined]
    return channel_class


class _PassThroughProcessor:
    """Stands for structlog-sentry's processor: no error is reported to a third party."""

    def __init__(self, *_args: Any, **_kwargs: Any) -> None: ...

    def __call__(self, _logger: Any, _method: str, event: dict[str, Any]) -> dict[str, Any]:
        return event


def _no_plot(*_args: Any, **_kwargs: Any) -> None:
    """Stands for Rasa's plots: `rasa test` still writes its reports, without pictures."""


def _classes(package: str, *names: str) -> Callable[[], dict[str, Any]]:
    return lambda: {name: left_out(name, package) for name in names}


def _errors(*names: str) -> Callable[[], dict[str, Any]]:
    """Exception classes that nothing raises, for Rasa's `except` clauses."""
    return lambda: {name: type(name, (Exception,), {}) for name in names}


def _channel(name: str, channel: str, package: str) -> Callable[[], dict[str, Any]]:
    return lambda: {name: _left_out_channel(name, channel, package)}


# Module name -> what a stand-in for it holds. Only these are ever answered.
STAND_INS: Final[dict[str, Callable[[], dict[str, Any]]]] = {
    "rasa.nlu.classifiers.diet_classifier": _classes("tensorflow", "DIETClassifier"),
    "rasa.nlu.selectors.response_selector": _classes("tensorflow", "ResponseSelector"),
    "rasa.core.policies.ted_policy": _classes("tensorflow", "TEDPolicy"),
    "rasa.core.policies.unexpected_intent_policy": _classes("tensorflow", "UnexpecTEDIntentPolicy"),
    "rasa.utils.tensorflow.callback": _classes("tensorflow", "RasaTrainingLogger", "RasaModelCheckpoint"),
    "rasa.utils.tensorflow.data_generator": _classes("tensorflow", "RasaBatchDataGenerator"),
    # Imports scikit-learn and SciPy's statistics, a second of CPU time, for the neural policies' data only.
    "rasa.utils.tensorflow.model_data": _classes("tensorflow", "RasaModelData", "ragged_array_to_ndarray"),
    "rasa.utils.tensorflow.model_data_utils": _classes("tensorflow", "get_tag_ids"),
    "rasa.core.channels.socketio": _channel("SocketIOInput", "socketio", "python-socketio"),
    "rasa.core.channels.botframework": _channel("BotFrameworkInput", "botframework", "cryptography"),
    "rasa.core.channels.facebook": _channel("FacebookInput", "facebook", "fbmessenger"),
    "rasa.core.channels.mattermost": _channel("MattermostInput", "mattermost", "mattermostwrapper"),
    "rasa.core.channels.rocketchat": _channel("RocketChatInput", "rocketchat", "rocketchat-api"),
    "rasa.core.channels.slack": _channel("SlackInput", "slack", "slack-sdk"),
    "rasa.core.channels.telegram": _channel("TelegramInput", "telegram", "aiogram"),
    "rasa.core.channels.twilio": _channel("TwilioInput", "twilio", "twilio"),
    "rasa.core.channels.twilio_voice": _channel("TwilioVoiceInput", "twilio_voice", "twilio"),
    "rasa.core.channels.webexteams": _channel("WebexTeamsInput", "webexteams", "webexteamssdk"),
    "rasa.core.channels.hangouts": _channel("HangoutsInput", "hangouts", "google-auth"),
    "rasa.utils.plotting": lambda: {
        "plot_confusion_matrix": _no_plot,
        "plot_paired_histogram": _no_plot,
        "plot_curve": _no_plot,
    },
    # The third-party modules that Rasa imports at the top of modules which are used.
    "boto3": dict,
    "boto3.dynamodb": dict,
    "boto3.dynamodb.conditions": _classes("boto3", "Key"),
    "pymongo": dict,
    "pymongo.collection": _classes("pymongo", "Collection"),
    "pymongo.errors": _errors("ConnectionFailure", "OperationFailure"),
    "botocore": dict,
    "botocore.exceptions": _errors("BotoCoreError"),
    "structlog_sentry": lambda: {"SentryProcessor": _PassThroughProcessor},
}

# Left out where turns are served, and there only: the console of `rasa shell`, and the scheduler of reminders.
SERVING_STAND_INS: Final[dict[str, Callable[[], dict[str, Any]]]] = {
    "rasa.core.channels.console": _channel("CmdlineInput", "cmdline", "questionary"),
    "rasa.core.jobs": _classes("apscheduler", "scheduler"),
}

_PACKAGES: Final = frozenset(name.rpartition(".")[0] for name in STAND_INS if not name.startswith("rasa."))

# Modules of Rasa for which a file of this project is loaded.
REPLACEMENTS: Final[dict[str, Path]] = {
    "rasa.engine.recipes.default_components": Path(__file__).with_name("default_components.py"),
}


class LeanFinder(importlib.abc.MetaPathFinder, importlib.abc.Loader):
    """Answers imports of the names in the tables above, and of no other."""

    def __init__(self) -> None:
        """Starts with what every use of Rasa can do without."""
        self.stand_ins = dict(STAND_INS)

    def find_spec(
        self, fullname: str, path: Sequence[str] | None, target: ModuleType | None = None
    ) -> importlib.machinery.ModuleSpec | None:
        """Finds the module to import instead (see `importlib.abc.MetaPathFinder`)."""
        if fullname in self.stand_ins:
            return importlib.machinery.ModuleSpec(fullname, self, is_package=fullname in _PACKAGES)
        if fullname in REPLACEMENTS:
            return importlib.util.spec_from_file_location(fullname, REPLACEMENTS[fullname])
        return None

    def exec_module(self, module: ModuleType) -> None:
        """Fills a stand-in module with its names."""
        vars(module).update(self.stand_ins[module.__name__]())


def check_version() -> None:
    """Refuses every Rasa but the one that this was written for.

    Raises:
        UnsupportedRasaError: Another version, or none, is installed.
    """
    try:
        installed = importlib.metadata.version("rasa")
    except importlib.metadata.PackageNotFoundError:
        installed = "none"
    if installed != RASA_VERSION:
        raise UnsupportedRasaError(f"the lean start is written for Rasa {RASA_VERSION}; installed: {installed}")


def install(serving: bool = False) -> None:
    """Puts the finder in place for this interpreter; a second call adds nothing.

    Args:
        serving: Whether this process serves turns, and needs neither Rasa's console nor its reminders.

    Raises:
        UnsupportedRasaError: Another version of Rasa than 3.6.21 is installed.
    """
    finder = next((finder for finder in sys.meta_path if isinstance(finder, LeanFinder)), None)
    if finder is None:
        check_version()
        # Rasa sends usage data unless told otherwise; this is its own switch for that.
        os.environ["RASA_TELEMETRY_ENABLED"] = "false"
        finder = LeanFinder()
        sys.meta_path.insert(0, finder)
    if serving:
        finder.stand_ins.update(SERVING_STAND_INS)
