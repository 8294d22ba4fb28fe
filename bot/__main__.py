"""`python -m bot`: serves PORT until SIGTERM or Ctrl-C."""

import sys

import uvicorn

from bot.app import create_app
from bot.server import server_config
from foundation import tracing
from foundation.logging import configure_logging
from foundation.settings import get_settings
from operations.keycheck.preflight import check_keys


def main() -> None:
    """Starts the server; settings that contradict each other or the database are one line on stderr and exit code 2."""
    settings = get_settings()
    configure_logging(settings.log_level)
    secret = settings.engine_token.get_secret_value() if settings.engine_token else ""
    tracing.start("ur-bot", settings.otel_exporter_otlp_endpoint, secret)
    try:
        check_keys(settings)
        app = create_app(settings)
    except ValueError as error:
        print(f"bot: {error}", file=sys.stderr)
        sys.exit(2)
    uvicorn.Server(server_config(app, settings.host, settings.port, settings.trusted_proxies)).run()


if __name__ == "__main__":
    main()
