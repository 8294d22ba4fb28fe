"""Adding events, and the form in which they leave."""

import json
import secrets
from collections.abc import Mapping
from datetime import datetime
from typing import Any, Final

from sqlalchemy.ext.asyncio import AsyncSession

from operations.events import repository
from operations.events.models import SUBJECT_MAX_CHARS, TYPE_MAX_CHARS
from operations.events.repository import Pending

PREFIX: Final = "ur."
"""Before every type, as others see it."""
SOURCE: Final = "/ur-assistant"
CONTENT_TYPE: Final = "application/cloudevents+json"
VALUE_MAX_CHARS: Final = 200

Value = str | int | float | bool | None


async def add(session: AsyncSession, type: str, subject: str, data: Mapping[str, Value], now: datetime) -> None:
    """Tells other systems that something happened; it is published after the caller's transaction has been committed.

    Args:
        session: The caller's writing transaction.
        type: `thing.happened`, as listed in docs/events.md.
        subject: What it happened to, `kind/name`; never a conversation, an address or a person.
        data: Flat: codes, figures, yes and no. Never what a person wrote, nor anything by which one can be found.
        now: The present moment.

    Raises:
        ValueError: A name is too long, or a value is not flat or is longer than a code is.
    """
    if len(type) > TYPE_MAX_CHARS - len(PREFIX) or len(subject) > SUBJECT_MAX_CHARS:
        raise ValueError("the event's type or subject is too long")
    for name, value in data.items():
        if not isinstance(value, Value) or (isinstance(value, str) and len(value) > VALUE_MAX_CHARS):
            raise ValueError(f"the event's {name} is no code and no figure")
    await repository.add(session, secrets.token_hex(16), type, subject, dict(data), now)


def envelope(event: Pending) -> dict[str, Any]:
    """The event as CloudEvents 1.0 has it, in its JSON format."""
    return {
        "specversion": "1.0",
        "id": event.id,
        "source": SOURCE,
        "type": PREFIX + event.type,
        "subject": event.subject,
        "time": event.at.isoformat().replace("+00:00", "Z"),
        "datacontenttype": "application/json",
        "data": event.data,
    }


def body(event: Pending) -> bytes:
    """The envelope as it is sent."""
    return json.dumps(envelope(event), ensure_ascii=False).encode()
