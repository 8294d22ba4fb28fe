"""The fields of an entry as editors see them, and entries as plain JSON."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any, Final, Literal

from catalog.editing.models import Body, Kind
from catalog.loader import FAQ_FIELDS, PHRASE_FIELDS, SERVICE_FIELDS
from catalog.models import Confidence, Faq, Service
from catalog.schema import PHRASE_MAX_CHARS, TEXT_MAX_CHARS

Shape = Literal["line", "text", "lines", "choice", "day", "ticks", "yes"]


@dataclass(frozen=True, slots=True)
class Field:
    """One field: its name in the content files, its Arabic label, how it is typed, a word of help."""

    name: str
    label: str
    shape: Shape
    hint: str = ""
    max_chars: int = TEXT_MAX_CHARS


@dataclass(frozen=True, slots=True)
class Group:
    """Fields that stand together on the page."""

    title: str
    fields: tuple[Field, ...]


_LINES = "كل سطر واحد."
_WORDS = Group(
    "كلمات الناس",
    (
        Field("aliases", "أسماء أخرى", "lines", f"كما يسميها الناس. {_LINES}", PHRASE_MAX_CHARS),
        Field("questions", "أسئلة من أفواه الناس", "lines", f"عشرة أسئلة فأكثر خير. {_LINES}", PHRASE_MAX_CHARS),
        Field("situations", "مواقف", "lines", f"حال من يحتاجها ولا يعرف اسمها. {_LINES}", PHRASE_MAX_CHARS),
    ),
)
_TRUST = Group(
    "المصدر والتحقق",
    (
        Field("confidence", "درجة التأكد", "choice"),
        Field("sources", "المصادر", "lines", _LINES),
        Field("verified_on", "آخر تحقق", "day"),
        Field("verified_until", "صالح حتى", "day", "بعده تظهر في قائمة ما يحتاج تحققاً. اتركه فارغاً للمدة المعتادة."),
        Field("caveat", "تنبيه للمواطن", "text", "يظهر تحت الجواب."),
        Field("active", "معروضة للناس", "yes"),
    ),
)
_REACH = (
    Field("url", "الرابط", "line", "يبدأ بـ https://"),
    Field("contact", "الاتصال", "line"),
)
GROUPS: Final[Mapping[Kind, tuple[Group, ...]]] = {
    "service": (
        Group(
            "الخدمة",
            (
                Field("name", "الاسم", "line"),
                Field("category", "الفئة", "choice"),
                Field("agency", "الجهة", "line", "بين جهتين ضع /"),
                Field("description", "الوصف", "text"),
                Field("audience", "لمن", "line"),
            ),
        ),
        Group(
            "ما يسأل عنه الناس",
            (
                Field("documents", "المستمسكات", "lines", _LINES),
                Field("fee", "الرسوم", "text", "الفارغ يعني: لا نعرف."),
                Field("steps", "الخطوات", "lines", _LINES),
                Field("duration", "المدة", "line"),
                Field("eligibility", "من يحق له", "lines", _LINES),
                Field("channel", "طريقة التقديم", "line"),
                *_REACH,
                Field("inferred_fields", "استُنتج ولم يرد في مصدر", "ticks"),
            ),
        ),
        _WORDS,
        _TRUST,
    ),
    "faq": (
        Group("السؤال", (Field("title", "السؤال", "line"), Field("answer", "الجواب", "text"), *_REACH)),
        _WORDS,
        _TRUST,
    ),
}
INFERABLE: Final = (
    *("name", "agency", "description", "audience", "documents", "fee"),
    *("steps", "duration", "eligibility", "channel", "url", "contact"),
)
CONFIDENCES: Final = {
    Confidence.SOURCED: "من مصدر رسمي",
    Confidence.PARTLY: "بعضه من مصدر",
    Confidence.NAME_ONLY: "الاسم فقط معروف",
    Confidence.ILLUSTRATIVE: "للتوضيح، بلا مصدر",
}
KIND_NAMES: Final[Mapping[Kind, str]] = {"service": "خدمة", "faq": "سؤال عام"}
OWN: Final = frozenset({"active", "verified_until"})
"""Fields that the content files do not have."""


def fields_of(kind: Kind) -> list[Field]:
    """All fields of an entry of this kind, in the order of the page."""
    return [field for group in GROUPS[kind] for field in group.fields]


def label_of(kind: Kind, name: str) -> str:
    """What the field is called on screen."""
    return next((field.label for field in fields_of(kind) if field.name == name), name)


def title_of(body: Body) -> str:
    """The entry's name or question."""
    return str(body.get("name") or body.get("title") or "")


def empty(kind: Kind) -> Body:
    """An entry of which nothing is known."""
    body: Body = {"code": ""}
    for field in fields_of(kind):
        body[field.name] = [] if field.shape in ("lines", "ticks") else ""
    return body | {"confidence": Confidence.PARTLY.value, "active": True}


def body_of(row: Service | Faq, verified_until: date | None) -> Body:
    """A published entry, its phrases loaded, as JSON."""
    names = SERVICE_FIELDS if isinstance(row, Service) else FAQ_FIELDS
    body: Body = {"code": row.code, **{name: _plain(getattr(row, name)) for name in names}}
    if isinstance(row, Service):
        body["category"] = row.category_code
    for kind, name in PHRASE_FIELDS.items():
        body[name] = [phrase.text for phrase in row.phrases if phrase.kind == kind]
    return body | {"active": row.active, "verified_until": _plain(verified_until)}


def read_form(kind: Kind, code: str, form: Mapping[str, str], ticked: Iterable[str]) -> Body:
    """An entry as it was typed into the page; nothing is checked yet."""
    body: Body = {"code": code}
    for field in fields_of(kind):
        typed = form.get(field.name, "").replace("\r\n", "\n")
        match field.shape:
            case "lines":
                body[field.name] = [line.strip() for line in typed.split("\n") if line.strip()]
            case "ticks":
                body[field.name] = sorted(set(ticked) & set(INFERABLE))
            case "yes":
                body[field.name] = typed == "1"
            case _:
                body[field.name] = typed.strip()
    return body


def _plain(value: Any) -> Any:
    if isinstance(value, date):
        return value.isoformat()
    return "" if value is None else value
