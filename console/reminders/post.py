"""The way to the mail server, over aiosmtplib."""

from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from email.message import EmailMessage
from typing import Final

import aiosmtplib

from foundation.settings import Settings

SECONDS: Final = 20.0
"""For each step of talking to the server."""

Send = Callable[[EmailMessage], Awaitable[None]]


class Post:
    """Sends letters over one connection; made only where `SMTP_HOST` is set."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings

    @asynccontextmanager
    async def open(self) -> AsyncIterator[Send]:
        """A connection, and what sends over it.

        Raises:
            OSError, aiosmtplib.SMTPException: The server cannot be reached, or refuses name and password.
        """
        settings = self._settings
        secret = settings.smtp_password
        client = aiosmtplib.SMTP(
            hostname=settings.smtp_host,
            port=settings.smtp_port,
            username=settings.smtp_user or None,
            password=secret.get_secret_value() if secret and settings.smtp_user else None,
            use_tls=settings.smtp_security == "tls",
            start_tls=settings.smtp_security == "starttls",
            timeout=SECONDS,
        )
        async with client:

            async def send(message: EmailMessage) -> None:
                await client.send_message(message)

            yield send
