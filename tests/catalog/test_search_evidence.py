"""One word that many entries share is not enough to be sure of any of them."""

import pytest

from arabic.normalise import normalise
from bench.calibrate_search import entries
from catalog.search import Evidence, SearchIndex, Verdict
from catalog.search.evidence import EntryWords, Rarity, alike, weigh
from catalog.words import cancels


def words_of(*lines: str) -> EntryWords:
    return EntryWords.of([normalise(line).split() for line in lines])


SALE = words_of("بيع سيارة", "سيارة مستعملة للبيع عند كاتب العدل")
REVOCATION = words_of("إلغاء وكالة", "الغي الوكالة عند كاتب العدل")
RARITY = Rarity([SALE.stems, REVOCATION.stems, *(words_of(f"كاتب خدمة{number}").stems for number in range(20))])


@pytest.mark.parametrize(
    ("line", "entry", "evidence"),
    [
        ("اريد بيع سيارة مستعملة", SALE, Evidence.STRONG),
        ("اريد بيع سيارة قديمة من جاري بالمنطقة", SALE, Evidence.ENOUGH),
        ("كاتب قصص مشهور", SALE, Evidence.SCANT),
        ("طبخ دولمة", SALE, Evidence.NONE),
        ("الغي بيع سيارة", SALE, Evidence.SCANT),
        ("اريد وكالة من كاتب العدل", REVOCATION, Evidence.AGAINST),
        ("الغي وكالة", REVOCATION, Evidence.STRONG),
    ],
)
def test_evidence(line: str, entry: EntryWords, evidence: Evidence) -> None:
    assert weigh(normalise(line).split(), entry, RARITY) is evidence


def test_spellings_of_one_word_are_alike() -> None:
    assert alike("جواز", "جوازا")
    assert alike("تموينيه", "تمونيه")
    assert not alike("جواز", "زواج")


@pytest.mark.parametrize("word", ["الغي", "الغاء", "والغيها", "فسخ", "نلغي"])
def test_words_that_cancel(word: str) -> None:
    assert cancels([normalise(word)])


@pytest.fixture(scope="module")
def index() -> SearchIndex:
    return SearchIndex.build(entries())


@pytest.mark.parametrize(
    "line",
    [
        "الكهرباء ما تجي",
        "وين اعترض",
        "اسوي وكالة لاخوي",
        "كارد الراتب شلون",
        "اوديه وين",
        "الكهرباء مقطوعة",
    ],
)
def test_is_not_sure_of_a_service_by_one_word(index: SearchIndex, line: str) -> None:
    assert index.search(line).verdict is not Verdict.SURE


@pytest.mark.parametrize(
    ("line", "code"),
    [("جواز", "nat-02"), ("عدم محكومية", "jus-16"), ("الغي وكالة", "jus-18"), ("سلفة مال عرس", "faq-marriage-loan")],
)
def test_a_name_is_enough_by_itself(index: SearchIndex, line: str, code: str) -> None:
    found = index.search(line)
    assert found.verdict is Verdict.SURE
    assert found.hits[0].code == code


def test_arabizi_is_not_held_to_its_spelling(index: SearchIndex) -> None:
    assert index.search("shlon ajaded jawaz el safar").verdict is Verdict.SURE


def test_knows_its_own_words(index: SearchIndex) -> None:
    assert index.knows_any(["قرضي"])
    assert not index.knows_any(["دولمة", "برشلونة"])
