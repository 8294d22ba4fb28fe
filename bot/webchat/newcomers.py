"""How many web conversations may be begun: anybody can begin one, so nobody may begin them without end."""

import hashlib
from datetime import datetime
from ipaddress import IPv6Address, ip_address

from bot.metrics import REFUSALS
from bot.ratelimit import Allowance, RateLimiter, make_limiter
from bot.webchat.errors import ApiError
from foundation.settings import Settings

RETRY_AFTER_SECONDS = 30
EVERYBODY = "everybody"
_IPV6_NETWORK_BITS = 64
"""What a provider gives to one customer at least."""


class Newcomers:
    """Counts new conversations in the last minute: from one address, and from all together."""

    def __init__(self, per_address: RateLimiter, overall: RateLimiter) -> None:
        self._per_address = per_address
        self._overall = overall

    async def admit(self, address: str, now: datetime) -> None:
        """Lets a conversation be begun from `address`.

        Raises:
            ApiError: 429, too many.
        """
        for limiter, key in ((self._per_address, network_of(address)), (self._overall, EVERYBODY)):
            if await limiter.hit(key, now) is not Allowance.GRANTED:
                REFUSALS.labels("too_many_conversations").inc()
                raise ApiError(429, "too_many_conversations", {"Retry-After": str(RETRY_AFTER_SECONDS)})

    async def close(self) -> None:
        """Lets go of connections."""
        await self._per_address.close()
        await self._overall.close()


def make_newcomers(settings: Settings) -> Newcomers:
    """The limits that the settings ask for."""
    return Newcomers(
        make_limiter(settings.redis_url, settings.new_conversations_per_minute_per_address, "new"),
        make_limiter(settings.redis_url, settings.new_conversations_per_minute, "new"),
    )


def network_of(address: str) -> str:
    """What stands for an address while it is counted: the same for a whole IPv6 network, and not to be read back."""
    try:
        parsed = ip_address(address)
    except ValueError:
        counted = address
    else:
        whole = parsed.packed[: _IPV6_NETWORK_BITS // 8] if isinstance(parsed, IPv6Address) else parsed.packed
        counted = whole.hex()
    return hashlib.sha256(counted.encode("utf-8", "surrogatepass")).hexdigest()[:32]
