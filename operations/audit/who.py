"""Who gives a command, for the audit."""

import getpass
import os
from typing import Annotated

import typer

from operations.audit.models import WHO_MAX_CHARS


def account() -> str:
    """The account behind the command: that before `sudo`, else that of the process."""
    return os.environ.get("SUDO_USER") or getpass.getuser()


def _named(name: str) -> str:
    name = name.strip()
    if not name or len(name) > WHO_MAX_CHARS:
        raise typer.BadParameter(f"a name of 1 to {WHO_MAX_CHARS} characters")
    return name


By = Annotated[str, typer.Option("--by", help="Your name, for the audit.", default_factory=account, callback=_named)]
