"""Fills a database as years of use would: conversations, messages, services, the engine's states."""

import secrets
import sqlite3
from collections.abc import Iterable, Iterator, Mapping
from contextlib import closing
from datetime import datetime, timedelta
from itertools import islice
from pathlib import Path
from typing import Any, Final

from sqlalchemy import Connection, Table, create_engine, event, insert, select

from bench.search import make
from bot.models import Author, Button, InboxItem, InboxState, Message, OutboxItem, OutboxState
from catalog.models import Category, PhraseKind, Service, ServicePhrase
from citizens.models import Address, Channel, Conversation

BATCH_ROWS: Final = 20_000
ENGINE_TABLE: Final = "engine_conversations"

Row = Mapping[str, Any]


def fill(database: Path, conversations: int, messages: int, services: int, now: datetime) -> None:
    """Adds made-up rows to a migrated SQLite database that holds the sample catalogue.

    Args:
        database: The file.
        conversations: Conversations to add, web and Telegram by turns.
        messages: Messages to add: half of citizens, half answers, spread evenly over the conversations.
        services: Services to add.
        now: The newest message's time; the oldest is a year older.
    """
    engine = create_engine(f"sqlite:///{database}")

    @event.listens_for(engine, "connect")
    def _fast(connection: sqlite3.Connection, _record: object) -> None:
        connection.execute("PRAGMA synchronous=OFF")

    names = [secrets.token_hex(16) for _ in range(conversations)]
    with engine.begin() as connection:
        _services(connection, services)
        _add(connection, Conversation, _conversations(names, now))
        _add(connection, Address, _addresses(names))
        first = 1
        _add(connection, InboxItem, _inbox(names, messages // 2, first, now))
        _add(connection, Message, _messages(names, messages // 2, first, now))
        _add(connection, OutboxItem, _outbox(names, messages // 2, now))
        _add(connection, Button, _buttons(names, messages // 2, now))
        connection.exec_driver_sql("ANALYZE")
    engine.dispose()


def fill_engine(store: Path, conversations: int) -> None:
    """Copies the first conversation of an engine's SQLite store under other names.

    Args:
        store: The file; it holds at least one conversation.
        conversations: How many copies.
    """
    with closing(sqlite3.connect(store)) as connection, connection:
        connection.executemany(
            f"INSERT INTO {ENGINE_TABLE} (sender, revision, slice, updated_at) "
            f"SELECT ?, revision, slice, updated_at FROM {ENGINE_TABLE} ORDER BY rowid LIMIT 1",
            ((secrets.token_hex(16),) for _ in range(conversations)),
        )


def _add(connection: Connection, model: type[Any], rows: Iterable[Row]) -> None:
    table: Table = model.__table__
    waiting = iter(rows)
    while batch := list(islice(waiting, BATCH_ROWS)):
        connection.execute(insert(table), batch)


def _services(connection: Connection, count: int) -> None:
    categories = connection.scalars(select(Category.code).order_by(Category.code)).all()
    entries = make(count, 1).entries
    _add(
        connection,
        Service,
        (
            {
                "code": entry.code,
                "category_code": categories[number % len(categories)],
                "name": entry.texts[0],
                "description": entry.texts[1],
                "origin": "editor",
            }
            for number, entry in enumerate(entries)
        ),
    )
    _add(
        connection,
        ServicePhrase,
        (
            {"service_code": entry.code, "kind": PhraseKind.QUESTION.value, "text": text}
            for entry in entries
            for text in dict.fromkeys(entry.texts[2:])
        ),
    )


def _channel(number: int) -> Channel:
    return Channel.WEB if number % 2 else Channel.TELEGRAM


def _conversations(names: list[str], now: datetime) -> Iterator[Row]:
    for number, name in enumerate(names):
        yield {
            "id": name,
            "channel": _channel(number),
            "engine_sender": secrets.token_hex(16),
            "created_at": now - timedelta(days=366),
        }


def _addresses(names: list[str]) -> Iterator[Row]:
    for number, name in enumerate(names):
        address = secrets.token_hex(32) if number % 2 else str(10**9 + number)
        yield {"conversation_id": name, "channel": _channel(number), "address": address, "unreachable_since": None}


def _when(number: int, count: int, now: datetime) -> datetime:
    return now - timedelta(days=365) * (1 - number / count)


def _inbox(names: list[str], count: int, first: int, now: datetime) -> Iterator[Row]:
    for number in range(count):
        at = _when(number, count, now)
        yield {
            "id": first + number,
            "channel": _channel(number % len(names)),
            "external_id": f"{names[number % len(names)]}:{number}",
            "conversation_id": names[number % len(names)],
            "raw": None,
            "state": InboxState.DONE,
            "received_at": at,
            "done_at": at + timedelta(seconds=1),
        }


def _messages(names: list[str], count: int, first: int, now: datetime) -> Iterator[Row]:
    for number in range(count):
        at = _when(number, count, now)
        common = {"conversation_id": names[number % len(names)], "inbox_id": first + number}
        yield {
            **common,
            "id": 2 * number + 1,
            "author": Author.CITIZEN,
            "text": "شكد رسوم جواز السفر وشنو المستمسكات",
            "body": None,
            "created_at": at,
        }
        yield {
            **common,
            "id": 2 * number + 2,
            "author": Author.ASSISTANT,
            "text": "رسوم الخدمة كما في الدليل. المصدر ورد في آخر الجواب، وكذلك تاريخ المراجعة. " * 4,
            "body": {"buttons": [{"title": "المستمسكات", "id": "b1"}], "attachments": []},
            "created_at": at + timedelta(seconds=1),
        }


def _outbox(names: list[str], count: int, now: datetime) -> Iterator[Row]:
    for number in range(count):
        if _channel(number % len(names)) is Channel.TELEGRAM:
            at = _when(number, count, now) + timedelta(seconds=1)
            yield {
                "conversation_id": names[number % len(names)],
                "message_id": 2 * number + 2,
                "state": OutboxState.SENT,
                "attempts": 1,
                "parts_sent": 1,
                "created_at": at,
                "sent_at": at,
            }


def _buttons(names: list[str], count: int, now: datetime) -> Iterator[Row]:
    for number in range(count):
        yield {
            "conversation_id": names[number % len(names)],
            "id": secrets.token_hex(8),
            "payload": '/ask_fee{"service": "tra-01"}',
            "shown_at": _when(number, count, now),
        }
