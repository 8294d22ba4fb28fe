"""What chat knows of cases."""

from casework.cases.chat.buttons import ReopenForm, pressed
from casework.cases.chat.complaint import ComplaintForm
from casework.cases.chat.suggestion import SuggestionForm
from casework.cases.chat.track import TrackForm
from casework.cases.chat.withdraw import WithdrawForm
from casework.cases.telling import HANDLER
from casework.dialogues.registry import Registry


def register(registry: Registry) -> None:
    """Adds the forms and the buttons of cases."""
    for form in (ComplaintForm(), SuggestionForm(), TrackForm(), ReopenForm(), WithdrawForm()):
        registry.add(form)
    registry.on(HANDLER, pressed)
