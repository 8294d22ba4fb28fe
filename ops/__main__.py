"""`python -m ops`: used by the Makefile."""

import sys

from ops.run import run

if __name__ == "__main__":
    sys.exit(run())
