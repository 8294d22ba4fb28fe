"""The text in the QR code: `HC1:`, base45, zlib, COSE_Sign1 with ES256, CWT claims.

Source: «Guidelines on technical specifications for EU Digital COVID Certificates», volume 1, sections 3 and 4.
"""

import zlib
from typing import Any

import base45
import cbor2
from cwt import COSE, COSEKey

from casework.certificates.envelope import kid_of

PREFIX = "HC1:"
CODE_MAX_CHARS = 4000
"""A QR code holds no more."""
_COSE_MAX_BYTES = 8000
_ALGORITHM, _KID = 1, 4
_ES256 = -7
_TRIES = 100


class DamagedError(Exception):
    """The text is not what its issuer made."""


class UnknownKeyError(Exception):
    """Signed, as it says, with a key that is not ours."""


def encode(claims: dict[int, Any], kid: bytes, private_key_pem: bytes) -> str:
    """Signs claims; the text of the QR code.

    Base45 has the space in its alphabet. A text that ends with one, or has two together, does not survive copying, so
    it is signed again until there is none (a signature has a random part).
    """
    key = COSEKey.from_pem(private_key_pem, kid=kid, alg="ES256")
    payload = cbor2.dumps(claims)
    text = ""
    for _ in range(_TRIES):
        signed = COSE.new().encode_and_sign(payload, key, protected={_ALGORITHM: _ES256, _KID: kid}, unprotected={})
        assert isinstance(signed, bytes)  # noqa: S101  # so it is unless asked otherwise
        text = PREFIX + base45.b45encode(zlib.compress(signed, zlib.Z_BEST_COMPRESSION)).decode()
        if "  " not in text and not text.endswith(" "):
            break
    return text


def decode(text: str, public_keys: dict[bytes, bytes]) -> tuple[bytes, Any]:
    """Checks the signature of a text that begins with `HC1:`. Takes some milliseconds; not for an event loop.

    Args:
        text: The text, bounded in length by the caller.
        public_keys: Public keys in PEM by their kid.

    Returns:
        The kid, and the claims, which are as the issuer signed them.

    Raises:
        UnknownKeyError: None of the keys is the one it names.
        DamagedError: It cannot be read, or its signature does not fit.
    """
    try:
        signed = _inflate(base45.b45decode(text.removeprefix(PREFIX)))
        kid = kid_of(signed)  # before any general decoder sees it
    except Exception as error:  # whatever decoders raise on what strangers send
        raise DamagedError from error
    if kid not in public_keys:
        raise UnknownKeyError
    try:
        key = COSEKey.from_pem(public_keys[kid], kid=kid, alg="ES256")
        return kid, cbor2.loads(COSE.new().decode(signed, key))
    except Exception as error:
        raise DamagedError from error


def _inflate(data: bytes) -> bytes:
    machine = zlib.decompressobj()
    inflated = machine.decompress(data, _COSE_MAX_BYTES)
    if not machine.eof or machine.unused_data or machine.unconsumed_tail:
        raise ValueError("not one whole stream, or too large")
    return inflated
