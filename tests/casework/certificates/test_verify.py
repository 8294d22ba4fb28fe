"""What the check says of good, bad and hostile texts."""

import random
import zlib
from datetime import timedelta

import base45
import cbor2
import pytest
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cwt import COSE, COSEKey

from casework.certificates.codec import encode
from casework.certificates.content import to_claims
from casework.certificates.service import Certificate, issue
from casework.certificates.verify import State, verify
from foundation.database import SessionFactory, transaction
from foundation.datakeys import DataKeys
from foundation.settings import Settings
from tests.casework.certificates.conftest import NOW, facts

BASE45 = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ $%*+-./:"


@pytest.fixture
async def certificate(sessions: SessionFactory, keys: DataKeys, settings: Settings) -> Certificate:
    """An issued certificate."""
    async with transaction(sessions) as session:
        return await issue(session, facts(), NOW, keys, settings)


async def states(sessions: SessionFactory, codes: list[str]) -> set[State]:
    """What is said of each of these."""
    async with sessions() as session:
        return {(await verify(session, code, NOW)).state for code in codes}


def packed(signed: bytes) -> str:
    """A signed message as text."""
    text: bytes = base45.b45encode(zlib.compress(signed, 9))
    return "HC1:" + text.decode()


def unpacked(code: str) -> bytes:
    """The signed message in a text."""
    return zlib.decompress(base45.b45decode(code[4:]))


async def test_every_byte_of_the_message_flipped(sessions: SessionFactory, certificate: Certificate) -> None:
    signed = unpacked(certificate.code)
    for flip in (0xFF, 0x01, 0x80):
        altered = [packed(signed[:at] + bytes([signed[at] ^ flip]) + signed[at + 1 :]) for at in range(len(signed))]
        assert await states(sessions, altered) <= {State.ALTERED, State.NOT_OURS}


async def test_every_byte_of_the_compressed_message_flipped(sessions: SessionFactory, certificate: Certificate) -> None:
    # Some of these say the same in other bits (a level of compression, padding); ours is the one that was issued.
    raw = base45.b45decode(certificate.code[4:])
    for flip in (0xFF, 70, 132, 219, 0x20, 0x80):
        altered = [
            "HC1:" + base45.b45encode(raw[:at] + bytes([raw[at] ^ flip]) + raw[at + 1 :]).decode()
            for at in range(len(raw))
        ]
        assert await states(sessions, altered) <= {State.ALTERED, State.NOT_OURS}


async def test_every_character_replaced(sessions: SessionFactory, certificate: Certificate) -> None:
    code = certificate.code
    altered = [code[:at] + BASE45[(BASE45.index(code[at]) + 1) % 45] + code[at + 1 :] for at in range(4, len(code))]
    assert await states(sessions, altered) <= {State.ALTERED, State.NOT_OURS}
    assert await states(sessions, [code[:at] for at in range(4, len(code))]) <= {State.ALTERED, State.NOT_OURS}


async def test_a_copied_code_is_still_good(sessions: SessionFactory, certificate: Certificate) -> None:
    code = certificate.code
    assert "  " not in code
    lines = "\r\n".join(code[at : at + 60] for at in range(0, len(code), 60))
    copies = [f"  {code}\n", code.lower(), f"\u202a{code}\u202c", lines, f"\ufeff{code}"]
    assert await states(sessions, copies) == {State.VALID}


async def test_signed_with_a_key_of_somebody_else(sessions: SessionFactory, certificate: Certificate) -> None:
    pem = ec.generate_private_key(ec.SECP256R1()).private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    kid = cbor2.loads(cbor2.loads(unpacked(certificate.code)).value[0])[4]
    claims = to_claims(certificate.content)
    assert await states(sessions, [encode(claims, b"stranger", pem)]) == {State.NOT_OURS}
    assert await states(sessions, [encode(claims, kid, pem)]) == {State.ALTERED}, "our key's name does not help"


