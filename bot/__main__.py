"""`python -m bot`: serves PORT until SIGTERM or Ctrl-C."""

import uvicorn

from bot.app import create_app
from foundation.logging import configure_logging
from foundation.settings import get_settings

GRACEFUL_SECONDS = 10
KEEP_ALIVE_SECONDS = 20
HEAD_MAX_BYTES = 16 * 1024


def main() -> None:
    """Starts the server."""
    settings = get_settings()
    configure_logging(settings.log_level)
    uvicorn.run(
        create_app(settings),
        host=settings.host,
        port=settings.port,
        http="h11",
        h11_max_incomplete_event_size=HEAD_MAX_BYTES,
        timeout_keep_alive=KEEP_ALIVE_SECONDS,
        timeout_graceful_shutdown=GRACEFUL_SECONDS,
        access_log=False,
        server_header=False,
        log_config=None,
    )


if __name__ == "__main__":
    main()
