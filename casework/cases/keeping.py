"""How long cases are kept, and their change of keys."""

import hashlib
import hmac
from datetime import datetime

from sqlalchemy.ext.asyncio import AsyncSession

from casework.cases import repository
from casework.files import repository as files
from foundation.datakeys import DataKeys


async def purge(session: AsyncSession, before: datetime, limit: int, *, dry: bool) -> int:
    """Deletes cases that were closed before then, with their events and files; returns how many."""
    count, attached = await repository.forget_closed(session, before, limit, dry=dry)
    await files.remove(session, attached)
    return count


def card_digests(keys: DataKeys, card: str) -> list[str]:
    """Keyed hashes of a ration card number (digits only): the first is stored, any may be found."""
    return [hmac.new(key, f"ration_card:{card}".encode(), hashlib.sha256).hexdigest() for key in keys.digest_keys]


async def renew_card(session: AsyncSession, case_id: int, sealed: bytes, digest: str | None, keys: DataKeys) -> bool:
    """Puts a ration card and its hash under the newest key.

    Returns:
        Whether there was anything to do.

    Raises:
        cryptography.fernet.InvalidToken: No key fits.
    """
    newest = card_digests(keys, keys.decrypt(sealed))[0]
    renewed = keys.renewed(sealed)
    if renewed is None and digest == newest:
        return False
    return await repository.recard(session, case_id, sealed, renewed or sealed, newest)
