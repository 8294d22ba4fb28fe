"""The digest of an entry of the audit: of what it says, and of the digest before it."""

import hashlib
import json
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime

FIRST = "0" * 64
"""Stands before the first entry."""


def digest_of(
    previous: str, at: datetime, who: str, action: str, subject: str, reason: str, details: Mapping[str, object] | None
) -> str:
    """The digest of an entry that follows the one with the digest `previous`."""
    parts: Sequence[object] = [previous, at.astimezone(UTC).isoformat(), who, action, subject, reason, details]
    text = json.dumps(parts, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()
