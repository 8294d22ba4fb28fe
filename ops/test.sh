#!/usr/bin/env bash
# Every test: the engine's in the engine's environment, the product's side by side, then the whole product end to end.
# Each part ends with what was skipped and why.
set -euo pipefail
cd "$(dirname "$0")/.."
export PYTHONPATH=.
WORKERS=${TEST_WORKERS:-4} # they mostly wait: for pauses, for killed processes to come back

nlu/.venv/bin/python -m pytest -c nlu/pytest.ini tests/nlu
.venv/bin/python -m pytest -n "$WORKERS" --dist loadfile --ignore tests/e2e --ignore tests/chaos
.venv/bin/python -m pytest tests/e2e tests/chaos
