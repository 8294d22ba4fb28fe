"""The keys that sign certificates: made, changed, revoked, published.

Each is an EC P-256 key with a certificate that it signed itself: the specification allows a country to hand in one
certificate both as its authority and as its signer («Simplified CSCA/DSC»). A key's name (kid) is the beginning of the
SHA-256 of that certificate.
"""

import base64
import hashlib
from dataclasses import dataclass
from datetime import datetime, timedelta

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID, ObjectIdentifier
from sqlalchemy.ext.asyncio import AsyncSession

from casework.certificates import repository
from casework.certificates.content import COUNTRY
from casework.certificates.models import SigningKey
from foundation.datakeys import DataKeys
from foundation.settings import Settings

KID_BYTES = 8
KEY_VALID_DAYS = 730
_FOR_TESTS = ObjectIdentifier("1.3.6.1.4.1.1847.2021.1.1")
"""Extended key usage of keys that sign test certificates only («Public Key Certificate Governance», section 4)."""
_NAME_MAX_CHARS = 64
"""Of a part of an X.509 name."""


@dataclass(frozen=True, slots=True)
class Signer:
    """A key that may sign."""

    kid: bytes
    private_key_pem: bytes


@dataclass(frozen=True, slots=True)
class PublicKey:
    """The public half of a key, and whether what it signed is still trusted."""

    kid: bytes
    pem: bytes
    revoked: bool


async def signer(
    session: AsyncSession, until: datetime, now: datetime, data_keys: DataKeys, settings: Settings
) -> Signer:
    """The newest key whose own validity reaches to `until`; it is made if there is none.

    Two processes that begin at once may each make one: both are published, and the newest signs.

    Raises:
        cryptography.fernet.InvalidToken: The data keys do not open it.
    """
    newest = next((key for key in await repository.all_keys(session) if key.private_key is not None), None)
    if newest is None or x509.load_der_x509_certificate(newest.certificate).not_valid_after_utc < until:
        newest = await rotate(session, now, data_keys, settings)
    assert newest.private_key is not None  # noqa: S101  # chosen so, or made just now
    return Signer(base64.b64decode(newest.kid), data_keys.decrypt(newest.private_key).encode())


async def rotate(session: AsyncSession, now: datetime, data_keys: DataKeys, settings: Settings) -> SigningKey:
    """Makes the key that signs from now on. Those before it sign no more; what they signed stays good."""
    before = [key.kid for key in await repository.all_keys(session) if key.private_key is not None]
    await repository.retire_keys(session, before, now)
    private = ec.generate_private_key(ec.SECP256R1())
    certificate = _certify(private, now, settings.certificate_issuer)
    pem = private.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    key = SigningKey(
        kid=kid_text(hashlib.sha256(certificate).digest()[:KID_BYTES]),
        certificate=certificate,
        private_key=data_keys.encrypt(pem.decode()),
        created_at=now,
    )
    session.add(key)
    await session.flush()
    return key


async def public_keys(session: AsyncSession) -> list[PublicKey]:
    """Of every key that ever signed."""
    return [
        PublicKey(base64.b64decode(key.kid), public_pem(key.certificate), key.revoked_at is not None)
        for key in await repository.all_keys(session)
    ]


async def is_revoked(session: AsyncSession, kid: str) -> bool:
    """Whether a key, named as it is stored, is trusted no more."""
    return any(key.kid == kid and key.revoked_at is not None for key in await repository.all_keys(session))


def kid_text(kid: bytes) -> str:
    """A key's name as it is stored and published."""
    return base64.b64encode(kid).decode()


def public_pem(certificate: bytes) -> bytes:
    """The public key of a certificate in DER, as PEM."""
    return (
        x509.load_der_x509_certificate(certificate)
        .public_key()
        .public_bytes(serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo)
    )


def _certify(private: ec.EllipticCurvePrivateKey, now: datetime, issuer: str) -> bytes:
    name = x509.Name(
        [
            x509.NameAttribute(NameOID.COUNTRY_NAME, COUNTRY),
            x509.NameAttribute(NameOID.ORGANIZATION_NAME, issuer[:_NAME_MAX_CHARS]),
            x509.NameAttribute(NameOID.COMMON_NAME, f"DSC {now:%Y-%m-%d %H:%M:%S}"),
        ]
    )
    public = private.public_key()
    usage = x509.KeyUsage(
        digital_signature=True,
        content_commitment=False,
        key_encipherment=False,
        data_encipherment=False,
        key_agreement=False,
        key_cert_sign=False,
        crl_sign=False,
        encipher_only=False,
        decipher_only=False,
    )
    return (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(public)
        .serial_number(x509.random_serial_number())
        .not_valid_before(now)
        .not_valid_after(now + timedelta(days=KEY_VALID_DAYS))
        .add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
        .add_extension(usage, critical=True)
        .add_extension(x509.ExtendedKeyUsage([_FOR_TESTS]), critical=False)
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(public), critical=False)
        .sign(private, hashes.SHA256())
        .public_bytes(serialization.Encoding.DER)
    )
