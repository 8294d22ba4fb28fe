"""The words of laboratories' files: headers, statuses and values, in Arabic and English."""

from collections.abc import Mapping, Sequence
from functools import lru_cache

from arabic import normalise
from casework.results.models import Status, Value

SAMPLE, STATUS, VALUE, SAMPLED_AT, REPORTED_AT = "sample", "status", "value", "sampled_at", "reported_at"
NAME, NAME_LATIN, PHONE, NATIONAL_ID, PASSPORT, BIRTH_YEAR = (
    "name",
    "name_latin",
    "phone",
    "national_id",
    "passport",
    "birth_year",
)
REQUIRED = (SAMPLE, VALUE, SAMPLED_AT)
"""Columns without which a file is refused; a status is `final` where the file has none."""

LABELS: Mapping[str, str] = {
    SAMPLE: "رقم العينة",
    STATUS: "الحالة",
    VALUE: "النتيجة",
    SAMPLED_AT: "وقت أخذ العينة",
    REPORTED_AT: "وقت صدور النتيجة",
    NAME: "الاسم",
    NAME_LATIN: "الاسم بالإنجليزية",
    PHONE: "رقم الهاتف",
    NATIONAL_ID: "رقم البطاقة الوطنية",
    PASSPORT: "رقم الجواز",
    BIRTH_YEAR: "سنة الميلاد",
}
"""Columns as an answer to a laboratory names them."""

_HEADERS: Mapping[str, Sequence[str]] = {
    SAMPLE: (
        "رقم العينة", "العينة", "رقم النموذج", "كود العينة", "رمز العينة", "رقم الفحص", "الباركود", "باركود",
        "sample", "sample number", "sample no", "sample id", "specimen", "specimen id", "accession", "barcode",
    ),
    STATUS: ("الحالة", "حالة النتيجة", "status", "state", "result status"),
    VALUE: ("النتيجة", "نتيجة الفحص", "نتيجة", "result", "value", "pcr", "pcr result"),
    SAMPLED_AT: (
        "وقت أخذ العينة", "تاريخ أخذ العينة", "تاريخ العينة", "وقت العينة", "تاريخ السحب", "تاريخ المسحة",
        "sampled at", "sampled", "sample date", "sample time", "collected at", "collection date", "collected",
    ),
    REPORTED_AT: (
        "وقت صدور النتيجة", "تاريخ النتيجة", "تاريخ صدور النتيجة", "تاريخ الإصدار",
        "reported at", "reported", "report date", "result date", "issued", "issued at",
    ),
    NAME: (
        "الاسم", "اسم المريض", "الاسم الكامل", "الاسم الرباعي", "اسم المراجع", "name", "full name",
        "patient name", "patient",
    ),
    NAME_LATIN: (
        "الاسم بالإنجليزية", "الاسم الإنجليزي", "الاسم بالجواز", "الاسم كما في الجواز",
        "name latin", "name english", "english name", "passport name", "name en",
    ),
    PHONE: ("رقم الهاتف", "الهاتف", "الموبايل", "رقم الموبايل", "هاتف", "phone", "mobile", "phone number", "tel"),
    NATIONAL_ID: (
        "رقم البطاقة الوطنية", "البطاقة الوطنية", "رقم الهوية", "الرقم الوطني", "البطاقة الموحدة", "هوية",
        "national id", "nid", "id number", "national id number", "civil id",
    ),
    PASSPORT: ("رقم الجواز", "الجواز", "جواز السفر", "رقم جواز السفر", "passport", "passport number", "passport no"),
    BIRTH_YEAR: (
        "سنة الميلاد", "المواليد", "تاريخ الميلاد", "سنة التولد", "التولد",
        "birth year", "year of birth", "dob", "date of birth", "birth date", "yob",
    ),
}  # fmt: skip
_STATUSES: Mapping[Status, Sequence[str]] = {
    Status.PENDING: (
        "قيد الفحص", "معلقة", "معلق", "قيد الانتظار", "قيد الإنجاز", "لم تصدر", "pending", "preliminary",
        "registered", "in progress",
    ),
    Status.FINAL: ("نهائية", "نهائي", "صدرت", "صادرة", "final", "completed", "released"),
    Status.AMENDED: ("مصححة", "معدلة", "مصحح", "معدل", "تصحيح", "amended", "corrected", "revised"),
    Status.VOID: ("ملغاة", "ملغية", "ملغي", "ملغاه", "إلغاء", "void", "cancelled", "canceled", "entered in error"),
}  # fmt: skip
_VALUES: Mapping[Value, Sequence[str]] = {
    Value.NEGATIVE: (
        "سالب", "سالبة", "سلبي", "سلبية", "غير مصاب", "negative", "neg", "not detected", "undetected", "n",
    ),
    Value.POSITIVE: ("موجب", "موجبة", "إيجابي", "إيجابية", "ايجابي", "مصاب", "positive", "pos", "detected", "p"),
    Value.INCONCLUSIVE: (
        "غير حاسمة", "غير حاسم", "غير محسومة", "غير محدد", "غير محددة", "مشكوك", "inconclusive", "indeterminate",
        "equivocal", "invalid",
    ),
    Value.REJECTED: (
        "مرفوضة", "عينة مرفوضة", "رفضت العينة", "العينة مرفوضة", "مرفوض", "غير صالحة", "rejected",
        "sample rejected", "unsatisfactory",
    ),
}  # fmt: skip


def _folded(text: str) -> str:
    return " ".join(normalise(text).lower().replace("_", " ").replace("-", " ").replace(".", " ").split())


_COLUMN_OF = {_folded(word): column for column, words in _HEADERS.items() for word in (*words, column)}
_STATUS_OF = {_folded(word): status for status, words in _STATUSES.items() for word in words}
_VALUE_OF = {_folded(word): value for value, words in _VALUES.items() for word in words}


def column(header: str) -> str | None:
    """The column that a header names; None if none is known by it."""
    return _COLUMN_OF.get(_folded(header))


@lru_cache(maxsize=1024)
def status(text: str) -> Status | None:
    """The status that a cell names; None if it is none."""
    return _STATUS_OF.get(_folded(text))


@lru_cache(maxsize=1024)
def value(text: str) -> Value | None:
    """The value that a cell names; None if it is none."""
    return _VALUE_OF.get(_folded(text))
