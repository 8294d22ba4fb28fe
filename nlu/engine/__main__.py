"""Starts the engine: one process that handles turns.

    python -m nlu.engine --model models/current.tar.gz --port 5005 --actions-url http://127.0.0.1:5055/webhook

It needs ENGINE_TOKEN, the token that its caller shows. A failure to start is one line, with a status that tells which.
"""

from __future__ import annotations

import argparse
import os
import sys
import warnings
from typing import Final

from foundation import tracing
from nlu.engine import lean, preflight

EXIT_SETTINGS: Final = 2
EXIT_MODEL: Final = 3
EXIT_PORT: Final = 4
EXIT_STORE: Final = 5

MODEL_POLL_SECONDS: Final = 2.0
"""A promoted model is taken up so soon; a look is one call of the file system."""

_DAY_SECONDS: Final = 86_400


def _arguments(argv: list[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m nlu.engine", description="Starts the dialogue engine.")
    parser.add_argument("--model", default="models/current.tar.gz", help="the trained model's archive")
    parser.add_argument("--host", default="127.0.0.1", help="address to listen on; never a public one")
    parser.add_argument("--port", type=int, default=5005)
    parser.add_argument("--actions-url", default="http://127.0.0.1:5055/webhook", help="webhook of the action server")
    parser.add_argument(
        "--store-url",
        default=_default_store_url(),
        help="database of the conversations' state (ENGINE_DATABASE_URL; else DATABASE_URL, if it is PostgreSQL)",
    )
    parser.add_argument(
        "--redis-url",
        default=os.environ.get("REDIS_URL") or None,
        help="Redis of the conversations' locks (REDIS_URL); needed where several engines share a database",
    )
    parser.add_argument(
        "--retention-days",
        type=float,
        default=float(os.environ.get("ENGINE_RETENTION_DAYS") or 30),
        help="days after which a silent conversation is forgotten (ENGINE_RETENTION_DAYS)",
    )
    parser.add_argument(
        "--model-poll-seconds",
        type=float,
        default=float(os.environ.get("ENGINE_MODEL_POLL_SECONDS") or MODEL_POLL_SECONDS),
        help="how often to look whether another model lies there; 0: never (ENGINE_MODEL_POLL_SECONDS)",
    )
    parser.add_argument("--log-level", default=os.environ.get("LOG_LEVEL") or "INFO")
    return parser.parse_args(argv)


def _default_store_url() -> str:
    product = os.environ.get("DATABASE_URL") or ""
    shared = product if product.startswith("postgresql") else ""
    return os.environ.get("ENGINE_DATABASE_URL") or shared or "sqlite:///var/engine.db"


def _fail(status: int, message: str) -> int:
    print(f"engine: {message}", file=sys.stderr)
    return status


def main(argv: list[str] | None = None) -> int:
    """Runs the engine until it is told to stop.

    Args:
        argv: Command line without the program's name.

    Returns:
        0 after a stop that was asked for, else one of the EXIT_ statuses.
    """
    arguments = _arguments(argv)
    token = os.environ.get(preflight.TOKEN_VARIABLE, "")
    try:
        preflight.check_token(token)
        preflight.check_model(arguments.model)
        port = preflight.take_port(arguments.host, arguments.port)
        lean.install(serving=True)
        tracing.start("ur-engine", os.environ.get("OTEL_EXPORTER_OTLP_ENDPOINT"))
        # Rasa's dependencies warn of their own imports; their versions are fixed, and nobody can act on it here.
        warnings.showwarning = lambda *_args, **_kwargs: None
        from nlu.engine import serve

        serve.run(
            model=arguments.model,
            port=port,
            actions_url=arguments.actions_url,
            store_url=arguments.store_url,
            redis_url=arguments.redis_url,
            retention_seconds=arguments.retention_days * _DAY_SECONDS,
            token=token,
            log_level=arguments.log_level,
            model_poll_seconds=arguments.model_poll_seconds,
        )
    except (preflight.SettingsError, lean.UnsupportedRasaError) as error:
        return _fail(EXIT_SETTINGS, str(error))
    except preflight.ModelError as error:
        return _fail(EXIT_MODEL, f"{error}. Train it: python -m nlu.engine.train --force")
    except preflight.PortError as error:
        return _fail(EXIT_PORT, str(error))
    except preflight.StoreError as error:
        return _fail(EXIT_STORE, str(error))
    return 0


if __name__ == "__main__":
    sys.exit(main())
