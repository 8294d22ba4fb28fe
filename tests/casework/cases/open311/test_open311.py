"""Open311 as another system sees it: filing, reading, filters, formats, errors, and nothing personal."""

import json
import xml.etree.ElementTree as ElementTree
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from typing import Any

import httpx
import pytest
from fastapi import FastAPI

from casework.cases import service
from casework.cases.models import Kind, State
from casework.cases.open311.app import PATH, make_app
from foundation.database import transaction
from operations.apikeys import service as apikeys
from operations.apikeys.models import Scope
from tests.casework.cases.conftest import ALI, KEYS, NOW, SETTINGS, Bureau

STAFF = "tester"
SECRET = "اسمي كاظم ورقمي 07701234567"
FORM = {
    "service_code": "extra_money",
    "description": "الوكيل أخذ ثلاثة آلاف زيادة",
    "address_id": "basra-zubair",
    "attribute[agent_number]": "٤٤١٧",
    "attribute[sum_dinars]": "3000",
    "attribute[happened_on]": "2026-11-20",
    "first_name": "كاظم",
    "phone": "07701234567",
    "email": "kadhim@example.iq",
}


class System:
    """Another system and its keys."""

    def __init__(self, bureau: Bureau, client: httpx.AsyncClient) -> None:
        self.bureau = bureau
        self.client = client
        self.keys: dict[str, str] = {}

    async def key(self, name: str, *scopes: Scope, per_minute: int = 1000) -> str:
        """A key of that name."""
        if name not in self.keys:
            async with transaction(self.bureau.sessions) as session:
                self.keys[name] = await apikeys.create(
                    session, name, scopes or list(Scope), who=STAFF, now=NOW, per_minute=per_minute
                )
        return self.keys[name]

    async def file(self, name: str = "city", **changes: str) -> httpx.Response:
        """Posts the form."""
        fields = {**FORM, **changes, "api_key": await self.key(name)}
        return await self.client.post("/requests.json", data={k: v for k, v in fields.items() if v})

    async def get(self, path: str, name: str = "city", **query: str) -> httpx.Response:
        """Reads with the key of that name."""
        return await self.client.get(path, params={**query, "api_key": await self.key(name)})

    async def listed(self, name: str = "city", **query: str) -> list[dict[str, Any]]:
        """The cases of a query."""
        answer = await self.get("/requests.json", name, **query)
        assert answer.status_code == 200, answer.text
        found: list[dict[str, Any]] = answer.json()
        return found


PUBLIC = SETTINGS.model_copy(update={"public_url": "https://assistant.example.iq"})


@pytest.fixture
async def system(bureau: Bureau) -> AsyncIterator[System]:
    app = FastAPI()
    app.mount(PATH, make_app(bureau.sessions, PUBLIC, KEYS, lambda: bureau.now))
    transport = httpx.ASGITransport(app=app, raise_app_exceptions=False)
    async with httpx.AsyncClient(transport=transport, base_url=f"http://test{PATH}") as client:
        yield System(bureau, client)


async def test_discovery_and_services_are_open_to_all(system: System) -> None:
    discovery = (await system.client.get("/discovery.json", headers={"Host": "elsewhere.example"})).json()
    assert discovery["endpoints"][0]["url"] == f"https://assistant.example.iq{PATH}"
    assert discovery["endpoints"][0]["formats"] == ["text/xml", "application/json"]
    services = (await system.client.get("/services.json")).json()
    assert {each["service_code"] for each in services} == {kind.value for kind in Kind}
    assert all(each["type"] == "realtime" for each in services)
    for each in services:
        found = (await system.client.get(f"/services/{each['service_code']}.json")).json()
        assert found["service_code"] == each["service_code"]
        assert bool(found["attributes"]) == each["metadata"]


async def test_the_same_in_xml(system: System) -> None:
    answer = await system.client.get("/services.xml")
    assert answer.headers["content-type"] == "text/xml; charset=utf-8"
    root = ElementTree.fromstring(answer.text)  # noqa: S314  # our own
    assert root.tag == "services"
    assert {each.findtext("service_code") for each in root.findall("service")} == {kind.value for kind in Kind}
    definition = ElementTree.fromstring((await system.client.get("/services/delay.xml")).text)  # noqa: S314
    assert definition.findtext("attributes/attribute/datatype") == "string"
    assert ElementTree.fromstring((await system.client.get("/discovery.xml")).text).tag == "discovery"  # noqa: S314


async def test_a_case_is_filed_and_read(system: System) -> None:
    filed = await system.file()
    assert filed.status_code == 200
    number = filed.json()[0]["service_request_id"]
    case = await system.bureau.case(number)
    assert (case.governorate, case.district, case.sum_dinars) == ("basra", "basra-zubair", 3000)
    assert case.agent_id is not None
    assert case.source == "open311/city"
    assert case.conversation_id is None
    read = (await system.get(f"/requests/{number}.json")).json()[0]
    assert read["status"] == "open"
    assert read["description"] == FORM["description"]
    assert read["address"] == "الزبير، البصرة"
    assert read["requested_datetime"] == "2026-11-23T09:00:00Z"
    assert (await system.get(f"/tokens/{number}.json")).json()[0]["service_request_id"] == number


