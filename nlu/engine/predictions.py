"""Remembers what the rules said: the same end of a conversation always leads to the same action.

The rule policy rebuilds every state of the conversation and holds each against every rule, twice a turn: a quarter of
the engine's work. What it says depends on the last few events only, so it is kept by those. Where anything else could
matter (a form, a slot that influences the dialogue, rules about texts, another policy), nothing is remembered.
"""

from __future__ import annotations

import copy
import json
from collections.abc import Iterable, Sequence
from typing import Any, Final

from rasa.core.policies.ensemble import DefaultPolicyPredictionEnsemble
from rasa.core.policies.policy import Policy, PolicyPrediction
from rasa.core.policies.rule_policy import RULES, RULES_FOR_LOOP_UNHAPPY_PATH, RulePolicy
from rasa.shared.core.domain import Domain
from rasa.shared.core.events import (
    ActionExecuted,
    BotUttered,
    DefinePrevUserUtteredFeaturization,
    Event,
    SessionStarted,
    SlotSet,
    UserUttered,
)

from nlu.engine.patches import has_rules_on_texts

KEPT: Final = 4096
"""Ends of conversations that are remembered, about 5 MB."""

Key = tuple[Any, ...]

_START: Final = "start"


class Predictions:
    """What was predicted, by the end of the conversation."""

    def __init__(self, components: Iterable[object], domain: Domain) -> None:
        """Looks whether predictions may be remembered.

        Args:
            components: All components of the loaded model.
            domain: The model's domain.
        """
        listed = list(components)
        policies = [one for one in listed if isinstance(one, Policy)]
        ensembles = [one for one in listed if isinstance(one, DefaultPolicyPredictionEnsemble)]
        self._states = 0
        self._known: dict[Key, PolicyPrediction] = {}
        if len(policies) != 1 or type(policies[0]) is not RulePolicy or len(ensembles) != 1:
            return
        if any(slot.has_features() for slot in domain.slots) or has_rules_on_texts(policies[0]):
            return
        lookup = policies[0].lookup
        rules = [*lookup[RULES], *lookup[RULES_FOR_LOOP_UNHAPPY_PATH]]
        self._states = max((len(json.loads(rule)) for rule in rules), default=0)

    def key(self, events: Sequence[Event]) -> Key | None:
        """What the next prediction depends on: the events behind as many states as the longest rule has, and one more.

        Args:
            events: The conversation's slice, oldest first.

        Returns:
            A key, or None where it depends on more.
        """
        if not self._states:
            return None
        found: list[Any] = []
        actions = 0
        whole = True
        for event in reversed(events):
            kind = type(event)
            if kind is ActionExecuted:
                actions += 1
                found.append((event.action_name, event.action_text))
            elif kind is UserUttered:
                if not event.intent_name:
                    return None
                found.append((event.intent_name, _named(event.entities), event.use_text_for_featurization))
                if actions > self._states:
                    whole = False
                    break
            elif kind is DefinePrevUserUtteredFeaturization:
                found.append(event.use_text_for_featurization)
            elif kind is SessionStarted:
                break
            elif kind is not SlotSet and kind is not BotUttered:
                return None
        if whole:
            found.append(_START)
        # A form that began before these events still acts; so do the events by which Rasa takes others back.
        if not all(type(event) in _PLAIN for event in events):
            return None
        return tuple(found)

    def get(self, key: Key | None) -> PolicyPrediction | None:
        """What was predicted before, with events of its own, since a tracker stamps its events with the time."""
        known = None if key is None else self._known.get(key)
        return None if known is None else _with_own_events(known)

    def keep(self, key: Key | None, prediction: PolicyPrediction) -> None:
        """Remembers a prediction."""
        if key is None:
            return
        if len(self._known) >= KEPT:
            self._known.clear()
        self._known[key] = _with_own_events(prediction)


_PLAIN: Final = frozenset(
    (ActionExecuted, BotUttered, DefinePrevUserUtteredFeaturization, SessionStarted, SlotSet, UserUttered)
)


def _named(entities: Sequence[dict[str, Any]]) -> tuple[tuple[Any, Any, Any], ...]:
    return tuple((one.get("entity"), one.get("role"), one.get("group")) for one in entities)


def _with_own_events(prediction: PolicyPrediction) -> PolicyPrediction:
    own = copy.copy(prediction)
    own.events = [copy.copy(event) for event in prediction.events]
    return own
