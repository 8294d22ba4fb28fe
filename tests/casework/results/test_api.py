"""Laboratories' systems: keys, files, bundles; what is refused says why and names nobody."""

import json
from collections.abc import AsyncIterator
from copy import deepcopy
from typing import Any

import httpx
import pytest
from fastapi import FastAPI

from casework.results.api import make_router
from casework.results.service import NotFound, Shown
from foundation.database import transaction
from operations.apikeys import service as apikeys
from operations.apikeys.models import Scope
from tests.casework.results.conftest import HEADER, Desk, row

SUBJECT = {"reference": "urn:uuid:p"}


def patient(name: str = "p", number: str = "198500000001") -> dict[str, Any]:
    return {
        "fullUrl": f"urn:uuid:{name}",
        "resource": {
            "resourceType": "Patient",
            "identifier": [
                {"system": "urn:iq:national-id", "value": number},
                {
                    "type": {"coding": [{"system": "http://terminology.hl7.org/CodeSystem/v2-0203", "code": "PPN"}]},
                    "value": "A12340001",
                },
            ],
            "name": [{"text": "علي حسن كاظم"}, {"given": ["Ali", "Hassan"], "family": "Kadhim"}],
            "telecom": [{"system": "phone", "value": "+9647701230001"}],
            "birthDate": "1985-03-01",
        },
    }


def bundle(**changes: Any) -> dict[str, Any]:
    """A bundle of one report; `changes` are put into its report, observation or specimen."""
    specimen = {
        "resourceType": "Specimen",
        "subject": SUBJECT,
        "accessionIdentifier": {"value": "BGD-2026-000001"},
        "collection": {"collectedDateTime": "2026-11-22T10:30:00+03:00"},
    }
    observation = {
        "resourceType": "Observation",
        "status": "final",
        "code": {"coding": [{"system": "http://loinc.org", "code": "94500-6"}]},
        "subject": SUBJECT,
        "specimen": {"reference": "urn:uuid:s"},
        "valueCodeableConcept": {"coding": [{"system": "http://snomed.info/sct", "code": "260415000"}]},
    }
    report = {
        "resourceType": "DiagnosticReport",
        "status": "final",
        "code": {"coding": [{"system": "http://loinc.org", "code": "94500-6"}]},
        "subject": SUBJECT,
        "issued": "2026-11-22T18:00:00+03:00",
        "result": [{"reference": "urn:uuid:o"}],
        "specimen": [{"reference": "urn:uuid:s"}],
    }
    for one, name in ((report, "report"), (observation, "observation"), (specimen, "specimen")):
        one |= changes.get(name, {})
    return {
        "resourceType": "Bundle",
        "type": changes.get("type", "batch"),
        "entry": [
            {"fullUrl": "urn:uuid:r", "resource": report},
            patient(),
            {"fullUrl": "urn:uuid:o", "resource": observation},
            {"fullUrl": "urn:uuid:s", "resource": specimen},
            *changes.get("more", []),
        ],
    }


class Laboratory:
    """A system with a key."""

    def __init__(self, desk: Desk, client: httpx.AsyncClient, key: str) -> None:
        self.desk, self.client, self.key = desk, client, key

    async def posts(self, path: str, content: bytes, **headers: str) -> httpx.Response:
        sent = {"Authorization": f"Bearer {self.key}", **headers}
        return await self.client.post(path, content=content, headers=sent)

    async def reports(self, sent: Any) -> tuple[int, list[dict[str, Any]]]:
        """Posts a bundle; the status and the issues."""
        content = sent if isinstance(sent, bytes) else json.dumps(sent).encode()
        answer = await self.posts("/api/fhir", content, **{"Content-Type": "application/fhir+json"})
        body = answer.json()
        assert body["resourceType"] == "OperationOutcome"
        for mark in ("علي", "19850", "A1234", "7701230001"):
            assert mark not in answer.text
        return answer.status_code, body["issue"]


async def make_key(desk: Desk, name: str = "lab", scope: Scope = Scope.RESULTS_IMPORT, acts_for: str = "LAB") -> str:
    async with transaction(desk.sessions) as session:
        return await apikeys.create(session, name, {scope}, who="t", now=desk.now, per_minute=100, acts_for=acts_for)


