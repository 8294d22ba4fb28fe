"""The audit in words: of whom, of what and with which figures an entry speaks. What has no word is shown as it is."""

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Final

from arabic.plural import lasted
from casework.cases import numbers
from catalog.training.intents import name_of
from console.cases.words import STATES as CASE_STATES
from console.handoffs.view import CLOSE_REASONS, HAPPENINGS
from console.office.switches import NAMES as SWITCHES
from console.results.words import STATUSES
from operations.accounts.governorates import GOVERNORATES
from operations.accounts.models import Role
from operations.accounts.service import ROLE_NAMES
from operations.audit.models import Action, AuditEntry
from operations.switches.models import Capability

ID_SHOWN_CHARS: Final = 6
"""So much of a long id tells one from another."""
PROCESSES: Final[Mapping[str, str]] = {
    "set-up": "الإعداد الأول",
    "examples": "الأمثلة",
    "citizen": "المواطن",
    "system": "النظام",
    "bot": "النظام",
}
SUBJECTS: Final[Mapping[str, str]] = {
    "conversation": "محادثة",
    "result": "نتيجة",
    "handoff": "محادثة مع موظف",
    "line": "سطر",
    "cases": "إسناد جماعي",
    "laboratory": "مختبر",
    "model": "نموذج",
    "file": "ملف",
    "entry": "مدخل",
}
KEYS: Final[Mapping[str, str]] = {
    "proven": "هاتفه مُثبت",
    "locks": "أُوقفت المحاولات بحسب",
    "network": "شبكة",
    "version": "النسخة",
    "was": "كانت",
    "ended": "انتهت",
    "roles": "الأدوار",
    "roles_before": "الأدوار قبل ذلك",
    "second_factor": "مع إلغاء رمز التحقق",
    "on": "مفعّل",
    "in_a_row": "محاولات متتالية",
    "locked_seconds": "أُوقف الدخول",
    "message": "ما يقال للمواطن",
    "what": "ماذا",
    "more": "التفصيل",
    "step": "الخطوة",
    "entries": "المداخل",
    "lines": "الأسطر",
    "to": "إلى",
    "cases": "الشكاوى",
    "undone": "ما رُجع عنه",
    "file": "الملف",
    "added": "جديدة",
    "changed": "تغيرت",
    "updated": "تغيرت",
    "unchanged": "كما هي",
    "refused": "مرفوضة",
    "faults": "أسطر فيها خطأ",
    "name": "الاسم",
    "scopes": "الصلاحيات",
    "acts_for": "نيابة عن",
    "text": "النص",
    "finished": "اكتمل",
    "identifiers": "الأرقام الشخصية",
    "messages": "الرسائل",
    "values": "القيم",
    "unreadable": "ما لم يُقرأ",
    "raw": "الرسائل كما وصلت",
    "inbox": "الواردة",
    "outbox": "الصادرة",
    "buttons": "الأزرار",
    "vault": "الأرقام المشفرة",
    "results": "النتائج",
    "attempts": "المحاولات",
    "conversations": "المحادثات",
    "certificates": "الشهادات",
    "dialogues": "ما كُتب نصفه",
    "notices": "الإشعارات",
    "files": "الملفات",
    "events": "الأحداث",
    "events_unpublished": "أحداث لم تُنشر",
}
VALUES: Final[Mapping[str, str]] = {
    "case:conversation": "المحادثة",
    "result:conversation": "المحادثة",
    "result:factor": "رقم الإثبات",
    "result:sample": "رقم العينة",
    "result:sample-id": "رقم العينة مع الهوية",
    "result:network": "الشبكة",
    "identity": "الأرقام الشخصية",
    "text": "النص",
    "note": "ملاحظة",
    "letter": "رسالة إلى المواطن",
    "merge": "ضم إلى أخرى",
    "submit": "إرسال للمراجعة",
    "return": "إرجاع إلى المحرر",
    "schedule": "تحديد وقت للنشر",
    "approve": "اعتماد",
    "discard": "حذف المسودة",
    "roll_back": "رجوع إلى نسخة سابقة",
    "import": "من ملف",
    "publish": "نشر",
    "add": "إضافة",
    "remove": "حذف",
    "put_back": "إعادة",
    "ask": "طلب نموذج",
    "cancel": "إلغاء",
    "drop": "حذف نموذج",
    "promote": "اعتماد نموذج",
}
_WEEKDAYS: Final = ("الاثنين", "الثلاثاء", "الأربعاء", "الخميس", "الجمعة", "السبت", "الأحد")
_LONG_ID: Final = re.compile(r"^[0-9a-f-]{12,}$")
_WORDS: Final[Mapping[str, Mapping[str, str]]] = {
    Action.CASE_CHANGE: CASE_STATES,
    Action.CASE_WITHDRAWN: CASE_STATES,
    Action.RESULT_AMEND: STATUSES,
    Action.RESULT_VOID: STATUSES,
    Action.HANDOFF: {**CLOSE_REASONS, **HAPPENINGS},
}


