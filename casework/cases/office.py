"""What every service function of cases works with."""

import hashlib
import hmac
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy.ext.asyncio import AsyncSession

from foundation.datakeys import DataKeys
from foundation.settings import Settings


@dataclass(frozen=True, slots=True)
class Office:
    """The caller's writing transaction, the keys, the settings and the present moment."""

    session: AsyncSession
    keys: DataKeys
    settings: Settings
    now: datetime
    hold: timedelta = timedelta(0)
    """Citizens are told so much later of what is done here."""

    @property
    def tell_from(self) -> datetime | None:
        """Before that citizens are not told; None: at once."""
        return self.now + self.hold if self.hold else None

    def sealed(self, text: str | None) -> bytes | None:
        """`text` encrypted; None for nothing."""
        return self.keys.encrypt(text) if text else None

    def opened(self, sealed: bytes | None) -> str | None:
        """The reverse of `sealed`."""
        return None if sealed is None else self.keys.decrypt(sealed)

    def digests(self, text: str) -> list[str]:
        """Keyed hashes of `text`: the first is stored, any of them may be found."""
        return [hmac.new(key, text.encode(), hashlib.sha256).hexdigest() for key in self.keys.digest_keys]
