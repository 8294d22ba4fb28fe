"""The chain that shows tampering: each entry of the audit carries a digest of itself and of the entry before it.

Changing, adding, moving or removing an entry breaks the chain from there on. Entries cut off at the end leave a chain
that is whole: against that, the newest digest is written to the log with each entry, and `verify` can be asked whether
a digest noted earlier is still part of the chain.
"""

from dataclasses import dataclass

from sqlalchemy.ext.asyncio import AsyncSession

from operations.audit import repository
from operations.audit.digest import FIRST, digest_of

BATCH = 500


@dataclass(frozen=True, slots=True)
class Verified:
    """The outcome of a look over the whole chain.

    Attributes:
        entries: How many entries fit.
        head: The digest of the last entry that fits.
        broken_at: The number of the first entry that does not fit, None if all do.
        noted_found: Whether the digest noted earlier was met; True if none was asked for.
    """

    entries: int
    head: str
    broken_at: int | None
    noted_found: bool

    @property
    def whole(self) -> bool:
        """Whether nothing speaks of tampering."""
        return self.broken_at is None and self.noted_found


async def verify(session: AsyncSession, noted: str | None = None) -> Verified:
    """Follows the chain from its beginning.

    Args:
        session: The session.
        noted: A digest that was the newest at some time, as a log or a person kept it.
    """
    head, entries, after, found = FIRST, 0, 0, noted is None
    while True:
        page = await repository.page(session, after, BATCH)
        if not page:
            return Verified(entries, head, None, found)
        for entry in page:
            expected = digest_of(
                head, entry.at, entry.who, str(entry.action), entry.subject, entry.reason, entry.details
            )
            if entry.digest != expected:
                return Verified(entries, head, entry.id, found)
            head, entries = expected, entries + 1
            found = found or head == noted
        after = page[-1].id
