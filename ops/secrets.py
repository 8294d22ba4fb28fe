"""Secrets that nobody set: made once, kept under `var/` for the next start. Production sets its own."""

import os
import secrets
from pathlib import Path

from cryptography.fernet import Fernet
from dotenv import dotenv_values

from foundation.settings import ROOT, VAR

SECRETS_FILE = VAR / "secrets.env"
WARNING = f"DATA_KEYS is not set: using keys made under {SECRETS_FILE.relative_to(ROOT)}. Set your own in production."


def local_secrets(environment: dict[str, str], file: Path = SECRETS_FILE) -> tuple[dict[str, str], list[str]]:
    """Fills in ENGINE_TOKEN and DATA_KEYS where neither the environment nor `.env` sets them.

    Returns:
        The values to add to the environment, and warnings to print.
    """
    configured = {**dotenv_values(ROOT / ".env"), **environment}
    kept = {name: value for name, value in dotenv_values(file).items() if value} if file.exists() else {}
    makers = {"ENGINE_TOKEN": lambda: secrets.token_urlsafe(32), "DATA_KEYS": lambda: Fernet.generate_key().decode()}
    needed = [name for name in makers if not configured.get(name)]
    for name in needed:
        kept.setdefault(name, makers[name]())
    if needed:
        _write(file, kept)
    warnings = [WARNING] if "DATA_KEYS" in needed else []
    return {name: kept[name] for name in needed}, warnings


def _write(file: Path, values: dict[str, str]) -> None:
    file.parent.mkdir(parents=True, exist_ok=True)
    descriptor = os.open(file, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(descriptor, "w", encoding="utf-8") as out:
        out.writelines(f"{name}={value}\n" for name, value in values.items())
