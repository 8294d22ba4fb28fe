"""`python -m tests.fuzz [--inputs N]`: the fuzz tests with many inputs."""

import argparse
import os
import subprocess
import sys

from foundation.settings import ROOT

INPUTS = 24_000


def main() -> int:
    """Runs them; pytest's exit code."""
    parser = argparse.ArgumentParser(prog="python -m tests.fuzz")
    parser.add_argument("--inputs", type=int, default=INPUTS, help="of all tests together")
    environment = {**os.environ, "FUZZ_INPUTS": str(parser.parse_args().inputs)}
    # A process of its own: this one has imported the package, and with it the number of inputs, already.
    command = [sys.executable, "-m", "pytest", "tests/fuzz", "-q"]
    return subprocess.run(command, cwd=ROOT, env=environment, check=False).returncode


if __name__ == "__main__":
    sys.exit(main())
