#!/usr/bin/env bash
# Every test: the engine's in the engine's environment, then the product's. One summary of what was skipped and why at the end of each.
set -euo pipefail
cd "$(dirname "$0")/.."
export PYTHONPATH=.

PYTHONPATH=. nlu/.venv/bin/python -m pytest -c nlu/pytest.ini tests/nlu
.venv/bin/python -m pytest