@dataclass(frozen=True, slots=True)
class Said:
    """A word and, beside it, what stands in its own direction: an id, a number, a name of entering."""

    word: str
    own: str = ""


def who(entry: AuditEntry) -> Said:
    """Who did it."""
    kind, _, name = entry.who.partition(":")
    if name and kind in SUBJECTS:
        return Said(SUBJECTS[kind], _short(name))
    return Said(PROCESSES[entry.who]) if entry.who in PROCESSES else Said("", entry.who)


def subject(entry: AuditEntry) -> Said:
    """What it was done to."""
    text = entry.subject
    kind, _, name = text.replace(":", "/", 1).partition("/")
    if kind == "case" and name:
        number, _, rest = name.partition("/")
        return Said("ملف في شكوى" if rest else "شكوى", numbers.show(number) if number.isdecimal() else number)
    if kind == "intent" and name:
        return Said(f"أمثلة «{name_of(name)}»")
    if kind == "handoff" and name:
        number, _, line = name.partition("/line/")
        return Said(f"سطر {line} من محادثة مع موظف" if line else SUBJECTS["handoff"], number)
    if kind in SUBJECTS and name:
        return Said(SUBJECTS[kind], _short(name))
    if text in set(Capability):
        return Said(SWITCHES[Capability(text)][0])
    if entry.action == Action.OFFICE_HOURS and text[:1] in "+-" and text:
        return Said("عطلة جديدة" if text[0] == "+" else "عطلة حُذفت", text[1:].replace("-", "/"))
    if entry.action == Action.CANNED_REPLY:
        return Said(f"حُذف: {text[1:]}" if text.startswith("-") else text)
    return Said("", _short(text))


def details(entry: AuditEntry) -> Iterator[tuple[str, Said]]:
    """Its figures: what each is called, with its value."""
    for key, value in (entry.details or {}).items():
        if value in (None, "", [], {}) or (value == 0 and entry.action == Action.PURGE):
            continue
        if entry.action == Action.OFFICE_HOURS and key.isdecimal():
            yield (
                _WEEKDAYS[int(key)],
                Said("", " - ".join(f"{each // 60:02d}:{each % 60:02d}" for each in value)),
            )
            continue
        yield KEYS.get(key, key), _value(entry, key, value)


def _value(entry: AuditEntry, key: str, value: Any) -> Said:
    if isinstance(value, bool):
        return Said("نعم" if value else "لا")
    if key == "locked_seconds":
        return Said(lasted(value))
    if isinstance(value, int):
        return Said("", f"{value:,}")
    word: Callable[[str], str | None] = _role if key.startswith("roles") else _WORDS.get(entry.action, {}).get
    if isinstance(value, list):
        return Said("، ".join(word(one) or VALUES.get(one, one) for one in map(str, value)))
    text = str(value)
    known = word(text) or VALUES.get(text)
    return Said(known) if known else Said("", _short(text))


def _role(text: str) -> str | None:
    role, _, place = text.partition(":")
    if role not in set(Role):
        return None
    return ROLE_NAMES[Role(role)] + (f" في {GOVERNORATES.get(place, place)}" if place else "")


def _short(text: str) -> str:
    return text[:ID_SHOWN_CHARS] + "…" if _LONG_ID.match(text) else text
