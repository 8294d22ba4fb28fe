"""The page `/verify` and the public lists, over HTTP."""

import asyncio
import base64
import hashlib
import io
import re
import zlib
from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path

import httpx
import pytest
from PIL import Image

from casework.certificates import keyring, page, repository, upload
from casework.certificates.content import Outcome
from casework.certificates.service import Certificate, issue, revoke_for_result
from foundation.database import SessionFactory, transaction
from foundation.datakeys import DataKeys
from foundation.settings import Settings
from tests.casework.certificates.conftest import NOW, facts
from tests.casework.certificates.serving import make_app


@pytest.fixture
async def client(sessions: SessionFactory, settings: Settings) -> AsyncIterator[httpx.AsyncClient]:
    """A visitor."""
    app = make_app(sessions, settings, lambda: NOW)
    async with httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://here") as visitor:
        yield visitor


@pytest.fixture
async def certificate(sessions: SessionFactory, keys: DataKeys, settings: Settings) -> Certificate:
    """An issued certificate."""
    async with transaction(sessions) as session:
        return await issue(session, facts(), NOW, keys, settings)


def kind(answer: httpx.Response) -> str:
    """Which result a page shows."""
    found = re.search(r'class="result result-([a-z_]+)"', answer.text)
    return found[1] if found else ""


def jpeg(picture: Image.Image, quality: int = 80) -> bytes:
    """A picture as a phone sends it."""
    out = io.BytesIO()
    picture.convert("RGB").save(out, "JPEG", quality=quality)
    return out.getvalue()


async def test_the_page_in_both_languages(client: httpx.AsyncClient) -> None:
    arabic = await client.get("/verify")
    assert '<html lang="ar" dir="rtl">' in arabic.text
    assert "التحقق من شهادة فحص" in arabic.text
    english = await client.get("/verify?lang=en")
    assert '<html lang="en" dir="ltr">' in english.text
    assert (await client.get("/verify?lang=%3Cscript%3E")).text == arabic.text
    for answer in (arabic, english):
        assert "script-src 'self'" in answer.headers["content-security-policy"]
        assert "camera=(self)" in answer.headers["permissions-policy"]
        assert answer.headers["cache-control"] == "no-store"
        assert not re.search(r"<script(?![^>]*src=)|\son\w+=|style=", answer.text), "nothing inline"
    for asset in ("/verify/verify.js", "/verify/verify.css", "/chat.css", "/icon.svg"):
        assert (await client.get(asset)).status_code == 200
    assert (await client.get("/verify/words.yml")).status_code == 404
    assert (await client.get("/verify/..%2fwords.yml")).status_code == 404


async def test_a_pasted_code(client: httpx.AsyncClient, certificate: Certificate) -> None:
    for query in ("", "?part=1"):
        answer = await client.post(f"/verify{query}", data={"code": f"  {certificate.code}\n"})
        assert answer.status_code == 200
        assert kind(answer) == "valid"
        assert ("<html" in answer.text) == (not query)
        for shown in ("زينب كاظم جواد الموسوي", "ALMWSWY, ZYNB KAXZZM JWAD", "1984/05/17", "سالبة", "2026/11/25"):
            assert shown in answer.text
        assert certificate.code not in answer.text
    english = await client.post("/verify?lang=en", data={"code": certificate.code})
    assert "Negative" in english.text
    assert "2026-11-25 13:00 (Baghdad time, UTC+3)" in english.text


async def test_pictures(client: httpx.AsyncClient, certificate: Certificate) -> None:
    code = Image.open(io.BytesIO(certificate.picture)).convert("L")
    photo = Image.new("L", (3000, 4000), 180)
    photo.paste(code.resize((1400, 1400)).rotate(7, expand=True, fillcolor=180), (700, 1300))
    for picture in (certificate.picture, jpeg(photo), jpeg(code.resize((420, 420)), 60)):
        answer = await client.post("/verify/image", content=picture)
        assert kind(answer) == "valid"
        form = await client.post("/verify", files={"image": ("a.jpg", picture, "image/jpeg")}, data={"code": ""})
        assert kind(form) == "valid"
        frame = await client.post("/verify/image?frame=1", content=picture)
        assert kind(frame) == "valid"


async def test_a_frame_without_a_code(client: httpx.AsyncClient) -> None:
    nothing = jpeg(Image.effect_noise((640, 480), 80))
    assert (await client.post("/verify/image?frame=1", content=nothing)).status_code == 204
    assert kind(await client.post("/verify/image", content=nothing)) == "no_code"