async def test_a_weaker_signature_is_none(sessions: SessionFactory, certificate: Certificate) -> None:
    protected, _, payload, signature = cbor2.loads(unpacked(certificate.code)).value
    kid = cbor2.loads(protected)[4]
    hs256 = COSEKey.from_symmetric_key(b"k" * 32, alg="HS256", kid=kid)
    mac = COSE.new().encode_and_mac(payload, hs256, protected={1: 5, 4: kid}, unprotected={})
    assert isinstance(mac, bytes)
    forged = [
        packed(mac),
        packed(cbor2.dumps(cbor2.CBORTag(18, [b"", {4: kid}, payload, signature]))),
        packed(cbor2.dumps(cbor2.CBORTag(18, [cbor2.dumps({1: 0, 4: kid}), {}, payload, b""]))),
        packed(cbor2.dumps(cbor2.CBORTag(18, [protected, {4: b"stranger"}, payload + b"\0", signature]))),
        packed(cbor2.dumps([protected, {}, payload, signature])),
        packed(cbor2.dumps(cbor2.CBORTag(98, [protected, {}, payload, [[protected, {}, signature]]]))),
    ]
    assert await states(sessions, forged) <= {State.ALTERED, State.NOT_OURS}


async def test_another_spelling_of_the_same_is_not_ours(sessions: SessionFactory, certificate: Certificate) -> None:
    protected, _, payload, signature = cbor2.loads(unpacked(certificate.code)).value
    order = 0xFFFFFFFF00000000FFFFFFFFFFFFFFFFBCE6FAADA7179E84F3B9CAC2FC632551
    other = (order - int.from_bytes(signature[32:], "big")).to_bytes(32, "big")
    respelled = [
        packed(cbor2.dumps(cbor2.CBORTag(18, [protected, {}, payload, signature[:32] + other]))),
        packed(cbor2.dumps(cbor2.CBORTag(18, [protected, {99: "x"}, payload, signature]))),
    ]
    assert await states(sessions, respelled) == {State.ALTERED}


@pytest.mark.parametrize(
    "text",
    ["", "HC1", "hello", "HC2:6BF", "https://example.iq/verify", "شهادة", "1" * 10_000, "HC1:" + "0" * 5000, "\0"],
)
async def test_not_a_certificate(sessions: SessionFactory, text: str) -> None:
    assert await states(sessions, [text]) == {State.NOT_A_CERTIFICATE}


async def test_hostile_texts(sessions: SessionFactory, certificate: Certificate) -> None:
    chance = random.Random(4)
    deep = b"\x81" * 7000 + b"\x00"
    hostile = [
        "HC1:",
        "HC1:::::",
        packed(b"\0" * 50_000_000),
        packed(deep),
        packed(b"\xd2" + deep),
        packed(cbor2.dumps(cbor2.CBORTag(18, [deep, {}, b"", b""]))),
        packed(cbor2.dumps(cbor2.CBORTag(18, None))),
        packed(cbor2.dumps(cbor2.CBORTag(18, [cbor2.dumps([1, 2]), {}, b"", b""]))),
        packed(b"\xd2\x9b\xff\xff\xff\xff\xff\xff\xff\xff"),
        packed(b"\xd2\x84\x5b\x7f\xff\xff\xff\xff\xff\xff\xff"),
        packed(b"\xc5\x82\x1b\x7f\xff\xff\xff\xff\xff\xff\xff\x01"),
        packed(b"\xd8\x1c\x81\xd8\x1d\x00"),
        *("HC1:" + "".join(chance.choices(BASE45, k=chance.randint(1, 900))) for _ in range(300)),
        *(packed(chance.randbytes(chance.randint(1, 400))) for _ in range(300)),
    ]
    assert await states(sessions, [text for text in hostile if len(text) <= 4000]) <= {
        State.ALTERED,
        State.NOT_OURS,
        State.NOT_A_CERTIFICATE,
    }


async def test_valid_until_its_last_second(sessions: SessionFactory, certificate: Certificate) -> None:
    ends = certificate.content.expires_at
    async with sessions() as session:
        before = await verify(session, certificate.code, ends - timedelta(seconds=1))
        after = await verify(session, certificate.code, ends)
    assert (before.state, after.state) == (State.VALID, State.EXPIRED)
    assert after.content == certificate.content
