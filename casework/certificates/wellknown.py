"""What verifiers fetch: public keys, and hashes of what was revoked. Public, and readable from any page."""

import base64
from collections.abc import Sequence
from datetime import datetime
from itertools import groupby
from typing import Any

from cryptography import x509
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec
from fastapi import APIRouter
from fastapi.responses import JSONResponse

from casework.certificates import repository
from casework.certificates.content import COUNTRY
from casework.certificates.identifier import revocation_hash
from casework.certificates.models import SigningKey
from foundation.clock import Clock
from foundation.database import SessionFactory

_HEADERS = {
    "Cache-Control": "public, max-age=300",
    "Access-Control-Allow-Origin": "*",
    "Cross-Origin-Resource-Policy": "cross-origin",
}
_COORDINATE_BYTES = 32


def make_router(sessions: SessionFactory, clock: Clock) -> APIRouter:
    """`/.well-known/jwks.json`, `/.well-known/dcc-keys.json` and `/.well-known/revoked.json`."""
    router = APIRouter(prefix="/.well-known")

    async def trusted() -> list[SigningKey]:
        async with sessions() as session:
            return [key for key in await repository.all_keys(session) if key.revoked_at is None]

    @router.get("/jwks.json")
    async def jwks() -> JSONResponse:
        return JSONResponse({"keys": [_jwk(key) for key in await trusted()]}, headers=_HEADERS)

    @router.get("/dcc-keys.json")
    async def dcc_keys() -> JSONResponse:
        return JSONResponse({key.kid: _dcc_key(key) for key in await trusted()}, headers=_HEADERS)

    @router.get("/revoked.json")
    async def revoked() -> JSONResponse:
        async with sessions() as session:
            found = await repository.revoked(session, clock())
        return JSONResponse(_batches(found), headers=_HEADERS)

    return router


def _jwk(key: SigningKey) -> dict[str, Any]:
    """RFC 7517; `x5c` carries the certificate, `kid` is spelled as verifiers of EU DCC spell it (base64)."""
    point = _public(key).public_numbers()
    return {
        "kty": "EC",
        "crv": "P-256",
        "alg": "ES256",
        "use": "sig",
        "kid": key.kid,
        "x": _url_base64(point.x),
        "y": _url_base64(point.y),
        "x5c": [base64.b64encode(key.certificate).decode()],
    }


def _dcc_key(key: SigningKey) -> dict[str, Any]:
    """The form in which lists of signers for EU DCC verifiers in browsers and Node are spread."""
    certificate = x509.load_der_x509_certificate(key.certificate)
    spki = _public(key).public_bytes(serialization.Encoding.DER, serialization.PublicFormat.SubjectPublicKeyInfo)
    return {
        "serialNumber": f"{certificate.serial_number:x}",
        "subject": certificate.subject.rfc4514_string(),
        "issuer": certificate.issuer.rfc4514_string(),
        "notBefore": certificate.not_valid_before_utc.isoformat(),
        "notAfter": certificate.not_valid_after_utc.isoformat(),
        "signatureAlgorithm": "ECDSA",
        "fingerprint": key.kid,
        "publicKeyAlgorithm": {"hash": {"name": "SHA-256"}, "name": "ECDSA", "namedCurve": "P-256"},
        "publicKeyPem": base64.b64encode(spki).decode(),
    }


def _batches(revoked: Sequence[tuple[str, str, datetime]]) -> dict[str, Any]:
    """One batch a key, as the EU's gateway spreads them: the first 128 bits of SHA-256 of each identifier."""
    batches = []
    for kid, entries in groupby(revoked, key=lambda entry: entry[0]):
        of_key = list(entries)
        batches.append(
            {
                "country": COUNTRY,
                "kid": kid,
                "hashType": "UCI",
                "expires": max(expires_at for _, _, expires_at in of_key).isoformat(),
                "entries": [{"hash": revocation_hash(digest)} for _, digest, _ in of_key],
            }
        )
    return {"batches": batches}


def _public(key: SigningKey) -> ec.EllipticCurvePublicKey:
    public = x509.load_der_x509_certificate(key.certificate).public_key()
    assert isinstance(public, ec.EllipticCurvePublicKey)  # noqa: S101  # we made it so
    return public


def _url_base64(coordinate: int) -> str:
    return base64.urlsafe_b64encode(coordinate.to_bytes(_COORDINATE_BYTES, "big")).rstrip(b"=").decode()
