"""Puts what is encrypted under the newest key, so that an older one can go.

Batches are transactions of their own, and an entry is changed only if it is as it was read: the bots may run meanwhile,
and a run that was interrupted is begun again without harm.
"""

from dataclasses import dataclass

from cryptography.fernet import InvalidToken

from bot.inbox import repository as inbox
from bot.models import InboxState
from bot.vault import repository as vault
from bot.vault.service import renew
from foundation.database import SessionFactory, transaction
from foundation.datakeys import DataKeys

BATCH = 200
"""Entries in one transaction."""
ROUNDS = 5
"""So often at most everything is looked at again because something was found under an older key."""
WAITING_STATES = (InboxState.QUEUED, InboxState.QUARANTINED)
"""Messages in another state hold nothing encrypted."""


@dataclass(slots=True)
class Rekeyed:
    """What one run did and saw.

    Attributes:
        identifiers: Identifiers put under the newest key.
        messages: Waiting messages put under it.
        unreadable: Entries that no key opens.
        settled: The last round found nothing under an older key.
    """

    identifiers: int = 0
    messages: int = 0
    unreadable: int = 0
    settled: bool = False


async def rekey(sessions: SessionFactory, keys: DataKeys) -> Rekeyed:
    """Goes over everything until a whole round finds nothing under an older key.

    More than two rounds are needed only where a process that does not know the newest key still writes.
    """
    done = Rekeyed()
    for _ in range(ROUNDS):
        before = (done.identifiers, done.messages)
        done.unreadable = 0
        await _identifiers(sessions, keys, done)
        for state in WAITING_STATES:
            await _messages(sessions, keys, state, done)
        done.settled = (done.identifiers, done.messages) == before
        if done.settled:
            break
    return done


async def _identifiers(sessions: SessionFactory, keys: DataKeys, done: Rekeyed) -> None:
    after = ("", "")
    while True:
        async with sessions() as session:
            entries = await vault.page(session, after, BATCH)
        if not entries:
            return
        async with transaction(sessions) as session:
            for entry in entries:
                try:
                    done.identifiers += await renew(session, entry, keys)
                except InvalidToken:
                    done.unreadable += 1
        after = (entries[-1].conversation_id, entries[-1].token)


async def _messages(sessions: SessionFactory, keys: DataKeys, state: InboxState, done: Rekeyed) -> None:
    after = 0
    while True:
        async with sessions() as session:
            items = await inbox.sealed(session, state, after, BATCH)
        if not items:
            return
        async with transaction(sessions) as session:
            for item_id, raw in items:
                try:
                    renewed = keys.renewed(raw)
                except InvalidToken:
                    done.unreadable += 1
                    continue
                if renewed is not None:
                    done.messages += await inbox.reseal(session, item_id, raw, renewed)
        after = items[-1][0]
