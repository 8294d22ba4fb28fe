"""Fixtures of the tests of certificates."""

from datetime import UTC, datetime, timedelta
from functools import lru_cache

import pytest
from cryptography.fernet import Fernet
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec

from casework.certificates.content import Outcome
from casework.certificates.service import ResultFacts
from foundation.datakeys import DataKeys
from foundation.settings import Settings

NOW = datetime(2026, 11, 23, 6, 0, tzinfo=UTC)


@pytest.fixture
def keys() -> DataKeys:
    """Data keys of this test."""
    return DataKeys([Fernet.generate_key().decode()])


@pytest.fixture
def settings() -> Settings:
    """The defaults."""
    return Settings(_env_file=None)


@lru_cache
def private_key() -> bytes:
    """A key that signs, in PEM."""
    return ec.generate_private_key(ec.SECP256R1()).private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )


def facts(**changes: object) -> ResultFacts:
    """A negative result of a sample that was taken 20 hours before `NOW`."""
    fields: dict[str, object] = {
        "result_id": "result-1",
        "version": 1,
        "name": "زينب كاظم جواد الموسوي",
        "latin_name": None,
        "born": "1984-05-17",
        "outcome": Outcome.NEGATIVE,
        "sampled_at": NOW - timedelta(hours=20),
        "laboratory": "مختبر الصحة العامة المركزي - بغداد",
    }
    return ResultFacts(**(fields | changes))  # type: ignore[arg-type]
