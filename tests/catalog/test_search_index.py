"""What the search finds in the sample catalogue and in made-up ones, and how fast."""

import random

import pytest

from arabic.arabizi import from_arabic
from arabic.noise import corrupt
from bench.calibrate_search import entries
from bench.search import measure
from catalog.search import EntryText, SearchIndex, SearchResult, Verdict
from catalog.search.calibration import SURE_AT_LEAST, verdict

P95_MS_AT_2000 = 40.0
"""A guard against a slip by an order of magnitude, on a machine that does other things too; the goal is 10 ms."""


@pytest.fixture(scope="module")
def index() -> SearchIndex:
    return SearchIndex.build(entries())


def first(found: SearchResult) -> str:
    return found.hits[0].code


class TestSampleCatalogue:
    @pytest.mark.parametrize(
        ("line", "code"),
        [
            ("شكد رسوم جواز السفر", "nat-02"),
            ("أريد أجدد الباسبورت", "nat-02"),
            ("مرتي جابت ولد وأريد أسجله", "hea-02"),
            ("البنك يريد تأييد تقاعد مني", "loan-03"),
            ("المرور مسجل عليه غرامة وين اشوفها", "tra-07"),
            ("ما هي خطوات الحصول على إجازة بناء؟", "tra-08"),
            ("واحد يهددني بصوري ويريد فلوس", "jus-19"),
            ("ابوي توفى واريد شهادة وفاة", "hea-04"),
            ("اريد افتح شركة محدودة المسؤولية", "biz-01"),
            ("شهاده عدم محكوميه للسفاره", "jus-16"),
            ("عدم محكـــومية مُستعجلة", "jus-16"),
            ("چم يوم تطول اجازة السوگ", "tra-03"),
            ("shlon ajaded jawaz el safar", "nat-02"),
            ("areed shahadat 3adam mahkumiya", "jus-16"),
            ("ma wisalni ramz el ta7aqoq", "faq-otp"),
            ("ما وصلني رمز التحقق", "faq-otp"),
            ("شنو يعني سالبة؟", "faq-pcr-meaning"),
            ("شنو معنى موجبة", "faq-pcr-meaning"),
        ],
    )
    def test_finds(self, index: SearchIndex, line: str, code: str) -> None:
        assert code in [hit.code for hit in index.search(line).hits[:2]]

    def test_kinds_and_scores(self, index: SearchIndex) -> None:
        found = index.search("رمز التحقق ما يوصل")
        assert found.hits[0].kind == "faq"
        scores = [hit.score for hit in found.hits]
        assert scores == sorted(scores, reverse=True)
        assert all(0 <= score <= 1 for score in scores)

    @pytest.mark.parametrize(
        "line", ["شكد الرسوم؟", "وشنو المستمسكات المطلوبة", "", "؟؟؟", "👍👍", "زين وين أقدم", "123"]
    )
    def test_facet_alone_names_nothing(self, index: SearchIndex, line: str) -> None:
        found = index.search(line)
        assert not found.names_something
        assert found.verdict is Verdict.NOTHING

    @pytest.mark.parametrize(
        "line", ["شنو رأيك بمباراة برشلونة البارحة", "asdkjh qwelkj", "وصفة كبة موصلية", "القط مالي مريض وما ياكل"]
    )
    def test_other_matters_are_not_answered(self, index: SearchIndex, line: str) -> None:
        found = index.search(line)
        assert found.verdict is not Verdict.SURE
        assert len(index.nearest(line)) <= 3

    def test_request_at_the_end_of_a_long_message(self, index: SearchIndex) -> None:
        story = (
            "السلام عليكم ورحمة الله وبركاته، اني مواطن من أهالي الكوت، وعندي عائلة كبيرة، والبارحة رحت للدايرة "
            "من الصبح وبقيت واگف بالشمس وماكو أحد يجاوب، والموظف گال السستم عاطل وتعال باجر، وتعبنا والله.\n"
        )
        assert first(index.search(story + "المهم أريد أعرف شلون أجدد سنوية السيارة")) == "tra-05"

    def test_anything_typed_is_survived(self, index: SearchIndex) -> None:
        for line in ("ا" * 5000, "\u202eجواز\u202c", "<b>جواز</b>", "جواز " * 900, "\x00\ud800", "🙏" * 300):
            assert isinstance(index.search(line), SearchResult)

    def test_own_names_survive_noise(self, index: SearchIndex) -> None:
        rng = random.Random(5)
        names = [(entry.code, entry.texts[0]) for entry in entries() if entry.kind == "service"]
        clean = sum(first(index.search(name)) == code for code, name in names)
        typos = sum(first(index.search(corrupt(name, rng, 0.06))) == code for code, name in names)
        arabizi = sum(first(index.search(from_arabic(name, rng))) == code for code, name in names)
        assert clean >= 0.98 * len(names)
        assert typos >= 0.92 * len(names)
        assert arabizi >= 0.80 * len(names)


class TestChanges:
    def many(self, count: int) -> list[EntryText]:
        return [EntryText(f"x-{number}", "service", (f"خدمة رقم {number * 7919}",)) for number in range(count)]

    @pytest.mark.parametrize("count", [0, 1, 5, 200])
    def test_added_changed_removed(self, count: int) -> None:
        index = SearchIndex.build(self.many(count))
        added = index.updated({"new": EntryText("new", "service", ("رخصة المنطاد",))}, ())
        assert first(added.search("اريد رخصة منطاد")) == "new"
        changed = added.updated({"new": EntryText("new", "service", ("صيد السمك بالشبكة",))}, ())
        assert first(changed.search("صيد سمك")) == "new"
        removed = changed.updated({}, ["new"])
        assert "new" not in [hit.code for hit in removed.search("صيد سمك").hits]
        assert (len(index), len(added), len(changed), len(removed)) == (count, count + 1, count + 1, count)
        assert first(added.search("رخصة المنطاد")) == "new"

    def test_changed_entry_of_the_first_segment_is_seen_once(self) -> None:
        index = SearchIndex.build(self.many(50)).updated({"x-7": EntryText("x-7", "service", ("رخصة المنطاد",))}, ())
        codes = [hit.code for hit in index.search("رخصة المنطاد").hits]
        assert codes[0] == "x-7"
        assert codes.count("x-7") == 1

    def test_many_changes_make_it_fragmented(self) -> None:
        index = SearchIndex.build(self.many(100))
        assert not index.is_fragmented
        assert index.updated({entry.code: entry for entry in self.many(30)}, ()).is_fragmented


class TestVerdict:
    @pytest.mark.parametrize(
        ("scores", "expected"),
        [
            ([], Verdict.NOTHING),
            ([0.05], Verdict.NOTHING),
            ([SURE_AT_LEAST], Verdict.SURE),
            ([0.9, 0.8], Verdict.TORN),
            ([0.4, 0.1], Verdict.TORN),
        ],
    )
    def test_thresholds(self, scores: list[float], expected: Verdict) -> None:
        assert verdict(scores) is expected


def test_large_catalogue_stays_fast() -> None:
    figures = measure(2000, 120)
    assert figures["p95_ms"] <= P95_MS_AT_2000
    assert figures["hit1"] >= 0.95
    assert figures["change_found"]
    assert figures["change_max_s"] <= 1.0