@pytest.fixture
async def laboratory(desk: Desk) -> AsyncIterator[Laboratory]:
    app = FastAPI()
    app.include_router(make_router(desk.sessions, desk.keys, desk.settings, lambda: desk.now))
    async with httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://test") as client:
        yield Laboratory(desk, client, await make_key(desk))


async def test_a_bundle_becomes_a_result(laboratory: Laboratory) -> None:
    assert (await laboratory.reports(bundle()))[0] == 200
    for factor in ("198500000001", "A12340001", "1985 0001"):
        shown = await laboratory.desk.ask("BGD-2026-000001", factor)
        assert isinstance(shown, Shown)
    assert isinstance(shown, Shown)
    assert (shown.result.value, shown.result.status, shown.result.version) == ("negative", "final", 1)
    assert (shown.personal.name, shown.personal.name_latin) == ("علي حسن كاظم", "Ali Hassan Kadhim")
    status, issues = await laboratory.reports(bundle())
    assert (status, issues[0]["details"]["text"]) == (200, "جديدة: 0، متغيرة: 0، كما كانت: 1.")


async def test_from_pending_to_void(laboratory: Laboratory) -> None:
    positive = {"valueCodeableConcept": {"coding": [{"system": "http://snomed.info/sct", "code": "260373001"}]}}
    steps = [
        bundle(report={"status": "preliminary", "issued": None}),
        bundle(),
        bundle(report={"status": "corrected", "issued": "2026-11-23T10:00:00+03:00"}, observation=positive),
        bundle(report={"status": "entered-in-error"}),
    ]
    for step in steps:
        step["entry"][0]["resource"] = {k: v for k, v in step["entry"][0]["resource"].items() if v is not None}
        assert (await laboratory.reports(step))[0] == 200
    shown = await laboratory.desk.ask("BGD-2026-000001", "198500000001")
    assert isinstance(shown, Shown)
    assert (shown.result.status, shown.result.value, shown.result.version) == ("void", "positive", 4)


@pytest.mark.parametrize("part", ["observation", "specimen"])
@pytest.mark.parametrize("other", [{"reference": "urn:uuid:q"}, {"reference": "Patient/unknown"}, {"display": "علي"}])
async def test_another_patients_finding_refuses_everything(
    laboratory: Laboratory, part: str, other: dict[str, str]
) -> None:
    sent = bundle(**{part: {"subject": other}}, more=[patient("q", "199000000002")])
    good = deepcopy(bundle()["entry"])
    good[3]["resource"]["accessionIdentifier"]["value"] = "BGD-2026-000002"
    for entry in good:
        entry["fullUrl"] += "2"
    sent["entry"] += [good[1]]
    status, issues = await laboratory.reports(sent)
    assert status == 422
    assert "لمريض آخر" in issues[0]["details"]["text"]
    assert isinstance(await laboratory.desk.ask("BGD-2026-000001", "198500000001"), NotFound)


@pytest.mark.parametrize(
    ("changes", "says"),
    [
        ({"report": {"status": "unknown"}}, "حالة التقرير"),
        (
            {
                "report": {"code": {"text": "x"}},
                "observation": {"code": {"coding": [{"system": "http://loinc.org", "code": "718-7"}]}},
            },
            "PCR",
        ),
        ({"report": {"result": [{"reference": "urn:uuid:none"}]}}, "ليس في الحزمة"),
        ({"report": {"subject": {"reference": "urn:uuid:none"}}}, "subject"),
        ({"specimen": {"accessionIdentifier": {"value": ""}}}, "Bundle"),
        ({"specimen": {"accessionIdentifier": {"value": "07701234567"}}}, "رقم هاتف"),
        ({"specimen": {"collection": {"collectedDateTime": "2027-11-22T10:30:00Z"}}}, "المستقبل"),
        ({"observation": {"valueCodeableConcept": {"text": "ok"}}}, "ناقصة أو متناقضة"),
        (
            {
                "observation": {
                    "interpretation": [
                        {
                            "coding": [
                                {
                                    "system": "http://terminology.hl7.org/CodeSystem/v3-ObservationInterpretation",
                                    "code": "POS",
                                }
                            ]
                        }
                    ]
                }
            },
            "متناقضة",
        ),
        ({"observation": {"status": 7}}, ""),
        ({"type": "searchset"}, "المقبول"),
        ({"more": [patient()]}, "بعنوان واحد"),
    ],
)
async def test_what_is_wrong_is_said(laboratory: Laboratory, changes: dict[str, Any], says: str) -> None:
    status, issues = await laboratory.reports(bundle(**changes))
    assert status == 422
    assert any(says in one["details"]["text"] + one["expression"][0] for one in issues)
    assert isinstance(await laboratory.desk.ask("BGD-2026-000001", "198500000001"), NotFound)