async def test_twice_in_one_breath_is_one_case(system: System) -> None:
    first, again = (await system.file()).json()[0], (await system.file()).json()[0]
    assert first["service_request_id"] == again["service_request_id"]
    assert again["service_notice"]


@pytest.mark.parametrize(
    ("place", "expected"),
    [
        ({"lat": "30.39", "long": "47.70"}, ("basra", "basra-zubair")),
        ({"address_string": "الزبير"}, ("basra", "basra-zubair")),
        ({"address_id": "basra"}, ("basra", None)),
    ],
)
async def test_a_place_in_each_way(system: System, place: dict[str, str], expected: tuple[str, str | None]) -> None:
    filed = await system.file(**{"address_id": "", **place})
    case = await system.bureau.case(filed.json()[0]["service_request_id"])
    assert (case.governorate, case.district) == expected


@pytest.mark.parametrize(
    ("changes", "status", "word"),
    [
        ({"service_code": ""}, 400, "service_code"),
        ({"service_code": "potholes"}, 404, "service_code"),
        ({"description": ""}, 400, "description"),
        ({"description": "x" * 4001}, 400, "description"),
        ({"address_id": ""}, 400, "location"),
        ({"address_id": "kuwait"}, 400, "address_id"),
        ({"address_id": "", "address_string": "الحمزة"}, 400, "address_string"),
        ({"address_id": "", "lat": "29.37", "long": "47.97"}, 400, "Iraq"),
        ({"address_id": "", "lat": "nan", "long": "47.97"}, 400, "WGS"),
        ({"address_id": "", "lat": "30.5"}, 400, "WGS"),
        ({"attribute[sum_dinars]": "كثير"}, 400, "sum_dinars"),
        ({"attribute[sum_dinars]": "-5"}, 400, "sum_dinars"),
        ({"attribute[sum_dinars]": "1e400"}, 400, "sum_dinars"),
        ({"attribute[happened_on]": "31/2/2026"}, 400, "happened_on"),
        ({"attribute[happened_on]": "2026-12-01"}, 400, "happened_on"),
        ({"jurisdiction_id": "sfgov.org"}, 404, "jurisdiction_id"),
    ],
)
async def test_bad_forms(system: System, changes: dict[str, str], status: int, word: str) -> None:
    answer = await system.file(**changes)
    assert answer.status_code == status
    (error,) = answer.json()
    assert error["code"] == status
    assert word in error["description"]
    assert await system.listed() == []


async def test_keys(system: System) -> None:
    reader = await system.key("reader", Scope.OPEN311_READ)
    for query in ({}, {"api_key": "ur_00000000_x"}, {"api_key": "\u0661"}):
        refused = await system.client.get("/requests.xml", params=query)
        assert refused.status_code == 403
        root = ElementTree.fromstring(refused.text)  # noqa: S314
        assert root.findtext("error/code") == "403"
    assert (await system.client.post("/requests.json", data={**FORM, "api_key": reader})).status_code == 403
    assert (await system.client.get("/requests.json", headers={"X-API-Key": reader})).status_code == 200
    slow = await system.key("slow", Scope.OPEN311_READ, per_minute=1)
    headers = {"Authorization": f"Bearer {slow}"}
    assert (await system.client.get("/requests.json", headers=headers)).status_code == 200
    paced = await system.client.get("/requests.json", headers=headers)
    assert paced.status_code == 429
    assert int(paced.headers["retry-after"]) > 0


async def test_filters(system: System) -> None:
    bureau = system.bureau
    old = await bureau.file(kind=Kind.DELAY, text="الحصة متأخرة")
    bureau.later(days=30)
    middle = await bureau.file(kind=Kind.SALE, text="يبيع الطحين")
    bureau.later(days=70)
    new = await bureau.file(kind=Kind.DELAY, text="تأخير")
    async with bureau.open() as office:
        case = await bureau.case(middle.number, office.session)
        await service.move(office, case, State.ASSIGNED, STAFF, assignee="salim")

    def ids(found: list[dict[str, Any]]) -> list[str]:
        return [each["service_request_id"] for each in found]

    assert ids(await system.listed()) == [new.number, middle.number]
    start = (NOW - timedelta(days=1)).isoformat()
    assert ids(await system.listed(start_date=start)) == [middle.number, old.number]
    end = (NOW + timedelta(days=1)).isoformat()
    assert ids(await system.listed(start_date=start, end_date=end)) == [old.number]
    assert ids(await system.listed(service_code="delay")) == [new.number]
    assert ids(await system.listed(service_code="delay,sale")) == [new.number, middle.number]
    assert ids(await system.listed(status="closed")) == []
    assert len(await system.listed(status="open")) == 2
    assert len(await system.listed(status="open,closed")) == 2
    assert ids(await system.listed(page="2", page_size="1")) == [middle.number]
    # Numbers override everything else.
    assert ids(await system.listed(service_request_id=f"{old.number},9999999999", status="closed")) == [old.number]


