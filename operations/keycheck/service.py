"""The check: a process with other keys would write what nobody can read, and find nothing of what is there."""

from datetime import datetime

from cryptography.fernet import InvalidToken

from foundation.database import SessionFactory, transaction
from foundation.datakeys import DataKeys, load_data_keys
from foundation.settings import Settings
from operations.keycheck import repository

WORD = "ur-assistant"


class KeysDoNotFitError(ValueError):
    """This database was written under keys that the process has not; the text says what to do."""


async def fitting_keys(sessions: SessionFactory, settings: Settings, now: datetime) -> DataKeys:
    """The keys of the settings, once they have opened what the first process sealed; the first one seals it.

    Args:
        sessions: The database whose values they are for.
        settings: Hold DATA_KEYS.
        now: The present moment.

    Raises:
        KeysDoNotFitError: The database was written under other keys.
        ValueError: A key is malformed.
        sqlalchemy.exc.SQLAlchemyError: The database does not answer, or is not migrated.
    """
    keys = load_data_keys(settings)
    async with sessions() as session:
        sealed = await repository.sealed(session)
    if sealed is None:
        async with transaction(sessions) as session:
            if await repository.put(session, keys.encrypt(WORD), now):
                return keys
        async with sessions() as session:
            sealed = await repository.sealed(session)
    if sealed is None or not _opens(keys, sealed):
        given = "DATA_KEYS" if settings.data_keys is not None else "DATA_KEYS is not set, and the key made here"
        raise KeysDoNotFitError(
            f"{given} does not open what this database holds: give every process the keys it was written under"
        )
    return keys


def _opens(keys: DataKeys, sealed: bytes) -> bool:
    try:
        return keys.decrypt(sealed) == WORD
    except InvalidToken:
        return False