@pytest.mark.parametrize("sent", [b"", b"[]", b"{", b'{"resourceType":"Patient"}', b"[" * 100_000, b"\xff\xfe"])
async def test_what_is_no_bundle(laboratory: Laboratory, sent: bytes) -> None:
    assert (await laboratory.reports(sent))[0] == 400


async def test_a_batch_keeps_the_good_and_a_transaction_keeps_all_or_nothing(laboratory: Laboratory) -> None:
    def two(kind: str, second: str) -> dict[str, Any]:
        sent, other = bundle(type=kind), bundle(specimen={"accessionIdentifier": {"value": second}})
        text = json.dumps(other["entry"]).replace("urn:uuid:", "urn:uuid:x")
        sent["entry"] += json.loads(text)
        return sent

    status, _ = await laboratory.reports(two("transaction", "07701234567"))
    assert status == 422
    assert isinstance(await laboratory.desk.ask("BGD-2026-000001", "198500000001"), NotFound)
    status, issues = await laboratory.reports(two("batch", "07701234567"))
    assert (status, [one["severity"] for one in issues]) == (200, ["information", "error"])
    assert issues[1]["expression"] == ["Bundle.entry[4].resource"]
    # Refused by what is stored: a sample that belongs to another, in a transaction with a good one.
    await laboratory.desk.send(row(9).replace("BGD-2026-000009", "BGD-2026-000007"))
    status, issues = await laboratory.reports(two("transaction", "BGD-2026-000007"))
    assert (status, issues[0]["code"]) == (422, "conflict")


async def test_a_file_over_the_api(laboratory: Laboratory) -> None:
    content = "\n".join((HEADER, row(1), row(2, value="؟"))).encode()
    answer = await laboratory.posts("/api/results/import", content)
    assert answer.status_code == 200
    body = answer.json()
    assert (body["added"], body["refused"], body["rejected"][0]["line"]) == (1, 1, 3)
    assert (await laboratory.posts("/api/results/import", content)).json()["repeated"]
    assert (await laboratory.posts("/api/results/import", b"nothing")).status_code == 422


async def test_keys(laboratory: Laboratory) -> None:
    desk = laboratory.desk
    content = "\n".join((HEADER, row(1))).encode()
    for key, status in (
        ("", 401),
        ("ur_00000000_x", 401),
        (await make_key(desk, "cases", Scope.OPEN311_FILE), 403),
        (await make_key(desk, "nobody", acts_for="NOBODY"), 403),
    ):
        laboratory.key = key
        for path in ("/api/results/import", "/api/fhir"):
            answer = await laboratory.posts(path, content, **{"Content-Type": "application/fhir+json"})
            assert answer.status_code == status
            assert ("WWW-Authenticate" in answer.headers) is (status == 401)
    assert isinstance(await desk.ask("BGD-2026-000001", "198500000001"), NotFound)


async def test_limits(laboratory: Laboratory) -> None:
    laboratory.desk.settings.results_import_max_bytes = 1000
    assert (await laboratory.posts("/api/results/import", bytes(1001))).status_code == 413

    async def endless() -> AsyncIterator[bytes]:
        while True:
            yield bytes(300)

    headers = {"Authorization": f"Bearer {laboratory.key}", "Content-Type": "application/json"}
    answer = await laboratory.client.post("/api/fhir", content=endless(), headers=headers)
    assert (answer.status_code, answer.json()["issue"][0]["code"]) == (413, "too-long")
    assert (await laboratory.posts("/api/fhir", b"<Bundle/>", **{"Content-Type": "text/xml"})).status_code == 415
