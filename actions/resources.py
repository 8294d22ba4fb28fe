"""What the actions of one process share: database sessions, the live search index, the forms, the clock."""

from dataclasses import dataclass

from casework.dialogues.service import Dialogues
from catalog.search import LiveIndex
from foundation.clock import Clock
from foundation.database import SessionFactory
from foundation.datakeys import DataKeys
from foundation.settings import Settings
from operations.switches.board import SwitchBoard


@dataclass(frozen=True, slots=True)
class Resources:
    """Made once when the action server starts."""

    sessions: SessionFactory
    index: LiveIndex
    clock: Clock
    board: SwitchBoard
    keys: DataKeys
    settings: Settings
    dialogues: Dialogues


class NotStartedError(RuntimeError):
    """An action ran before the server had made its resources."""


_held: list[Resources] = []


def provide(resources: Resources) -> None:
    """Sets the process's resources; a second call replaces them."""
    _held[:] = [resources]


def resources() -> Resources:
    """The process's resources.

    Raises:
        NotStartedError: `provide` was not called.
    """
    if not _held:
        raise NotStartedError("the action server has not started")
    return _held[0]
