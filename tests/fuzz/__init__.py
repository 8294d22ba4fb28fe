"""Malformed updates and requests against a running bot."""

import os

GIVEN = os.environ.get("FUZZ_INPUTS")
"""A larger number of inputs, chosen anew each time; without it, a few that are the same in every run."""
INPUTS = int(GIVEN or 1_500)
"""Of all fuzz tests together, on both databases."""
TIMEOUT_SECONDS = 120 + INPUTS
