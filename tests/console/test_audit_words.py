"""The audit's entries in words."""

from typing import Any

import pytest

from console.people import audit_words
from console.people.action_names import ACTION_NAMES
from console.people.audit_words import Said
from foundation.clock import utc_now
from operations.audit.models import Action, AuditEntry


def entry(action: Action, subject: str = "", who: str = "boss", details: dict[str, Any] | None = None) -> AuditEntry:
    return AuditEntry(at=utc_now(), who=who, action=action, subject=subject, reason="", details=details, digest="")


def test_every_action_has_a_name() -> None:
    assert set(ACTION_NAMES) == set(Action)


@pytest.mark.parametrize(
    ("subject", "said"),
    [
        ("case/4567891232", Said("شكوى", "R-456-789-1232")),
        ("result/4", Said("نتيجة", "4")),
        ("handoff/3/line/12", Said("سطر 12 من محادثة مع موظف", "3")),
        ("telegram", Said("تيليجرام")),
        ("8a6c5d4f3b2a19087766554433221100", Said("", "8a6c5d…")),
        ("nat-02", Said("", "nat-02")),
    ],
)
def test_subjects(subject: str, said: Said) -> None:
    assert audit_words.subject(entry(Action.REVEAL, subject)) == said


def test_who_and_figures() -> None:
    refused = entry(
        Action.RESULT_REFUSED,
        who="conversation:8a6c5d4f3b2a19087766554433221100",
        details={"proven": False, "locks": ["result:factor", "result:network"]},
    )
    assert audit_words.who(refused) == Said("محادثة", "8a6c5d…")
    assert dict(audit_words.details(refused)) == {
        "هاتفه مُثبت": Said("لا"),
        "أُوقفت المحاولات بحسب": Said("رقم الإثبات، الشبكة"),
    }
    made = entry(Action.ACCOUNT_CREATE, "zainab", "set-up", {"roles": ["health_officer", "case_officer:basra"]})
    assert audit_words.who(made) == Said("الإعداد الأول")
    assert dict(audit_words.details(made)) == {"الأدوار": Said("مسؤول الصحة، مسؤول الشكاوى في البصرة")}
    week = entry(Action.OFFICE_HOURS, details={"6": [480, 900]})
    assert dict(audit_words.details(week)) == {"الأحد": Said("", "08:00 - 15:00")}
