"""`python -m tests.fuzz [--inputs N]`: the fuzz tests with many inputs."""

import argparse
import os
import sys

import pytest

from foundation.settings import ROOT

INPUTS = 24_000


def main() -> int:
    """Runs them; pytest's exit code."""
    parser = argparse.ArgumentParser(prog="python -m tests.fuzz")
    parser.add_argument("--inputs", type=int, default=INPUTS, help="of all tests together")
    os.environ["FUZZ_INPUTS"] = str(parser.parse_args().inputs)
    return int(pytest.main([str(ROOT / "tests" / "fuzz"), "-q"]))


if __name__ == "__main__":
    sys.exit(main())