async def test_a_decided_case_is_closed(system: System) -> None:
    case = await system.bureau.file()
    async with system.bureau.open() as office:
        mine = await system.bureau.case(case.number, office.session)
        mine.state, mine.outcome = State.CLOSED, State.UPHELD
    (read,) = await system.listed(status="closed")
    assert read["status"] == "closed"
    assert "ثبتت" in read["status_notes"]


@pytest.mark.parametrize(
    "query",
    [
        {"start_date": "yesterday"},
        {"start_date": "2026-11-01"},
        {"start_date": "2026-01-01T00:00:00Z", "end_date": "2026-11-01T00:00:00Z"},
        {"start_date": "2026-11-02T00:00:00Z", "end_date": "2026-11-01T00:00:00Z"},
        {"end_date": "0001-01-01T00:00:00Z"},
        {"start_date": "9999-12-31T23:59:59Z"},
        {"status": "lost"},
        {"page": "0"},
        {"page_size": "1001"},
        {"page": "٢٢٢٢٢٢٢"},
        {"service_request_id": ",".join(["1234567890"] * 101)},
    ],
)
async def test_bad_queries(system: System, query: dict[str, str]) -> None:
    answer = await system.get("/requests.json", **query)
    assert answer.status_code == 400, answer.text
    assert answer.json()[0]["code"] == 400


@pytest.mark.parametrize(
    ("method", "path", "status"),
    [
        ("GET", "/services.yaml", 404),
        ("GET", "/services/potholes.json", 404),
        ("GET", "/nothing.json", 404),
        ("DELETE", "/requests.json", 405),
    ],
)
async def test_other_addresses(system: System, method: str, path: str, status: int) -> None:
    answer = await system.client.request(method, path)
    assert answer.status_code == status
    code = (
        answer.json()[0]["code"]
        if path.endswith("json")
        else int(
            ElementTree.fromstring(answer.text).findtext("error/code") or 0  # noqa: S314
        )
    )
    assert code == status


async def test_numbers_that_are_not_there(system: System) -> None:
    for path in ("/requests/1234567890.json", "/requests/x.json", "/tokens/1234567890.json"):
        assert (await system.get(path)).status_code == 404


async def test_large_and_odd_bodies(system: System) -> None:
    key = await system.key("city")
    form = {"Content-Type": "application/x-www-form-urlencoded"}
    large = await system.client.post("/requests.json", content=b"a" * (SETTINGS.request_max_bytes + 1), headers=form)
    assert large.status_code == 413
    for content, headers in (
        (b"a=%ff\xff", form),
        (b"&".join(b"a%d=1" % number for number in range(100)), form),
        (json.dumps({"service_code": "delay"}).encode(), {"Content-Type": "application/json"}),
    ):
        answer = await system.client.post(f"/requests.json?api_key={key}", content=content, headers=headers)
        assert answer.status_code == 400


async def test_nothing_personal_is_given_out(system: System) -> None:
    chat = await system.bureau.file(ALI, text=SECRET, agent_named="كاظم ابو علي", ration_card="1234567")
    other = (await system.file("other", description=SECRET)).json()[0]["service_request_id"]
    for form in ("json", "xml"):
        seen = (await system.get(f"/requests.{form}")).text
        for number in (chat.number, other):
            seen += (await system.get(f"/requests/{number}.{form}")).text
        for personal in ("كاظم", "07701234567", "1234567<", '"1234567"', "kadhim", ALI):
            assert personal not in seen
    own = (await system.get(f"/requests/{other}.json", "other")).json()[0]
    assert own["description"] == SECRET


async def test_control_characters_leave_xml_whole(system: System) -> None:
    filed = await system.file(description="طحين <b>&\x0b\ufffe معفن ]]>")
    number = filed.json()[0]["service_request_id"]
    root = ElementTree.fromstring((await system.get(f"/requests/{number}.xml")).text)  # noqa: S314
    description = root.findtext("request/description")
    assert description is not None
    assert "<b>&" in description


async def test_sample_cases_say_that_they_are(system: System) -> None:
    case = await system.bureau.file(sample=True)
    (read,) = (await system.get(f"/requests/{case.number}.json")).json()
    assert "نموذج" in read["status_notes"]
    assert datetime.fromisoformat(read["requested_datetime"]) == NOW.astimezone(UTC)
