"""The forms of the assistant."""

from casework.cases.chat import registration as cases
from casework.certificates import dialogue as certificates
from casework.dialogues.registry import Registry
from casework.privacy import form as privacy
from casework.results import form as results


def make_registry() -> Registry:
    """All forms, and what buttons outside forms do."""
    registry = Registry()
    privacy.register(registry)
    results.register(registry)
    cases.register(registry)
    certificates.register(registry)
    return registry
