"""`python -m bot`: serves PORT until SIGTERM or Ctrl-C."""

import sys

import uvicorn

from bot.app import create_app
from bot.server import server_config
from foundation.logging import configure_logging
from foundation.settings import get_settings


def main() -> None:
    """Starts the server; a setting that contradicts another is one line on stderr and exit code 2."""
    settings = get_settings()
    configure_logging(settings.log_level)
    try:
        app = create_app(settings)
    except ValueError as error:
        print(f"bot: {error}", file=sys.stderr)
        sys.exit(2)
    uvicorn.Server(server_config(app, settings.host, settings.port)).run()


if __name__ == "__main__":
    main()
