"""Kinds of complaints that no rule sees: most are known, few are wrong."""

from pathlib import Path

import pytest

from casework.cases import opening, opening_guess
from casework.cases.chat.said import said_in
from casework.cases.models import Kind
from casework.dialogues.forms import Context
from tests.casework.cases.conftest import ALI, Bureau


@pytest.mark.parametrize(
    ("file", "known_at_least", "wrong_at_most"), [("openings_check.tsv", 50, 4), ("openings_unseen.tsv", 32, 6)]
)
def test_first_sentences(file: str, known_at_least: int, wrong_at_most: int) -> None:
    text = Path(__file__).with_name(file).read_text(encoding="utf-8")
    lines = [line.split("\t") for line in text.splitlines() if not line.startswith("#")]
    found = [(opening.kind_of(text) or opening_guess.guess(text), kind) for kind, text in lines]
    assert sum(one == kind for one, kind in found) >= known_at_least
    assert sum(one not in (None, kind) for one, kind in found) <= wrong_at_most


def test_nothing_in_common_with_any_example() -> None:
    assert opening_guess.guess("") is None
    assert opening_guess.guess("xyz") is None


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("وكيلنا سلمنا طحين بس وباقي المواد ماكو", Kind.QUANTITY),
        ("اريد اشتكي على الوكيل", None),
        ("شكوى على وكيل بالبصرة", None),
        ("شكد حصة الفرد من الطحين؟", None),
    ],
)
async def test_only_what_was_told_is_guessed(bureau: Bureau, text: str, kind: Kind | None) -> None:
    async with bureau.open() as office:
        context = Context(office.session, ALI, bureau.now, bureau.keys, bureau.settings)
        assert (await said_in(context, text)).get("kind") == kind
