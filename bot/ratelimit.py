"""At most so many messages a minute from one citizen: a sliding window, in this process or in Redis."""

import secrets
from collections import OrderedDict, deque
from datetime import datetime
from enum import Enum, auto
from typing import Protocol

import structlog
from redis.asyncio import Redis
from redis.exceptions import RedisError

from bot.metrics import ERRORS
from foundation.settings import Settings

WINDOW_SECONDS = 60.0
REDIS_SECONDS = 0.5
TRACKED_CITIZENS = 50_000
"""How many citizens this process remembers; those silent longest are forgotten first."""


log = structlog.get_logger(__name__)


class Allowance(Enum):
    """What the limiter says of a message; the first refusal of a window is told to the citizen."""

    GRANTED = auto()
    REFUSED_FIRST = auto()
    REFUSED = auto()


class RateLimiter(Protocol):
    """Counts messages."""

    async def hit(self, key: str, at: datetime) -> Allowance:
        """Counts a message of `key` that came `at`; a refused one does not count."""

    async def close(self) -> None:
        """Lets go of connections."""


class MemoryRateLimiter:
    """A window for each citizen, in this process."""

    def __init__(self, per_minute: int) -> None:
        self._per_minute = per_minute
        self._windows: OrderedDict[str, deque[float]] = OrderedDict()
        self._told: dict[str, float] = {}

    async def hit(self, key: str, at: datetime) -> Allowance:
        """See `RateLimiter.hit`."""
        now = at.timestamp()
        window = self._windows.setdefault(key, deque())
        self._windows.move_to_end(key)
        while window and window[0] <= now - WINDOW_SECONDS:
            window.popleft()
        if len(window) < self._per_minute:
            window.append(now)
            self._told.pop(key, None)
            self._forget()
            return Allowance.GRANTED
        if key in self._told:
            return Allowance.REFUSED
        self._told[key] = now
        return Allowance.REFUSED_FIRST

    async def close(self) -> None:
        """Nothing to let go of."""

    def _forget(self) -> None:
        while len(self._windows) > TRACKED_CITIZENS:
            key, _ = self._windows.popitem(last=False)
            self._told.pop(key, None)


_HIT = """
redis.call('ZREMRANGEBYSCORE', KEYS[1], '-inf', ARGV[1] - ARGV[2])
if redis.call('ZCARD', KEYS[1]) < tonumber(ARGV[3]) then
  redis.call('ZADD', KEYS[1], ARGV[1], ARGV[4])
  redis.call('EXPIRE', KEYS[1], ARGV[2])
  redis.call('DEL', KEYS[2])
  return 0
end
if redis.call('SET', KEYS[2], '1', 'NX', 'EX', ARGV[2]) then
  return 1
end
return 2
"""
"""0: granted, 1: first refusal, 2: refused."""


class RedisRateLimiter:
    """A window for each citizen, shared by all processes. When Redis is away, everybody is let in."""

    def __init__(self, per_minute: int, url: str, name: str = "rate") -> None:
        self._per_minute = per_minute
        self._name = name
        self._redis = Redis.from_url(url, socket_timeout=REDIS_SECONDS, socket_connect_timeout=REDIS_SECONDS)
        self._script = self._redis.register_script(_HIT)

    async def hit(self, key: str, at: datetime) -> Allowance:
        """See `RateLimiter.hit`."""
        keys = [f"ur:{self._name}:{{{key}}}", f"ur:{self._name}:told:{{{key}}}"]
        arguments: list[str | int | float] = [
            at.timestamp(),
            int(WINDOW_SECONDS),
            self._per_minute,
            secrets.token_hex(8),
        ]
        try:
            outcome = int(await self._script(keys=keys, args=arguments))
        except RedisError as error:
            ERRORS.labels("redis").inc()
            log.warning("rate_limit_unchecked", error=type(error).__name__)
            return Allowance.GRANTED
        return (Allowance.GRANTED, Allowance.REFUSED_FIRST, Allowance.REFUSED)[outcome]

    async def close(self) -> None:
        """Closes the connections."""
        await self._redis.aclose()


def make_rate_limiter(settings: Settings) -> RateLimiter:
    """The limiter of messages that the settings ask for."""
    return make_limiter(settings.redis_url, settings.rate_limit_per_minute, "rate")


def make_limiter(redis_url: str | None, per_minute: int, name: str) -> RateLimiter:
    """A limiter of this process, or of all that share a Redis; `name` keeps what it counts apart there."""
    return MemoryRateLimiter(per_minute) if redis_url is None else RedisRateLimiter(per_minute, redis_url, name)
