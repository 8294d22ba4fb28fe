"""`python -m actions`: serves the custom actions to the engine."""

import sys

from actions.app import make_app
from foundation import tracing
from foundation.logging import configure_logging
from foundation.settings import get_settings
from operations.keycheck.preflight import check_keys


def main() -> None:
    """Serves until told to stop; keys that do not fit the database are one line on stderr and exit code 2."""
    settings = get_settings()
    configure_logging(settings.log_level)
    tracing.start("ur-actions", settings.otel_exporter_otlp_endpoint)
    try:
        check_keys(settings)
    except ValueError as error:
        print(f"actions: {error}", file=sys.stderr)
        sys.exit(2)
    app = make_app(settings)
    app.run(
        host=settings.actions_host,
        port=settings.actions_port,
        single_process=True,
        motd=False,
        access_log=False,
    )


if __name__ == "__main__":
    main()
