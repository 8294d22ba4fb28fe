"""What the pages of cases call things."""

from collections.abc import Mapping
from typing import Any, Final

from casework.cases import numbers, wording
from casework.cases.life import OPEN
from casework.cases.models import Kind, State, What
from casework.cases.sample.loading import OFFICER as SAMPLE_OFFICER
from casework.cases.sample.loading import SOURCE as SAMPLE_SOURCE
from casework.places import atlas

STATES: Final[Mapping[str, str]] = {
    State.RECEIVED: "جديدة",
    State.ASSIGNED: "عند موظف",
    State.UNDER_INVESTIGATION: "قيد التحقيق",
    State.UPHELD: "ثبتت",
    State.NOT_UPHELD: "لم تثبت",
    State.CLOSED: "مغلقة",
    State.WITHDRAWN: "سحبها المواطن",
}
TONES: Final[Mapping[str, str]] = {
    State.RECEIVED: "warn",
    State.ASSIGNED: "brand",
    State.UNDER_INVESTIGATION: "brand",
    State.UPHELD: "live",
    State.NOT_UPHELD: "",
    State.CLOSED: "",
    State.WITHDRAWN: "",
}
HAPPENINGS: Final[Mapping[str, str]] = {
    What.FILED: "وصلت",
    What.MOVED: "تغيرت حالتها",
    What.REOPENED: "أعاد المواطن فتحها",
    What.ESCALATED: "تأخرت ورُفعت إلى المسؤول الأعلى",
    What.SUPPORTED: "انضم مواطن",
    What.RATED: "قيّمها المواطن",
    What.NOTED: "ملاحظة",
    What.WITHDRAWN: "سحبها المواطن",
    What.MERGED: "ضُم المكرر",
    What.UNDONE: "تراجع عن إسناد جماعي",
}
ACTORS: Final[Mapping[str, str]] = {
    "citizen": "المواطن",
    "system": "النظام",
    SAMPLE_OFFICER: "موظف (نموذج)",
    SAMPLE_SOURCE: "النماذج",
}
SOURCES: Final[Mapping[str, str]] = {SAMPLE_SOURCE: "النماذج"}
WORDS: Final[Mapping[str, Any]] = {
    "states": STATES,
    "tones": TONES,
    "kinds": wording.KINDS,
    "measures": wording.MEASURES,
    "happenings": HAPPENINGS,
    "actors": ACTORS,
    "sources": SOURCES,
    "open": OPEN,
    "number": numbers.show,
    "place": atlas.label,
    "suggestion": Kind.SUGGESTION,
}
