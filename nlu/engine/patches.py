"""The changes to Rasa 3.6.21 that no extension point allows; each one named, with its reason.

Everything else is done with Rasa's own means: a graph runner, a processor, an agent, a tracker store, a lock store, an
endpoint and a channel of our own.
"""

from __future__ import annotations

import types
from collections.abc import Callable
from typing import Any

from jsonschema import ValidationError
from jsonschema.validators import validator_for
from rasa.core import processor
from rasa.core.actions.action import RemoteAction
from rasa.core.policies import memoization, rule_policy
from rasa.shared.core.constants import USER
from rasa.shared.nlu.constants import TEXT

from nlu.engine import lean


def _compiled_check(schema: dict[str, Any]) -> Callable[[Any], str | None]:
    """Compiles the schema of an action's answer.

    The schema names 23 kinds of event and asks that exactly one fits; each kind demands its own name, so the name
    tells which one to look at. Same verdict, a tenth of the time.

    Args:
        schema: `RemoteAction.action_response_format_spec()`.

    Returns:
        A check of an answer, which returns where it does not fit, or None if it fits.
    """
    validator_class = validator_for(schema)
    validator_class.check_schema(schema)
    event_schema = schema["properties"]["events"]["items"]
    any_event = {key: value for key, value in event_schema.items() if key != "oneOf"}
    kinds = {kind["properties"]["event"]["const"]: kind for kind in event_schema["oneOf"]}
    by_name = {name: validator_class({**any_event, "allOf": [kind]}) for name, kind in kinds.items()}
    events_of_any_kind = {**schema["properties"], "events": {"type": "array", "items": any_event}}
    frame = validator_class({**schema, "properties": events_of_any_kind})

    def check(answer: Any) -> str | None:
        if _is_plain(answer):
            return None
        for error in frame.iter_errors(answer):
            return str(error.json_path)
        for position, event in enumerate(answer.get("events", ()) if isinstance(answer, dict) else ()):
            validator = by_name.get(event["event"])
            if validator is None or not validator.is_valid(event):
                return f"$.events[{position}]"
        return None

    return check


def _is_plain(answer: Any) -> bool:
    """Whether an answer holds nothing but messages and slots, as nearly all do, and so fits the schema."""
    if type(answer) is not dict:
        return False
    events, responses = answer.get("events", []), answer.get("responses", [])
    return (
        type(events) is list
        and type(responses) is list
        and all(type(response) is dict for response in responses)
        and all(type(event) is dict and _is_slot(event) for event in events)
    )


def _is_slot(event: dict[str, Any]) -> bool:
    return (
        event.get("event") == "slot"
        and type(event.get("name")) is str
        and "value" in event
        and type(event.get("timestamp")) in _TIMES
        and type(event.get("metadata")) in _METADATA
    )


_TIMES = (type(None), float, int)
_METADATA = (type(None), dict)

_check = _compiled_check(RemoteAction.action_response_format_spec())


def check_action_result(answer: Any) -> None:
    """Checks an action's answer.

    Raises:
        ValidationError: It does not fit the schema. Rasa's own message quotes the answer, and with it what a citizen
            wrote or is told.
    """
    misfit = _check(answer)
    if misfit is not None:
        raise ValidationError(f"the action server's answer does not fit the schema at {misfit}")


def validate_action_results_with_one_validator() -> None:
    """Compiles the schema of an action's answer once.

    Rasa builds the schema anew for every call and first checks that the schema is a schema: 33 of the 42 ms of a turn.
    """

    def _validate_action_result(_self: RemoteAction, result: Any) -> bool:
        check_action_result(result)
        return True

    RemoteAction._validate_action_result = _validate_action_result


def skip_copies_for_debug_logs() -> None:
    """Stops deep copies of states and events for debug log lines that are never written.

    In these modules `copy` serves nothing else.
    """
    uncopied = types.SimpleNamespace(deepcopy=lambda logged: logged)
    for module in (memoization, rule_policy, processor):
        module.copy = uncopied


def skip_rules_on_texts() -> None:
    """Stops the rule policy from looking twice at a conversation when no rule is about a literal text.

    It first looks for rules about the citizen's exact words, then for those about the intent.
    """
    by_intent_or_text = rule_policy.RulePolicy._find_action_from_rules

    def _find_action_from_rules(
        self: rule_policy.RulePolicy, tracker: Any, domain: Any, use_text_for_last_user_input: bool
    ) -> tuple[str | None, str | None, bool]:
        if use_text_for_last_user_input and not has_rules_on_texts(self):
            return None, None, False
        return by_intent_or_text(self, tracker, domain, use_text_for_last_user_input)

    rule_policy.RulePolicy._find_action_from_rules = _find_action_from_rules


def has_rules_on_texts(policy: rule_policy.RulePolicy) -> bool:
    """Whether a rule of the policy is about a literal text."""
    known: bool | None = vars(policy).get("_has_rules_on_texts")
    if known is None:
        keys = [*policy.lookup[rule_policy.RULES], *policy.lookup[rule_policy.RULES_FOR_LOOP_UNHAPPY_PATH]]
        states = (state for key in keys for state in policy._rule_key_to_state(key))
        known = any(TEXT in state.get(USER, {}) for state in states)
        vars(policy)["_has_rules_on_texts"] = known
    return known


def apply() -> None:
    """Applies all changes to this process.

    Raises:
        nlu.engine.lean.UnsupportedRasaError: Another version of Rasa than the one these were written for.
    """
    lean.check_version()
    validate_action_results_with_one_validator()
    skip_copies_for_debug_logs()
    skip_rules_on_texts()
