"""The page as the bot serves it, without the rest of the bot."""

from collections.abc import Awaitable, Callable

from fastapi import FastAPI
from fastapi.staticfiles import StaticFiles

from bot.webchat.security import SecurityHeaders
from casework.certificates import page, wellknown
from foundation.clock import Clock
from foundation.database import SessionFactory
from foundation.settings import ROOT, Settings


async def always(_address: str) -> bool:
    """Lets everybody in."""
    return True


def make_app(
    sessions: SessionFactory, settings: Settings, clock: Clock, allowed: Callable[[str], Awaitable[bool]] = always
) -> FastAPI:
    """`/verify`, the public keys, and the files that the page shares with the web chat."""
    app = FastAPI()
    app.add_middleware(SecurityHeaders)
    app.include_router(page.make_router(sessions, settings, clock, allowed))
    app.include_router(wellknown.make_router(sessions, clock))
    app.mount("/", StaticFiles(directory=ROOT / "bot" / "webchat" / "static"))
    return app
