"""A large office, made up: accounts, cases, a transcript, conversations with people, the audit."""

import random
import secrets
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final

from argon2 import PasswordHasher

from bench import cases as many_cases
from bench.bulk import Put, Row
from bot.models import Author
from casework.handoffs.models import CloseReason, Happening, Reason, State
from operations.accounts.models import Role
from operations.audit.models import Action

PASSWORD: Final = "four words of no relation"  # noqa: S105  # of this measurement's own accounts
BOSS: Final = "boss"
OFFICER: Final = "officer7"
"""A case officer of two small governorates."""
PLACES: Final = ("halabja", "muthanna")
LONG: Final = 20_000
"""Lines of the longest conversation."""
LINES: Final = 10
"""Lines of each other."""
HANDED_EVERY: Final = 2
"""Every second conversation came to a person."""
WAITING: Final = 500
HELD: Final = 20
INTENTS: Final = ("ask_fee", "ask_steps", "ask_documents", "out_of_scope", "greet", "file_complaint", "thank")
TOPICS: Final = 80


@dataclass(frozen=True, slots=True)
class Sizes:
    """How many of each."""

    cases: int
    messages: int
    audit: int


@dataclass(frozen=True, slots=True)
class Filled:
    """Some of what was made."""

    cases: list[str]
    handoffs: int
    last_message: int


def fill(put: Put, sizes: Sizes, now: datetime) -> Filled:
    """Fills a migrated database."""
    rng = random.Random(11)
    boss = _accounts(put, now)
    numbers = many_cases.fill(put, sizes.cases)
    talks = [secrets.token_hex(16) for _ in range(max(2, (sizes.messages - LONG) // LINES))]
    put("conversations", ["id", "channel", "engine_sender", "created_at"], ((one, "web", one, now) for one in talks))
    put(
        "messages",
        ["conversation_id", "author", "text", "body", "late", "created_at"],
        _messages(rng, talks, sizes.messages, now),
    )
    handed = talks[::HANDED_EVERY]
    put(
        "handoffs",
        [
            *("conversation_id", "state", "reason", "topic", "topic_title", "owner_id", "lease_until", "opened_at"),
            *("claimed_at", "ended_at", "citizen_at", "close_reason", "rating"),
        ],
        _handoffs(rng, handed, boss, sizes.messages, len(talks), now),
    )
    put("handoff_events", ["handoff_id", "at", "kind", "account_id", "text"], (
        (number, now, kind, boss, "") for number in range(1, len(handed) + 1)
        for kind in (Happening.OPENED, Happening.CLAIMED, Happening.CLOSED)
    ))  # fmt: skip
    put(
        "audit",
        ["at", "who", "action", "subject", "reason", "details", "digest"],
        _audit(rng, sizes.audit, numbers, now),
    )
    return Filled(numbers, len(handed), sizes.messages)


def _accounts(put: Put, now: datetime) -> str:
    hashed = PasswordHasher(time_cost=1, memory_cost=8 * 1024, parallelism=1).hash(PASSWORD)
    names = [BOSS, *(f"officer{number}" for number in range(many_cases.STAFF))]
    ids = {name: secrets.token_hex(16) for name in names}
    put("accounts", ["id", "name", "shown_name", "password_hash", "must_change", "created_at"], (
        (ids[name], name, f"موظف {name}", hashed, False, now) for name in names
    ))  # fmt: skip
    officers = ((ids[name], Role.CASE_OFFICER, "") for name in names if name not in (BOSS, OFFICER))
    put("account_roles", ["account_id", "role", "governorate"], (
        *((ids[BOSS], role, "") for role in Role),
        *((ids[OFFICER], Role.CASE_OFFICER, place) for place in PLACES),
        *officers,
    ))  # fmt: skip
    return ids[BOSS]


def _at(place: int, count: int, now: datetime) -> datetime:
    """When the line at this place was written: over a year, up to now."""
    return now - timedelta(days=365) * (1 - place / count)


def _messages(rng: random.Random, talks: list[str], count: int, now: datetime) -> Iterator[Row]:
    for place in range(count):
        number = place // LINES + 1
        talk = talks[number] if number < len(talks) else talks[0]
        turn = place % LINES
        author = Author.AGENT if turn == LINES - 1 else (Author.CITIZEN, Author.ASSISTANT)[turn % 2]
        body: dict[str, Any] | None = {"intent": rng.choice(INTENTS)} if author is Author.CITIZEN else None
        yield talk, author, "شكد رسوم تجديد جواز السفر وشنو المستمسكات المطلوبة؟", body, False, _at(place, count, now)


def _handoffs(
    rng: random.Random, handed: list[str], boss: str, messages: int, talks: int, now: datetime
) -> Iterator[Row]:
    for number, talk in enumerate(handed):
        opened = _at(min(number * HANDED_EVERY * LINES + LINES - 2, messages), messages, now)
        topic = rng.randrange(TOPICS)
        left = len(handed) - number
        state = State.WAITING if left <= WAITING else State.CLAIMED if left <= WAITING + HELD else State.CLOSED
        held, closed = state is State.CLAIMED, state is State.CLOSED
        yield (
            talk, state, rng.choice(list(Reason)), f"nat-{topic:02}", f"خدمة {topic}",
            boss if held else None, now + timedelta(days=1) if held else None, opened,
            opened if held or closed else None, opened + timedelta(seconds=rng.randrange(60, 7200)) if closed else None,
            now if held else None, CloseReason.HELPED if closed else None,
            rng.choice((None, 3, 4, 5)) if closed else None,
        )  # fmt: skip


def _audit(rng: random.Random, count: int, numbers: list[str], now: datetime) -> Iterator[Row]:
    common = (Action.REVEAL, Action.CASE_CHANGE, Action.LOGIN, Action.HANDOFF, Action.RESULT_SHOWN)
    every = list(Action)
    for place in range(count):
        action = rng.choice(every) if place % 1000 == 0 else rng.choice(common)
        who = "system" if place % 3 == 0 else f"officer{int(many_cases.STAFF * rng.random() ** 2)}"
        digest = f"{place:064x}"
        yield _at(place, count, now), who, action, f"case/{rng.choice(numbers)}", "", None, digest
