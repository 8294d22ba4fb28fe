"""What the pages of results call things."""

from collections.abc import Mapping
from typing import Annotated, Any, Final

from fastapi import Depends

from casework.places import atlas
from casework.results.models import Status, Value
from console.web.guard import require
from operations.accounts.models import Role
from operations.accounts.sessions import Entered

RESULTS: Final = "/console/results"
HealthOfficer = Annotated[Entered, Depends(require(Role.HEALTH_OFFICER))]
STATUSES: Final[Mapping[str, str]] = {
    Status.PENDING: "قيد الفحص",
    Status.FINAL: "نهائية",
    Status.AMENDED: "مصححة",
    Status.VOID: "ملغاة",
}
VALUES: Final[Mapping[str, str]] = {
    Value.NEGATIVE: "سالبة",
    Value.POSITIVE: "موجبة",
    Value.INCONCLUSIVE: "غير حاسمة",
    Value.REJECTED: "عينة مرفوضة",
}
WORDS: Final[Mapping[str, Any]] = {
    "statuses": STATUSES,
    "findings": VALUES,
    "tones": {Status.PENDING: "warn", Status.FINAL: "live", Status.AMENDED: "brand", Status.VOID: "bad"},
    "place": atlas.label,
}
