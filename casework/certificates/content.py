"""What a certificate says: the test entry of the EU DCC, schema 1.3.0, inside CWT claims.

Source: «EU Digital COVID Certificate» JSON schema 1.3.0; «Guidelines on technical specifications for EU Digital COVID
Certificates», volume 1, section 3 (claims), and «Value sets», version 1.0, sections 2.1, 2.7 and 2.9.
"""

from dataclasses import dataclass
from datetime import UTC, datetime
from enum import StrEnum
from typing import Any

from casework.certificates.names import Name

SCHEMA_VERSION = "1.3.0"
COUNTRY = "IQ"
COVID_19 = "840539006"
TEXT_MAX_CHARS = 80
"""Of the laboratory and of the issuer, by the schema."""
SAMPLE_MARK = "SAMPLE"
"""Begins the issuer of a certificate that was made of sample data."""

_ISSUER, _EXPIRES, _ISSUED, _HEALTH, _VERSION_1 = 1, 4, 6, -260, 1


class Method(StrEnum):
    """How the sample was tested."""

    NAAT = "LP6464-4"
    """Nucleic acid amplification, as PCR."""
    ANTIGEN = "LP217198-3"


class Outcome(StrEnum):
    """What was found."""

    NEGATIVE = "260415000"
    POSITIVE = "260373001"


@dataclass(frozen=True, slots=True)
class Content:
    """A certificate's statement.

    Attributes:
        identifier: Its UVCI.
        name: Of the person tested.
        born: Date of birth, `YYYY-MM-DD`, `YYYY-MM` or `YYYY`; empty if it is not known.
        method: How the sample was tested.
        outcome: What was found.
        sampled_at: When the sample was taken.
        laboratory: Where it was tested.
        issuer: Who answers for the certificate.
        issued_at: When it was signed.
        expires_at: From then on it is worth nothing.
    """

    identifier: str
    name: Name
    born: str
    method: Method
    outcome: Outcome
    sampled_at: datetime
    laboratory: str
    issuer: str
    issued_at: datetime
    expires_at: datetime

    @property
    def sample(self) -> bool:
        """Made of sample data: it proves nothing."""
        return self.issuer.startswith(SAMPLE_MARK)


def to_claims(content: Content) -> dict[int, Any]:
    """The CWT claims of a certificate; optional fields without a value are left out."""
    name = {
        "fn": content.name.surname,
        "fnt": content.name.surname_letters,
        "gn": content.name.given,
        "gnt": content.name.given_letters,
    }
    entry = {
        "tg": COVID_19,
        "tt": content.method.value,
        "sc": content.sampled_at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ"),
        "tr": content.outcome.value,
        "tc": content.laboratory[:TEXT_MAX_CHARS],
        "co": COUNTRY,
        "is": content.issuer[:TEXT_MAX_CHARS],
        "ci": content.identifier,
    }
    if content.method is Method.NAAT:
        entry["nm"] = "RT-PCR"
    health = {
        "ver": SCHEMA_VERSION,
        "nam": {key: value for key, value in name.items() if value},
        "dob": content.born,
        "t": [entry],
    }
    return {
        _ISSUER: COUNTRY,
        _EXPIRES: int(content.expires_at.timestamp()),
        _ISSUED: int(content.issued_at.timestamp()),
        _HEALTH: {_VERSION_1: health},
    }


def from_claims(claims: Any) -> Content:
    """The statement in claims whose signature was checked.

    Raises:
        ValueError: They are not those of a test entry as `to_claims` makes it.
    """
    try:
        health = claims[_HEALTH][_VERSION_1]
        name, (entry,) = health["nam"], health["t"]
        return Content(
            identifier=entry["ci"],
            name=Name(name.get("fn", ""), name.get("gn", ""), name["fnt"], name.get("gnt", "")),
            born=health["dob"],
            method=Method(entry["tt"]),
            outcome=Outcome(entry["tr"]),
            sampled_at=datetime.fromisoformat(entry["sc"]),
            laboratory=entry["tc"],
            issuer=entry["is"],
            issued_at=datetime.fromtimestamp(claims[_ISSUED], UTC),
            expires_at=datetime.fromtimestamp(claims[_EXPIRES], UTC),
        )
    except (KeyError, TypeError, AttributeError, IndexError, OverflowError) as error:
        raise ValueError("not a test entry") from error
