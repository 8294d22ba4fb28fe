"""What must be true before anything starts: free ports, a migrated database, the catalogue, a trained model."""

import os
import socket
import subprocess
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path

from foundation.settings import ROOT, VAR, Settings
from ops.errors import OpsError

ENGINE_PYTHON = ROOT / "nlu" / ".venv" / "bin" / "python"
MODEL = ROOT / "models" / "current.tar.gz"


def keep_private(folder: Path = VAR) -> None:
    """What is written from now on, and all that is in `folder`, is for this user alone: databases, logs, backups."""
    os.umask(0o077)
    folder.mkdir(parents=True, exist_ok=True)
    folder.chmod(0o700)


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


def load_canned(environment: Mapping[str, str]) -> None:
    """Adds the staff's canned replies where there is none."""
    command = [sys.executable, "-m", "casework.handoffs", "canned"]
    _step("Looking for canned replies", command, environment, "the canned replies were not added")


def load_samples(environment: Mapping[str, str]) -> Sequence[str]:
    """Loads made-up cases, results and a conversation in the queue, marked as samples; a second time changes nothing.

    The product works without them: what cannot be loaded is a warning.

    Returns:
        What to try, a line each.
    """
    cases = _sample("cases", ["casework.cases", "sample", "load"], environment)
    results = _sample("results", ["casework.results", "sample"], environment)
    _sample("conversation", ["bot.admin", "sample"], environment)
    tries = []
    if cases:
        tries.append(f"Sample complaints to track: {cases[-1].partition(': ')[2]}")
    if results:
        tries += ["Sample PCR results, each with the number that proves it:", *(f"  {line}" for line in results[1:])]
    return tries


def _sample(what: str, module: list[str], environment: Mapping[str, str]) -> Sequence[str]:
    try:
        done = _step(f"Loading sample {what}", [sys.executable, "-m", *module], environment, f"no sample {what}")
    except (OpsError, subprocess.TimeoutExpired) as error:
        print(f"Warning: {error}; going on without", flush=True)
        return ()
    return done.strip().splitlines()


def first_accounts(environment: Mapping[str, str], *, samples: bool) -> Sequence[tuple[str, str, str]]:
    """Makes the console's first accounts while there is none; their names, one-time passwords and roles."""
    command = [sys.executable, "-m", "operations.accounts", "first", *(["--samples"] if samples else [])]
    lines = _step("Looking for accounts", command, environment, "the first account was not made").splitlines()
    return [(name, password, roles) for name, password, roles in (line.split("\t") for line in lines if "\t" in line)]


def train(environment: Mapping[str, str], models: Path = MODEL.parent) -> None:
    """Trains the model in the folder `models` when its inputs have changed; shows the trainer's own progress."""
    folder = models.relative_to(ROOT) if models.is_relative_to(ROOT) else models
    command = [str(ENGINE_PYTHON), "-m", "nlu.engine.train", "--models", str(folder)]
    if subprocess.run(command, cwd=ROOT, env=dict(environment), check=False).returncode != 0:
        raise OpsError("training failed: the lines above say why")


def _step(title: str, command: list[str], environment: Mapping[str, str], failure: str) -> str:
    print(f"{title} ...", flush=True)
    done = subprocess.run(
        command, cwd=ROOT, env=dict(environment), capture_output=True, text=True, check=False, timeout=600
    )
    if done.returncode != 0:
        lines = [line for line in (done.stderr or done.stdout).strip().splitlines() if line.strip()]
        raise OpsError(f"{failure} ({lines[-1].strip() if lines else f'exit code {done.returncode}'})")
    return done.stdout


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
