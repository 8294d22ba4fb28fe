"""What must be true before anything starts: free ports, a migrated database, the catalogue, a trained model."""

import os
import socket
import subprocess
import sys
from collections.abc import Mapping

from foundation.settings import ROOT, Settings
from ops.errors import OpsError

ENGINE_PYTHON = ROOT / "nlu" / ".venv" / "bin" / "python"
MODEL = ROOT / "models" / "current.tar.gz"


def check_ports(settings: Settings) -> None:
    """Raises `OpsError` naming the setting when a port is taken."""
    wanted = (
        ("PORT", settings.host, settings.port),
        ("ENGINE_PORT", settings.engine_host, settings.engine_port),
        ("ACTIONS_PORT", settings.actions_host, settings.actions_port),
    )
    for name, host, port in wanted:
        with socket.socket() as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            try:
                probe.bind((host, port))
            except OSError as error:
                raise OpsError(f"port {port} is in use: stop what listens there, or set {name} to another") from error


def migrate(environment: Mapping[str, str]) -> None:
    """Brings the database to the newest revision."""
    command = [sys.executable, "-m", "alembic", "-c", "migrations/alembic.ini", "upgrade", "head"]
    _step("Migrating the database", command, environment, "the database could not be migrated: check DATABASE_URL")


def load_catalogue(environment: Mapping[str, str]) -> None:
    """Loads the sample catalogue; a second time changes nothing."""
    _step(
        "Loading the catalogue", [sys.executable, "-m", "catalog", "load"], environment, "the catalogue was not loaded"
    )


def train(environment: Mapping[str, str]) -> None:
    """Trains the model when its inputs have changed; shows the trainer's own progress."""
    command = [str(ENGINE_PYTHON), "-m", "nlu.engine.train"]
    if subprocess.run(command, cwd=ROOT, env=dict(environment), check=False).returncode != 0:
        raise OpsError("training failed: the lines above say why")


def _step(title: str, command: list[str], environment: Mapping[str, str], failure: str) -> None:
    print(f"{title} ...", flush=True)
    done = subprocess.run(
        command, cwd=ROOT, env=dict(environment), capture_output=True, text=True, check=False, timeout=600
    )
    if done.returncode != 0:
        lines = [line for line in (done.stderr or done.stdout).strip().splitlines() if line.strip()]
        raise OpsError(f"{failure} ({lines[-1].strip() if lines else f'exit code {done.returncode}'})")


def child_environment(extra: Mapping[str, str]) -> dict[str, str]:
    """The environment of every process of the product: the repository on the path, one thread a numeric library."""
    return {
        **os.environ,
        **extra,
        "PYTHONPATH": str(ROOT),
        "PYTHONUNBUFFERED": "1",
        "OMP_NUM_THREADS": os.environ.get("OMP_NUM_THREADS", "1"),
        "OPENBLAS_NUM_THREADS": os.environ.get("OPENBLAS_NUM_THREADS", "1"),
    }
