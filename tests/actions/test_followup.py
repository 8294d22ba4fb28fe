"""What a short line asks more of what is being spoken of."""

import pytest

from actions.asked import besides_cancelling, chosen_by_name, facets_named, paper_asked
from actions.followup import read


@pytest.mark.parametrize(
    ("line", "facets"),
    [
        ("اونلاين لو اروح", ("contact",)),
        ("لازم حجز لو بلا", ("contact",)),
        ("bil 7ajz lo bla 7ajz", ("contact",)),
        ("ما عندي نت زين كلش اكدر اروح للدائرة", ("contact",)),
        ("اريد اعرف وين", ("contact",)),
        ("المختار لازم؟", ("documents",)),
        ("لازم كفيل", ("documents",)),
        ("عمري ١٧ يصير", ("eligibility",)),
        ("كم ينطون", ("fee",)),
        ("كم الفائده", ("fee",)),
        ("بيش ووين", ("fee", "contact")),
        ("بيش وشكد تطول", ("fee", "duration")),
    ],
)
def test_says_no_more_than_facets(line: str, facets: tuple[str, ...]) -> None:
    asked = read(line)
    assert asked.facets == facets
    assert asked.says_no_more


@pytest.mark.parametrize("line", ["بيش الجواز", "سعر الذهب", "وين المحكمة", "شلونك", "زين", "احجز قاعة"])
def test_says_more_or_asks_nothing(line: str) -> None:
    assert not read(line).says_no_more


def test_a_paper_asked_for_by_name() -> None:
    assert paper_asked("المختار لازم؟") == ("مختار", "ختم المختار أو تأييده")
    assert paper_asked("شنو الاوراق") is None


@pytest.mark.parametrize("line", ["الغاء", "خلص الغيها", "بطلت ما اريد", "/cancel", "لا اريد اطلع من الدور", "cancel"])
def test_breaking_off_holds_no_other_matter(line: str) -> None:
    assert [word for word in besides_cancelling(line) if word != "cancel"] == []


@pytest.mark.parametrize(("line", "rest"), [("اريد اوكف قرضي", "قرضي"), ("الغي عقد الايجار", "عقد")])
def test_cancelling_something_names_it(line: str, rest: str) -> None:
    assert rest in besides_cancelling(line)


def test_one_of_the_offered_is_named() -> None:
    offered = {"loan-01": "التقديم على قرض صندوق الإسكان العراقي", "loan-02": "قروض المشاريع الصغيرة"}
    assert chosen_by_name("سكن", offered) == "loan-01"
    assert chosen_by_name("المشاريع", offered) == "loan-02"
    assert chosen_by_name("قرض", offered) is None
    assert chosen_by_name("سيارة", offered) is None


def test_two_facets_in_few_words() -> None:
    assert facets_named("شكد رسم الاجازة وشنو اوراقها") == ["fee", "documents"]
    assert facets_named("شكد الرسوم وشكد وقت") == ["fee", "duration"]
