"""`python -m actions`: serves the custom actions to the engine."""

from actions.app import make_app
from foundation.logging import configure_logging
from foundation.settings import get_settings


def main() -> None:
    """Serves until told to stop."""
    settings = get_settings()
    configure_logging(settings.log_level)
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
