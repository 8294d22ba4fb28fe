"""Puts what is encrypted under the newest key, so that an older one can go.

Batches are transactions of their own, and an entry is changed only if it is as it was read: the bots may run meanwhile,
and a run that was interrupted is begun again without harm.
"""

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from typing import Any, TypeVar

from cryptography.fernet import InvalidToken
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import InstrumentedAttribute

from bot import sealed
from bot.inbox import repository as inbox
from bot.models import InboxState
from casework.cases import keeping
from casework.cases import repository as cases
from casework.cases.models import Case, CaseEvent, CaseSupporter
from casework.certificates.models import IssuedCertificate, SigningKey
from casework.dialogues.models import Dialogue
from casework.files.models import StoredFile
from casework.handoffs.models import HandoffDraft
from casework.notices.models import Notice
from casework.results import upkeep as results
from citizens.vault import repository as vault
from citizens.vault.service import renew as renew_identifier
from foundation.database import SessionFactory, transaction
from foundation.datakeys import DataKeys
from operations.accounts.models import Account
from operations.keycheck.models import KeyCheck

T = TypeVar("T")

BATCH = 200
"""Entries in one transaction."""
ROUNDS = 5
"""So often at most everything is looked at again because something was found under an older key."""
Sealed = tuple[InstrumentedAttribute[Any], InstrumentedAttribute[Any]]
"""A table's key, of one column, and a column of it that holds what `DataKeys.encrypt` gave."""
COLUMNS: tuple[Sealed, ...] = (
    (Dialogue.conversation_id, Dialogue.state),
    (Notice.id, Notice.content),
    (StoredFile.id, StoredFile.content),
    (SigningKey.kid, SigningKey.private_key),
    (IssuedCertificate.identifier_hash, IssuedCertificate.code),
    (Account.id, Account.totp_secret),
    (HandoffDraft.id, HandoffDraft.content),
    (Case.id, Case.text),
    (Case.id, Case.agent_named),
    (CaseEvent.id, CaseEvent.note),
    (CaseSupporter.id, CaseSupporter.text),
    (KeyCheck.id, KeyCheck.sealed),
)
"""Everything else that is encrypted and not looked up by its content."""
WAITING_STATES = (InboxState.QUEUED, InboxState.QUARANTINED)
"""Messages in another state hold nothing encrypted."""


@dataclass(slots=True)
class Rekeyed:
    """What one run did and saw.

    Attributes:
        identifiers: Identifiers put under the newest key.
        messages: Waiting messages put under it.
        values: Other encrypted values (`COLUMNS`) put under it.
        unreadable: Entries that no key opens.
        settled: The last round found nothing under an older key.
    """

    identifiers: int = 0
    messages: int = 0
    values: int = 0
    unreadable: int = 0
    settled: bool = False


async def rekey(sessions: SessionFactory, keys: DataKeys) -> Rekeyed:
    """Goes over everything until a whole round finds nothing under an older key.

    More than two rounds are needed only where a process that does not know the newest key still writes.
    """
    done = Rekeyed()
    for _ in range(ROUNDS):
        before = (done.identifiers, done.messages, done.values)
        done.unreadable = 0
        await _identifiers(sessions, keys, done)
        for state in WAITING_STATES:
            await _messages(sessions, keys, state, done)
        for key, column in COLUMNS:
            await _values(sessions, keys, key, column, done)
        await _cards(sessions, keys, done)
        await _results(sessions, keys, done)
        done.settled = (done.identifiers, done.messages, done.values) == before
        if done.settled:
            break
    return done


async def _walk(
    sessions: SessionFactory,
    done: Rekeyed,
    first: Any,
    page: Callable[[AsyncSession, Any], Awaitable[Sequence[T]]],
    place: Callable[[T], Any],
    renew: Callable[[AsyncSession, T], Awaitable[bool]],
) -> int:
    """Goes over all rows of a kind, batch by batch; returns how many were put under the newest key.

    Args:
        sessions: The database.
        done: Counts what no key opens.
        first: Comes before the first row.
        page: The next rows after a place.
        place: A row's place.
        renew: Puts a row under the newest key; returns whether there was anything to do.
    """
    after, count = first, 0
    while True:
        async with sessions() as session:
            rows = await page(session, after)
        if not rows:
            return count
        async with transaction(sessions) as session:
            for row in rows:
                try:
                    count += await renew(session, row)
                except InvalidToken:
                    done.unreadable += 1
        after = place(rows[-1])


async def _identifiers(sessions: SessionFactory, keys: DataKeys, done: Rekeyed) -> None:
    done.identifiers += await _walk(
        sessions,
        done,
        ("", ""),
        lambda session, after: vault.page(session, after, BATCH),
        lambda entry: (entry.conversation_id, entry.token),
        lambda session, entry: renew_identifier(session, entry, keys),
    )


async def _messages(sessions: SessionFactory, keys: DataKeys, state: InboxState, done: Rekeyed) -> None:
    async def renew(session: AsyncSession, item: tuple[int, bytes]) -> bool:
        renewed = keys.renewed(item[1])
        return renewed is not None and await inbox.reseal(session, item[0], item[1], renewed)

    done.messages += await _walk(
        sessions,
        done,
        0,
        lambda session, after: inbox.sealed(session, state, after, BATCH),
        lambda item: item[0],
        renew,
    )


async def _cards(sessions: SessionFactory, keys: DataKeys, done: Rekeyed) -> None:
    """Ration cards of cases, which are looked up by a hash of theirs."""
    done.values += await _walk(
        sessions,
        done,
        0,
        lambda session, after: cases.cards(session, after, BATCH),
        lambda row: row[0],
        lambda session, row: keeping.renew_card(session, *row, keys),
    )


async def _results(sessions: SessionFactory, keys: DataKeys, done: Rekeyed) -> None:
    done.values += await _walk(
        sessions,
        done,
        0,
        lambda session, after: results.page(session, after, BATCH),
        lambda result: result.id,
        lambda session, result: results.renew(session, result, keys),
    )


async def _values(
    sessions: SessionFactory,
    keys: DataKeys,
    key: InstrumentedAttribute[Any],
    column: InstrumentedAttribute[Any],
    done: Rekeyed,
) -> None:
    async def renew(session: AsyncSession, row: tuple[Any, bytes]) -> bool:
        renewed = keys.renewed(row[1])
        return renewed is not None and await sealed.replace(session, key, column, row[0], row[1], renewed)

    done.values += await _walk(
        sessions,
        done,
        None,
        lambda session, after: sealed.page(session, key, column, after, BATCH),
        lambda row: row[0],
        renew,
    )
