"""What is checked before Rasa is loaded, so that a wrong setting is named at once and not after seconds."""

from __future__ import annotations

import socket
from pathlib import Path
from typing import Final

TOKEN_VARIABLE: Final = "ENGINE_TOKEN"  # noqa: S105
TOKEN_MIN_CHARS: Final = 16


class SettingsError(Exception):
    """A setting is missing or wrong."""


class ModelError(Exception):
    """The model is missing or cannot be loaded."""


class PortError(Exception):
    """The port cannot be listened on."""


class StoreError(Exception):
    """The database cannot be opened."""


def check_token(token: str) -> None:
    """Refuses a token that is easy to guess.

    Raises:
        SettingsError: It is missing or too short.
    """
    if len(token) < TOKEN_MIN_CHARS:
        raise SettingsError(f"{TOKEN_VARIABLE} must be set, to {TOKEN_MIN_CHARS} characters or more")


def check_model(model: str) -> None:
    """Refuses a path at which there is no file.

    Raises:
        ModelError: There is no such file.
    """
    if not Path(model).is_file():
        raise ModelError(f"no model at {model}")


def take_port(host: str, port: int) -> socket.socket:
    """Takes a port without listening yet: callers are refused until the model is loaded.

    Args:
        host: Address.
        port: Port.

    Raises:
        PortError: The port is in use or not allowed.
    """
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    taken = socket.socket(family, socket.SOCK_STREAM)
    try:
        taken.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        taken.bind((host, port))
    except OSError as error:
        taken.close()
        raise PortError(
            f"cannot listen on {host}:{port}: {error.strerror}. Stop what uses it, or choose --port"
        ) from error
    return taken
