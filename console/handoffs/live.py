"""Open streams to pages of the staff: woken by news of this process, looking by themselves for those of others."""

import asyncio
import json
from dataclasses import asdict
from typing import Final

from sse_starlette import ServerSentEvent

from console.handoffs import view
from console.web.deps import Deps
from operations.accounts import repository as accounts
from operations.accounts import sessions
from operations.accounts.sessions import Entered

HANDOFFS_TOPIC: Final = "handoffs"
"""News of every change of any handoff (`bot.watch` announces what other processes did)."""
LOOK_AGAIN_SECONDS: Final = 5.0
GATHER_SECONDS: Final = 0.1
"""Changes that come within this time are told once."""
RECONNECT_MS: Final = 2000


async def wait(news: asyncio.Event, seconds: float = LOOK_AGAIN_SECONDS, gather: float = GATHER_SECONDS) -> bool:
    """Waits for news; False if none came in time."""
    try:
        async with asyncio.timeout(seconds):
            await news.wait()
    except TimeoutError:
        return False
    await asyncio.sleep(gather)
    news.clear()
    return True


async def called(deps: Deps, entered: Entered) -> ServerSentEvent:
    """What calls the colleague, for `static/calls.js`."""
    async with deps.sessions() as session:
        calls = await view.calls(session, deps.citizens, entered.person.id)
    return ServerSentEvent(event="calls", data=json.dumps(asdict(calls)))


async def still_entered(deps: Deps, entered: Entered) -> bool:
    """Whether the session that opened the stream still holds."""
    async with deps.sessions() as session:
        person = await accounts.person(session, entered.person.id)
        return person is not None and await sessions.exists(session, entered.session_id, deps.clock())
