"""Places: the file's own consistency, finding by text, finding by location."""

import pytest

from arabic.normalise import normalise
from casework.places.atlas import governorates, label
from casework.places.finding import find, options_of, resolve
from casework.places.locating import nearest

GOVERNORATES = 19


def test_every_governorate_and_no_code_twice() -> None:
    all_of_them = governorates()
    codes = [one.code for one in all_of_them] + [each.code for one in all_of_them for each in one.districts]
    assert len(all_of_them) == GOVERNORATES
    assert sum(len(one.districts) for one in all_of_them) >= 120
    assert len(set(codes)) == len(codes)
    assert all(len(code) <= 16 for code in codes[:GOVERNORATES])
    assert all(len(code) <= 48 for code in codes)


def test_every_chief_town_lies_in_iraq() -> None:
    for one in governorates():
        for at in (one.at, *(each.at for each in one.districts)):
            assert nearest(*at).inside, one.code


def test_everyday_words_of_the_file_are_names_in_it() -> None:
    for one in governorates():
        names = {normalise(name) for each in one.districts for name in (*one.names, *each.names, *each.areas)}
        assert {normalise(word) for word in one.weak} <= names, one.code


def test_every_name_finds_its_own_place() -> None:
    for one in governorates():
        for district in one.districts:
            for name in (*district.names, *district.areas):
                found = {(match.governorate.code, match.district and match.district.code) for match in find(name)}
                assert (one.code, district.code) in found or (one.code, None) in found, name


@pytest.mark.parametrize(
    ("typed", "governorate", "district"),
    [
        ("بصره", "basra", None),
        ("الزبير", "basra", "basra-zubair"),
        ("زبير", "basra", "basra-zubair"),
        ("مدينة الصدر", "baghdad", "baghdad-sadr"),
        ("الثوره", "baghdad", "baghdad-sadr"),
        ("بغدد", "baghdad", None),
        ("el zubair", "basra", "basra-zubair"),
        ("nasriya", "dhiqar", None),
        ("ميسان", "maysan", None),
        ("baghdad karkh", "baghdad", "baghdad-karkh"),
        ("الناصريه", "dhiqar", "dhiqar-nasiriya"),
        ("محافظة الناصرية", "dhiqar", None),
        ("الموصل", "nineveh", "nineveh-mosul"),
        ("بالحلة", "babil", "babil-hilla"),
        ("الديوانية", "qadisiya", "qadisiya-diwaniya"),
        ("سامرا", "salahaddin", "salahaddin-samarra"),
        ("الحمزه بابل", "babil", "babil-hamza"),
        ("قضاء الحي", "wasit", "wasit-hay"),
        ("الحي", "wasit", "wasit-hay"),
        ("بالبصرة الزبير", "basra", "basra-zubair"),
        ("محافظة صلاح الدين قضاء بلد", "salahaddin", "salahaddin-balad"),
        ("اني من اهل الديوانية", "qadisiya", "qadisiya-diwaniya"),
        ("حي الجهاد", "baghdad", "baghdad-karkh"),
        ("هولير", "erbil", None),
        ("كركوج", "kirkuk", None),
        ("حلبجه", "halabja", None),
        ("madinat al sadr", "baghdad", "baghdad-sadr"),
        ("كربله", "karbala", None),
        ("ديالا", "diyala", None),
        ("el kut", "wasit", "wasit-kut"),
    ],
)
def test_a_place_as_people_type_it(typed: str, governorate: str, district: str | None) -> None:
    match = resolve(typed).match
    assert match is not None
    assert (match.governorate.code, match.district and match.district.code) == (governorate, district)


def test_the_chief_town_is_a_district_once_the_governorate_is_known() -> None:
    match = resolve("الموصل", within="nineveh").match
    assert match is not None
    assert match.district is not None
    assert match.district.code == "nineveh-mosul"


@pytest.mark.parametrize(
    ("typed", "codes"),
    [("مخمور", {"nineveh", "erbil"}), ("الحمزة", {"babil", "qadisiya"}), ("الحسينية", {"baghdad", "karbala"})],
)
def test_a_name_in_two_governorates_is_asked_back(typed: str, codes: set[str]) -> None:
    resolved = resolve(typed)
    assert resolved.match is None
    assert {option.governorate.code for option in resolved.options} == codes


@pytest.mark.parametrize(
    "typed", ["شسمه", "asdasd", "", "1234", "🙂", "الوكيل حرامي", "اريد اكمل", "ما ادري وين", "حسين"]
)
def test_what_names_no_place(typed: str) -> None:
    assert resolve(typed).match is None


@pytest.mark.parametrize(
    "sentence",
    [
        "عندي شكوى على الوكيل عنه كلام هواي",
        "صار الدور الي بس ماكو حصة",
        "وكيلنا بالحي ما يداوم",
        "السلام عليكم",
        "حر وماكو طحين",
        "هاي بلد يعني",
    ],
)
def test_everyday_words_in_a_sentence_are_no_places(sentence: str) -> None:
    assert resolve(sentence, sentence=True).match is None


def test_a_place_within_a_sentence() -> None:
    match = resolve("وكيل حي الجهاد ما انطانا الطحين هالشهر", sentence=True).match
    assert match is not None
    assert match.label == "حي الجهاد (الكرخ)، بغداد"


@pytest.mark.parametrize(
    ("latitude", "longitude", "district"),
    [(33.39, 44.47, "baghdad-sadr"), (30.51, 47.79, "basra-basra"), (36.20, 44.00, "erbil-erbil")],
)
def test_a_location_in_iraq(latitude: float, longitude: float, district: str) -> None:
    located = nearest(latitude, longitude)
    assert located.inside
    assert located.districts[0].code == district


@pytest.mark.parametrize(
    ("latitude", "longitude"),
    [(30.34, 48.30), (29.37, 47.97), (31.95, 35.93), (35.69, 51.39), (37.05, 41.22), (0.0, 0.0), (40.0, -75.0)],
    ids=["abadan", "kuwait", "amman", "tehran", "qamishli", "null-island", "philadelphia"],
)
def test_a_location_abroad(latitude: float, longitude: float) -> None:
    assert not nearest(latitude, longitude).inside


@pytest.mark.parametrize(("latitude", "longitude"), [(91.0, 44.0), (33.0, 181.0), (float("nan"), 44.0)])
def test_no_location_at_all(latitude: float, longitude: float) -> None:
    with pytest.raises(ValueError, match="latitude"):
        nearest(latitude, longitude)


def test_labels_and_lists() -> None:
    assert label("basra", "basra-zubair") == "الزبير، البصرة"
    assert label("basra", "basra-basra") == "البصرة"
    assert label(None, None) == ""
    assert "basra-faw" in {district.code for district in options_of("basra")}


@pytest.mark.parametrize("typed", ["بيتي يم الجسر", "اني بالگرمة", "بلد"])
def test_an_everyday_word_is_doubtful(typed: str) -> None:
    match = resolve(typed).match
    assert match is not None
    assert match.doubtful


@pytest.mark.parametrize("typed", ["قضاء بلد", "الكوت", "صلاح الدين الدور", "بصره قضاء الزبيير", "الكاضميه"])
def test_a_name_of_nothing_else_is_not(typed: str) -> None:
    match = resolve(typed).match
    assert match is not None
    assert not match.doubtful
