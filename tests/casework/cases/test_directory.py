"""The register: brought in row by row, found by number or by a name as people type it."""

import pytest

from casework.cases.directory import finding, importing, repository
from casework.cases.directory.importing import ColumnsError
from tests.casework.cases.conftest import Bureau

CSV = """kind,number,name,governorate,district,centre
agent,9001,حميد كاظم عبود,basra,basra-zubair,900
centre,900,التنومة,basra,basra-zubair,
agent,٩٠٠٢,  نوري   خلف  ,basra,,
agent,9003,بلا مكان,XX,,
agent,x,بلا رقم,basra,,
agent,9005,بلا مركز,basra,,777
shop,9006,بلا نوع,basra,,
agent,9007,,basra,,
"""


def resolve(governorate: str, district: str) -> tuple[str, str | None] | None:
    """Knows one governorate."""
    return (governorate, district or None) if governorate in ("basra", "baghdad") else None


async def test_good_rows_are_kept_and_bad_ones_reported(bureau: Bureau) -> None:
    async with bureau.open() as office:
        done = await importing.import_csv(office.session, CSV.splitlines(), resolve)
    assert (done.added, done.updated, done.unchanged) == (3, 0, 0)
    assert done.faults == [
        (5, "no such governorate or district"),
        (6, "number is not a number"),
        (7, "no such centre"),
        (8, "kind is neither agent nor centre"),
        (9, "name is missing or too long"),
    ]
    async with bureau.open() as office:
        again = await importing.import_csv(office.session, CSV.replace("نوري", "نوري حسن").splitlines(), resolve)
        assert (again.added, again.updated, again.unchanged) == (0, 1, 2)
        agents = await repository.agents_by_number(office.session, ["9001", "9002"])
        assert agents["9002"].name == "نوري حسن خلف"
        assert agents["9001"].centre_id is not None
        with pytest.raises(ColumnsError):
            await importing.import_csv(office.session, ["kind,number"], resolve)


@pytest.mark.parametrize(
    ("typed", "name"),
    [
        ("4417", "كريم جاسم محمد"),
        ("الوكيل رقم ٤٤١٧", "كريم جاسم محمد"),
        ("كريم جاسم", "كريم جاسم محمد"),
        ("اسمه كريم جاسم محمد", "كريم جاسم محمد"),
        ("كريم جاسم محمدد", "كريم جاسم محمد"),
        ("سالم عبدالله حسن", "سالم عبد الله حسن"),
        ("وكيلنا سالم عبد الله", "سالم عبد الله حسن"),
        ("مركز الزبير", "الزبير"),
    ],
)
async def test_is_found_as_typed(bureau: Bureau, typed: str, name: str) -> None:
    async with bureau.sessions() as session:
        found = await finding.find(session, typed, "basra", None)
    assert found.sure is not None, found
    assert found.sure.name == name


@pytest.mark.parametrize("typed", ["عباس فاضل", "99999", "؟؟", "وكيل", "", "الوكيل أخذ ألفين"])
async def test_what_is_not_there_is_not_guessed(bureau: Bureau, typed: str) -> None:
    async with bureau.sessions() as session:
        assert await finding.find(session, typed, "basra", None) == finding.Found()
        assert (await finding.find(session, "كريم جاسم", "baghdad", None)).sure is None, "of another governorate"


async def test_two_alike_are_both_offered_unless_one_is_near(bureau: Bureau) -> None:
    rows = ["kind,number,name,governorate,district,centre", "agent,51,كريم جاسم علي,basra,basra-faw,"]
    async with bureau.open() as office:
        await importing.import_csv(office.session, rows, resolve)
        found = await finding.find(office.session, "كريم جاسم", "basra", None)
        assert (found.sure, len(found.maybe)) == (None, 2)
        near = await finding.find(office.session, "كريم جاسم", "basra", "basra-faw")
        assert near.sure is not None
        assert near.sure.number == "51"
        assert [finding.label(entry) for entry in found.maybe] == [
            "الوكيل كريم جاسم محمد (4417)",
            "الوكيل كريم جاسم علي (51)",
        ]
