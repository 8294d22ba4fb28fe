"""Certificates issued to those whose result it is, and revoked when the result is amended or void.

Who asks is not asked here: the caller gives a result only to its owner.
"""

import asyncio
import hashlib
import re
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy.ext.asyncio import AsyncSession

from casework.certificates import keyring, repository
from casework.certificates.codec import encode
from casework.certificates.content import SAMPLE_MARK, Content, Method, Outcome, to_claims
from casework.certificates.identifier import identifier_hash, make_identifier
from casework.certificates.names import read_name
from casework.certificates.pdf import make_pdf, make_picture
from casework.certificates.verify import read_content
from foundation.datakeys import DataKeys
from foundation.settings import Settings

_BORN = re.compile(r"((19|20)\d\d(-\d\d){0,2})?")


class NotIssuableError(Exception):
    """No certificate can be made of this result; `reason` says why."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


class TooOldError(NotIssuableError):
    """The sample was taken so long ago that the certificate would have expired."""


@dataclass(frozen=True, slots=True)
class ResultFacts:
    """A final result as a certificate needs it.

    Attributes:
        result_id: The result's id, of any form up to 64 characters.
        version: Of the result; each is certified once.
        name: As the record holds it, the family's name last.
        latin_name: As the passport spells it, in the same order; None if the record does not hold it.
        born: `YYYY-MM-DD`, `YYYY-MM` or `YYYY`; empty if the record does not hold it.
        outcome: What was found; other outcomes are not certified.
        sampled_at: When the sample was taken, timezone-aware.
        laboratory: Where it was facts.
        method: How it was facts.
        sample: The result is sample data.
    """

    result_id: str
    version: int
    name: str
    latin_name: str | None
    born: str
    outcome: Outcome
    sampled_at: datetime
    laboratory: str
    method: Method = Method.NAAT
    sample: bool = False


@dataclass(frozen=True, slots=True)
class Certificate:
    """An issued certificate.

    Attributes:
        content: What it says.
        code: The text of its QR code, `HC1:…`.
        pdf: One page A4 in Arabic and English.
        picture: The QR code alone as PNG, to be shown on a phone.
        name: Of the files, without an ending; says nothing of the holder.
    """

    content: Content
    code: str
    pdf: bytes
    picture: bytes
    name: str


async def issue(
    session: AsyncSession, facts: ResultFacts, now: datetime, keys: DataKeys, settings: Settings
) -> Certificate:
    """The certificate of one version of a result; asked again, the same one, unless the key that signed it leaked.

    Raises:
        TooOldError: It would have expired.
        NotIssuableError: The record lacks what a certificate needs, or this version's certificate was revoked.
    """
    row = await repository.of_version(session, facts.result_id, facts.version)
    if row is not None and await keyring.is_revoked(session, row.kid):
        await repository.delete_one(session, row.identifier_hash)
        row = None
    if row is None:
        await repository.add(session, await _sign(session, facts, now, keys, settings))
        # Of two that sign at once one is kept, and both give that one.
        row = await repository.of_version(session, facts.result_id, facts.version)
        assert row is not None  # noqa: S101  # added just now, here or by another
    if row.revoked_at is not None:
        raise NotIssuableError("the certificate was revoked")
    if row.expires_at <= now:
        raise TooOldError("the certificate has expired")
    code = keys.decrypt(row.code)
    content = await read_content(session, code)
    pdf = await asyncio.to_thread(make_pdf, content, code)
    return Certificate(content, code, pdf, make_picture(code), f"certificate-{row.identifier_hash[:8]}")


async def revoke_for_result(session: AsyncSession, result_id: str, now: datetime) -> int:
    """Revokes what was issued for any version of a result; how many certificates that were.

    To be called before a new version is certified: it revokes that too.
    """
    return await repository.revoke_result(session, result_id, now)


async def revoke(session: AsyncSession, identifier: str, now: datetime) -> bool:
    """Revokes one certificate by its identifier; False if it is not known, or was revoked before."""
    return bool(await repository.revoke_certificate(session, identifier_hash(identifier), now))


async def _sign(
    session: AsyncSession, facts: ResultFacts, now: datetime, keys: DataKeys, settings: Settings
) -> dict[str, object]:
    expires_at = facts.sampled_at + timedelta(hours=settings.certificate_valid_hours)
    if expires_at <= now:
        raise TooOldError(f"the sample is older than {settings.certificate_valid_hours} hours")
    content = _content(facts, now, expires_at, settings)
    signer = await keyring.signer(session, expires_at, now, keys, settings)
    code = encode(to_claims(content), signer.kid, signer.private_key_pem)
    return {
        "identifier_hash": identifier_hash(content.identifier),
        "result_id": facts.result_id,
        "version": facts.version,
        "kid": keyring.kid_text(signer.kid),
        "code_hash": hashlib.sha256(code.encode()).hexdigest(),
        "code": keys.encrypt(code),
        "issued_at": now,
        "expires_at": expires_at,
    }


def _content(facts: ResultFacts, now: datetime, expires_at: datetime, settings: Settings) -> Content:
    if facts.sampled_at > now:
        raise NotIssuableError("the sample is from the future")
    if not _BORN.fullmatch(facts.born):
        raise NotIssuableError("the date of birth is none")
    try:
        name = read_name(facts.name, facts.latin_name)
    except ValueError as error:
        raise NotIssuableError(str(error)) from error
    return Content(
        identifier=make_identifier(),
        name=name,
        born=facts.born,
        method=facts.method,
        outcome=facts.outcome,
        sampled_at=facts.sampled_at,
        laboratory=facts.laboratory,
        issuer=f"{SAMPLE_MARK} {settings.certificate_issuer}" if facts.sample else settings.certificate_issuer,
        issued_at=now,
        expires_at=expires_at,
    )
