"""Services that the assistant itself does: their answers carry a button that begins."""

from typing import Final

from actions.messages import Button

COMPLAINT: Final = Button("سجّل شكواي الآن", "file_complaint")
SUGGESTION: Final = Button("سجّل مقترحي الآن", "file_suggestion")
RESULT: Final = Button("اعرض نتيجة فحصي", "get_pcr_result")

_DONE_HERE: Final = {
    "jus-01": (COMPLAINT, SUGGESTION),
    "jus-02": (COMPLAINT,),
    "hea-01": (RESULT,),
}
"""Code of the service → what begins it here: Raqibni for the food basket and for agents, Salamat."""


def is_done_here(code: str) -> bool:
    """Whether the assistant itself does what the service `code` is for."""
    return code in _DONE_HERE


def beginnings(code: str) -> tuple[Button, ...]:
    """The buttons that do what the service `code` is for; none if it is done elsewhere."""
    return _DONE_HERE.get(code, ())
