"""Certificates before a verifier that nobody here wrote: `dcc-utils`, by the Italian Ministry of Health, on Node.js."""

import asyncio
import base64
import json
import shutil
import subprocess
import zlib
from pathlib import Path
from typing import Any

import base45
import httpx
import pytest
from fastapi import FastAPI

from casework.certificates import keyring
from casework.certificates.service import Certificate, issue
from casework.certificates.wellknown import make_router
from foundation.database import SessionFactory, transaction
from foundation.datakeys import DataKeys
from foundation.settings import Settings
from tests.casework.certificates.conftest import NOW, facts

VERIFIER = Path(__file__).parent / "verifier"

pytestmark = [
    pytest.mark.skipif(shutil.which("node") is None, reason="no Node.js on this machine"),
    pytest.mark.skipif(
        not (VERIFIER / "node_modules" / "dcc-utils").exists(),
        reason="the independent verifier is not installed (make setup-dev installs it)",
    ),
]


async def published(sessions: SessionFactory) -> tuple[dict[str, Any], list[str]]:
    """The keys as verifiers fetch them: the list by kid, and the certificates of the JWK set in PEM."""
    app = FastAPI()
    app.include_router(make_router(sessions, lambda: NOW))
    async with httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://here") as client:
        keys = (await client.get("/.well-known/dcc-keys.json")).json()
        jwks = (await client.get("/.well-known/jwks.json")).json()
    certificates = [
        f"-----BEGIN CERTIFICATE-----\n{key['x5c'][0]}\n-----END CERTIFICATE-----\n" for key in jwks["keys"]
    ]
    return keys, certificates


async def judged(sessions: SessionFactory, codes: list[str]) -> list[dict[str, Any]]:
    """What the verifier says of each."""
    keys, certificates = await published(sessions)
    asked = json.dumps({"keys": keys, "certificates": certificates, "codes": codes})
    done = await asyncio.to_thread(
        subprocess.run,
        ["node", "check.js"],
        cwd=VERIFIER,
        input=asked,
        capture_output=True,
        text=True,
        timeout=90,
        check=True,
    )
    answers: list[dict[str, Any]] = json.loads(done.stdout)
    return answers


async def test_accepted_under_every_key(sessions: SessionFactory, keys: DataKeys, settings: Settings) -> None:
    made: list[Certificate] = []
    async with transaction(sessions) as session:
        for version in range(3):
            made.append(await issue(session, facts(version=version), NOW, keys, settings))
            await keyring.rotate(session, NOW, keys, settings)
    answers = await judged(sessions, [one.code for one in made])
    assert [answer["accepted"] for answer in answers] == [True] * 3, answers
    assert len({answer["kid"] for answer in answers}) == 3
    assert answers[0]["payload"] == {
        "ver": "1.3.0",
        "nam": {"fn": "الموسوي", "fnt": "ALMWSWY", "gn": "زينب كاظم جواد", "gnt": "ZYNB<KAXZZM<JWAD"},
        "dob": "1984-05-17",
        "t": [
            {
                "tg": "840539006",
                "tt": "LP6464-4",
                "nm": "RT-PCR",
                "sc": "2026-11-22T10:00:00Z",
                "tr": "260415000",
                "tc": "مختبر الصحة العامة المركزي - بغداد",
                "co": "IQ",
                "is": "وزارة الصحة / Ministry of Health, Iraq",
                "ci": made[0].content.identifier,
            }
        ],
    }


async def test_every_byte_flipped_is_refused(sessions: SessionFactory, keys: DataKeys, settings: Settings) -> None:
    async with transaction(sessions) as session:
        made = await issue(session, facts(), NOW, keys, settings)
    signed = zlib.decompress(base45.b45decode(made.code[4:]))
    altered = [signed[:at] + bytes([signed[at] ^ 0xFF]) + signed[at + 1 :] for at in range(len(signed))]
    codes = ["HC1:" + base45.b45encode(zlib.compress(one, 9)).decode() for one in altered]
    good, *answers = await judged(sessions, [made.code, *codes])
    assert good["accepted"]
    assert [at for at, answer in enumerate(answers) if answer["accepted"]] == []
    assert len(answers) == len(signed) > 400


async def test_the_key_is_named_by_its_certificate(
    sessions: SessionFactory, keys: DataKeys, settings: Settings
) -> None:
    async with transaction(sessions) as session:
        made = await issue(session, facts(), NOW, keys, settings)
    listed, _ = await published(sessions)
    (answer,) = await judged(sessions, [made.code])
    assert list(listed) == [answer["kid"]]
    assert len(base64.b64decode(answer["kid"])) == keyring.KID_BYTES
