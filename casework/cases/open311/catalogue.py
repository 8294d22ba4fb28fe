"""The services of the standard are the kinds of cases; what may be said of each beside the description."""

from typing import Any, Final

from casework.cases.models import Kind
from casework.cases.open311.formats import Open311Error
from casework.cases.wording import KINDS

DESCRIPTIONS: Final[dict[Kind, str]] = {
    Kind.EXTRA_MONEY: "الوكيل يأخذ أكثر من المبلغ المقرر.",
    Kind.QUANTITY: "الحصة ناقصة أو لم تُسلَّم.",
    Kind.QUALITY: "المواد تالفة أو رديئة أو منتهية الصلاحية.",
    Kind.DELAY: "التوزيع متأخر.",
    Kind.SALE: "مواد الحصة تُباع.",
    Kind.BEHAVIOUR: "الوكيل أو المركز يسيء معاملة المواطنين.",
    Kind.AGENT: "الوكيل مغلق أو يحجز البطاقة أو يرفض التسجيل، وما شابه.",
    Kind.OTHER: "شكوى أخرى عن البطاقة التموينية.",
    Kind.SUGGESTION: "مقترح لتحسين الحصة التموينية وتوزيعها.",
}
KEYWORDS: Final = "الحصة التموينية,وكيل,راقبني"
GROUP: Final = "الحصة التموينية"
AGENCY: Final = "وزارة التجارة"

AGENT_NUMBER: Final = "agent_number"
SUM: Final = "sum_dinars"
HAPPENED_ON: Final = "happened_on"
_ATTRIBUTES: Final = (
    (AGENT_NUMBER, "string", "رقم الوكيل أو اسمه"),
    (SUM, "number", "المبلغ الزائد بالدينار"),
    (HAPPENED_ON, "datetime", "تاريخ الحادثة"),
)


def kind_of(service_code: str) -> Kind:
    """The kind of a service code; raises `Open311Error` 404 if there is none."""
    try:
        return Kind(service_code)
    except ValueError as error:
        raise Open311Error(404, "service_code was not found") from error


def services() -> list[dict[str, Any]]:
    """All services."""
    return [
        {
            "service_code": kind.value,
            "service_name": name,
            "description": DESCRIPTIONS[kind],
            "metadata": kind is not Kind.SUGGESTION,
            "type": "realtime",
            "keywords": KEYWORDS,
            "group": GROUP,
        }
        for kind, name in KINDS.items()
    ]


def definition(kind: Kind) -> dict[str, Any]:
    """What may be said of one service, as its definition."""
    wanted = () if kind is Kind.SUGGESTION else _ATTRIBUTES
    return {
        "service_code": kind.value,
        "attributes": [
            {
                "variable": True,
                "code": code,
                "datatype": datatype,
                "required": False,
                "datatype_description": None,
                "order": order,
                "description": description,
            }
            for order, (code, datatype, description) in enumerate(wanted, start=1)
        ],
    }