async def test_what_is_shown_of_each_state(
    client: httpx.AsyncClient, sessions: SessionFactory, keys: DataKeys, settings: Settings, certificate: Certificate
) -> None:
    async with transaction(sessions) as session:
        positive = await issue(session, facts(result_id="p", outcome=Outcome.POSITIVE), NOW, keys, settings)
        sample = await issue(session, facts(result_id="s", sample=True), NOW, keys, settings)
        early = facts(result_id="e", sampled_at=NOW - timedelta(hours=100))
        expired = await issue(session, early, NOW - timedelta(hours=99), keys, settings)
        void = await issue(session, facts(result_id="v"), NOW, keys, settings)
        await revoke_for_result(session, "v", NOW)
    seen = {}
    for name, code in {
        "valid": certificate.code,
        "valid_positive": positive.code,
        "expired": expired.code,
        "revoked": void.code,
        "altered": certificate.code[:-5] + "A" + certificate.code[-4:],
        "not_a_certificate": "https://example.iq",
        "nothing": " ",
    }.items():
        answer = await client.post("/verify", data={"code": code})
        assert kind(answer) == name
        seen[name] = "زينب" in answer.text
    assert seen == {
        "valid": True, "valid_positive": True, "expired": True, "revoked": True,
        "altered": False, "not_a_certificate": False, "nothing": False,
    }  # fmt: skip
    marked = await client.post("/verify", data={"code": sample.code})
    assert kind(marked) == "valid_sample"


async def test_names_are_escaped(
    client: httpx.AsyncClient, sessions: SessionFactory, keys: DataKeys, settings: Settings
) -> None:
    async with transaction(sessions) as session:
        made = await issue(session, facts(laboratory="<img src=x onerror=alert(1)>"), NOW, keys, settings)
    answer = await client.post("/verify", data={"code": made.code})
    assert "&lt;img" in answer.text
    assert "<img src=x" not in answer.text


def png_bomb(side: int) -> bytes:
    """A small file that would be `side` x `side` pixels."""

    def chunk(name: bytes, data: bytes) -> bytes:
        return len(data).to_bytes(4, "big") + name + data + zlib.crc32(name + data).to_bytes(4, "big")

    head = side.to_bytes(4, "big") * 2 + bytes([8, 0, 0, 0, 0])
    row = zlib.compress(b"\0" * 1_000_000, 9)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", row) + chunk(b"IEND", b"")


@pytest.mark.parametrize("side", [4_100, 9_600, 20_000, 2_000_000_000])
async def test_pixel_bombs(client: httpx.AsyncClient, side: int) -> None:
    answer = await client.post("/verify/image", content=png_bomb(side))
    assert answer.status_code == 415
    assert kind(answer) == "not_a_picture"


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"MZ\x90\0" * 100,
        b"%PDF-1.7",
        b"<svg xmlns='http://www.w3.org/2000/svg'/>",
        b"\x89PNG\r\n\x1a\n",
        b"GIF89a",
    ],
)
async def test_what_is_no_picture(client: httpx.AsyncClient, data: bytes) -> None:
    answer = await client.post("/verify/image", content=data)
    assert (answer.status_code, kind(answer)) == (415, "not_a_picture")


