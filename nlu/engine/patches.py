"""The changes to Rasa 3.6.21 that no extension point allows; each one named, with its reason.

Everything else is done with Rasa's own means: a graph runner, a processor, an agent, a tracker store, a lock store, an
endpoint and a channel of our own.
"""

from __future__ import annotations

import types
from typing import Any

from jsonschema import ValidationError
from jsonschema.validators import validator_for
from rasa.core.actions.action import RemoteAction
from rasa.core.policies import memoization, rule_policy

from nlu.engine import lean


def validate_action_results_with_one_validator() -> None:
    """Compiles the schema of an action's answer once.

    Rasa builds the schema anew for every call and first checks that the schema is a schema: 33 of the 42 ms of a turn.
    """
    schema = RemoteAction.action_response_format_spec()
    validator_class = validator_for(schema)
    validator_class.check_schema(schema)
    validator = validator_class(schema)

    def _validate_action_result(_self: RemoteAction, result: dict[str, Any]) -> bool:
        for error in validator.iter_errors(result):
            # The default message quotes the answer, and with it the citizen's words.
            raise ValidationError(f"the action server's answer does not fit the schema at {error.json_path}")
        return True

    RemoteAction._validate_action_result = _validate_action_result


def skip_copies_for_debug_logs() -> None:
    """Stops the policies from deep-copying the conversation's states for a debug log line that is never written.

    In these two modules `copy` serves nothing else.
    """
    uncopied = types.SimpleNamespace(deepcopy=lambda states: states)
    memoization.copy = uncopied
    rule_policy.copy = uncopied


def apply() -> None:
    """Applies all changes to this process.

    Raises:
        nlu.engine.lean.UnsupportedRasaVersion: Another version of Rasa than the one these were written for.
    """
    lean.check_version()
    validate_action_results_with_one_validator()
    skip_copies_for_debug_logs()
