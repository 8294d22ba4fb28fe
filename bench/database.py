"""Databases of a measurement: made in a folder of its own, migrated, with the sample catalogue; never the real one."""

from collections.abc import Mapping
from pathlib import Path

from cryptography.fernet import Fernet

from bench.errors import BenchError
from ops.errors import OpsError
from ops.prepare import child_environment, load_catalogue, migrate


def prepared(work: Path, name: str = "assistant", extra: Mapping[str, str] | None = None) -> dict[str, str]:
    """Makes a SQLite database.

    Args:
        work: Folder for its file.
        name: The file's name.
        extra: Further settings.

    Returns:
        The environment of processes that work on it.

    Raises:
        BenchError: It could not be migrated or loaded.
    """
    settings = {
        "DATABASE_URL": f"sqlite+aiosqlite:///{work / f'{name}.db'}",
        "DATA_KEYS": Fernet.generate_key().decode(),
        # What a developer has set for a run of the product must not leak into a measurement.
        "REDIS_URL": "",
        "AMQP_URL": "",
        "TELEGRAM_BOT_TOKEN": "",
        "LOG_LEVEL": "INFO",
    }
    environment = child_environment({**settings, **(extra or {})})
    try:
        migrate(environment)
        load_catalogue(environment)
    except OpsError as error:
        raise BenchError(f"the database for the measurement could not be made: {error}") from error
    return environment