async def test_damaged_pictures(client: httpx.AsyncClient, certificate: Certificate) -> None:
    whole = certificate.picture
    for at in range(8, len(whole), max(1, len(whole) // 20)):
        damaged = whole[:at] + bytes([whole[at] ^ 0x5A]) + whole[at + 1 :]
        answer = await client.post("/verify/image", content=damaged)
        assert answer.status_code in (200, 415)
        cut = await client.post("/verify/image", content=whole[:at])
        assert cut.status_code in (200, 415)


async def test_too_large(
    client: httpx.AsyncClient, settings: Settings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("TMPDIR", str(tmp_path))
    large = b"\0" * (settings.verify_image_max_bytes + 1)
    assert (await client.post("/verify/image", content=large)).status_code == 413
    assert (await client.post("/verify", files={"image": ("a.png", large)})).status_code == 413
    within = b"\0" * settings.verify_image_max_bytes
    assert (await client.post("/verify", files={"image": ("a.png", within)})).status_code == 415
    assert kind(await client.post("/verify", data={"code": "HC1:" + "A" * 9000})) == "not_a_certificate"


async def test_a_picture_never_touches_a_disk(client: httpx.AsyncClient, monkeypatch: pytest.MonkeyPatch) -> None:
    # A spooled file that rolls over is a real file; 3 MB would do so by default.
    monkeypatch.setattr("tempfile.SpooledTemporaryFile.rollover", lambda _self: pytest.fail("written to a disk"))
    noise = jpeg(Image.effect_noise((3000, 2400), 90), 95)
    assert len(noise) > 3_000_000
    assert kind(await client.post("/verify", files={"image": ("a.jpg", noise)})) == "no_code"


@pytest.mark.parametrize(
    ("content", "kind_of_body"),
    [
        (b"{}", "application/json"),
        (b"", ""),
        (b"\xff\xfe", "application/x-www-form-urlencoded"),
        (b"--x\r\nbroken", "multipart/form-data; boundary=x"),
        (b"no boundary", "multipart/form-data"),
        (b"--x\r\nContent-Disposition: form-data\r\n\r\na\r\n--x--\r\n", "multipart/form-data; boundary=x"),
        (b"code=" + b"&".join(b"a=%d" % number for number in range(3000)), "application/x-www-form-urlencoded"),
        (
            b"".join(b'--x\r\nContent-Disposition: form-data; name="f%d"\r\n\r\na\r\n' % number for number in range(50))
            + b"--x--\r\n",
            "multipart/form-data; boundary=x",
        ),
    ],
)
async def test_broken_forms(client: httpx.AsyncClient, content: bytes, kind_of_body: str) -> None:
    answer = await client.post("/verify", content=content, headers={"content-type": kind_of_body})
    assert answer.status_code in (200, 400)
    assert kind(answer) in ("nothing", "not_a_certificate")


async def test_too_slow(client: httpx.AsyncClient, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(upload, "READ_SECONDS", 0.05)

    async def drop_by_drop() -> AsyncIterator[bytes]:
        for _ in range(100):
            yield b"\0"
            await asyncio.sleep(0.02)

    assert (await client.post("/verify/image", content=drop_by_drop())).status_code == 400


async def test_too_often(sessions: SessionFactory, settings: Settings, certificate: Certificate) -> None:
    asked: list[str] = []

    async def thrice(address: str) -> bool:
        asked.append(address)
        return len(asked) <= 3

    app = make_app(sessions, settings, lambda: NOW, thrice)
    async with httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://here") as visitor:
        states = [(await visitor.post("/verify", data={"code": certificate.code})).status_code for _ in range(4)]
        assert states == [200, 200, 200, 429]
        assert (await visitor.post("/verify/image", content=certificate.picture)).status_code == 429
        assert (await visitor.get("/verify")).status_code == 200
    assert set(asked) == {"127.0.0.1"}


async def test_a_crowd_with_pictures(
    client: httpx.AsyncClient, certificate: Certificate, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(page, "PICTURES_MAX_WAITING", 3)
    at_once = await asyncio.gather(*(client.post("/verify/image", content=certificate.picture) for _ in range(12)))
    states = [answer.status_code for answer in at_once]
    assert set(states) == {200, 429}
    assert states.count(200) >= 5
    assert (await client.post("/verify/image", content=certificate.picture)).status_code == 200


async def test_public_lists(
    client: httpx.AsyncClient, sessions: SessionFactory, keys: DataKeys, settings: Settings, certificate: Certificate
) -> None:
    async with transaction(sessions) as session:
        await keyring.rotate(session, NOW + timedelta(seconds=1), keys, settings)
        second = await issue(session, facts(result_id="2"), NOW, keys, settings)
    jwks = (await client.get("/.well-known/jwks.json")).json()["keys"]
    assert len(jwks) == 2
    for key in jwks:
        assert (key["kty"], key["crv"], key["alg"], key["use"]) == ("EC", "P-256", "ES256", "sig")
        assert "d" not in key
        digest = hashlib.sha256(base64.b64decode(key["x5c"][0])).digest()
        assert key["kid"] == base64.b64encode(digest[:8]).decode()
    listed = await client.get("/.well-known/dcc-keys.json")
    assert set(listed.json()) == {key["kid"] for key in jwks}
    assert listed.headers["access-control-allow-origin"] == "*"
    assert (await client.get("/.well-known/revoked.json")).json() == {"batches": []}

    async with transaction(sessions) as session:
        await revoke_for_result(session, "2", NOW)
    (batch,) = (await client.get("/.well-known/revoked.json")).json()["batches"]
    digest = hashlib.sha256(second.content.identifier.encode()).digest()[:16]
    assert batch["entries"] == [{"hash": base64.b64encode(digest).decode()}]
    assert (batch["country"], batch["hashType"], batch["kid"]) == ("IQ", "UCI", jwks[0]["kid"])

    async with transaction(sessions) as session:
        await repository.revoke_key(session, jwks[0]["kid"], NOW)
    assert [key["kid"] for key in (await client.get("/.well-known/jwks.json")).json()["keys"]] == [jwks[1]["kid"]]
