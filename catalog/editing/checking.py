"""Checks of an entry, with a sentence for the editor at each field that is wrong."""

from datetime import date, timedelta
from typing import Any, Final

from pydantic import ValidationError

from catalog.editing.fields import OWN, fields_of
from catalog.editing.models import Body, Kind
from catalog.schema import FaqContent, ServiceContent

LONGEST_VALID: Final = timedelta(days=3 * 365)
LINES_MAX: Final = 200
_SENTENCES: Final = {
    "missing": "املأ هذا الحقل.",
    "string_too_short": "املأ هذا الحقل.",
    "enum": "اختر واحداً من القائمة.",
    "date_parsing": "التاريخ غير صحيح.",
    "date_from_datetime_parsing": "التاريخ غير صحيح.",
    "string_pattern_mismatch": "حروف لاتينية صغيرة وأرقام بينها شرطة، مثل nat-07.",
}
_BY_FIELD: Final = {
    "url": "اكتب عنواناً كاملاً يبدأ بـ https:// أو اتركه فارغاً.",
    "verified_on": "التحقق لا يكون في يوم لم يأت بعد.",
}
Problems = dict[str, str]


def content_of(kind: Kind, body: Body, today: date) -> ServiceContent | FaqContent:
    """The entry as the content files' schema reads it.

    Raises:
        pydantic.ValidationError: Something is wrong.
    """
    model = ServiceContent if kind == "service" else FaqContent
    bare = {name: value for name, value in body.items() if name not in OWN}
    return model.model_validate(bare, context={"today": today})


def check(kind: Kind, body: Body, today: date, categories: frozenset[str]) -> Problems:
    """What is wrong, by field; empty if nothing is.

    Args:
        kind: Of the entry.
        body: As typed.
        today: In Baghdad.
        categories: Codes of the categories that exist.
    """
    found: Problems = {}
    try:
        content_of(kind, body, today)
    except ValidationError as error:
        for one in error.errors():
            name = str(one["loc"][0]) if one["loc"] else "code"
            found.setdefault(name, _sentence(name, dict(one)))
    if kind == "service" and "category" not in found and body.get("category") not in categories:
        found["category"] = "اختر فئة من القائمة."
    if not body.get("category") and kind == "service":
        found["category"] = "اختر فئة من القائمة."
    for field in fields_of(kind):
        if field.shape == "lines" and len(body.get(field.name) or ()) > LINES_MAX:
            found.setdefault(field.name, f"الأسطر أكثر من {LINES_MAX}. احذف ما يتشابه منها.")
    if problem := _until(str(body.get("verified_until") or ""), today):
        found["verified_until"] = problem
    return found


def _until(typed: str, today: date) -> str:
    if not typed:
        return ""
    try:
        until = date.fromisoformat(typed)
    except ValueError:
        return _SENTENCES["date_parsing"]
    if until > today + LONGEST_VALID:
        return "أبعد من ثلاث سنوات. اختر يوماً أقرب."
    return ""


def _sentence(name: str, error: dict[str, Any]) -> str:
    kind = str(error["type"])
    if kind == "string_too_long":
        limit = error.get("ctx", {}).get("max_length", "")
        where = f"السطر {error['loc'][1] + 1} " if len(error["loc"]) > 1 else ""
        return f"{where}أطول من {limit} حرفاً. اختصر."
    if name in _BY_FIELD and kind == "value_error":
        return _BY_FIELD[name]
    if kind == "value_error" and "repeats" in str(error["msg"]):
        repeated = str(error["msg"]).partition("«")[2].rstrip("»")
        return f"تكرر «{repeated}». احذف واحداً."
    if name == "code" and kind == "string_pattern_mismatch" and "faq-" in str(error.get("ctx", {}).get("pattern", "")):
        return "رمز السؤال العام يبدأ بـ faq- مثل faq-payment."
    return _SENTENCES.get(kind, "القيمة غير صحيحة.")
