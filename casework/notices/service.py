"""Queueing notices, and reading them for whoever says them."""

import json
from datetime import datetime

from sqlalchemy.ext.asyncio import AsyncSession

from casework.dialogues.forms import Choice, Prompt
from casework.notices import repository
from foundation.datakeys import DataKeys


async def add(
    session: AsyncSession,
    conversation_id: str,
    prompt: Prompt,
    now: datetime,
    *,
    key: str,
    keys: DataKeys,
    not_before: datetime | None = None,
) -> bool:
    """Queues a message to the citizen; it goes out, in order, once the caller's transaction is committed.

    Args:
        session: The caller's transaction.
        conversation_id: Whom it is for.
        prompt: What to say.
        now: The present moment.
        key: What it is about, such as `case:17:upheld`; the same key again adds nothing.
        keys: The text is kept encrypted.
        not_before: It is not said earlier, and can be withdrawn until then.

    Returns:
        Whether it was added.
    """
    content = {
        "text": prompt.text,
        "choices": [[choice.title, choice.value] for choice in prompt.choices],
        "files": list(prompt.files),
        "personal": prompt.personal,
    }
    sealed = keys.encrypt(json.dumps(content, ensure_ascii=False))
    return await repository.add(session, conversation_id, key, sealed, now, not_before)


def read(content: bytes, keys: DataKeys) -> Prompt:
    """The prompt behind a stored notice."""
    stored = json.loads(keys.decrypt(content))
    choices = tuple(Choice(title, value) for title, value in stored["choices"])
    return Prompt(stored["text"], choices, tuple(stored["files"]), stored["personal"])
