"""How many inputs, and what came of them."""

from collections import Counter
from collections.abc import Iterator

import pytest

from tests.fuzz.target import Target

_COUNTED: Counter[str] = Counter()


@pytest.fixture
def counted() -> Counter[str]:
    """Counts inputs by what came of them; printed at the end."""
    return _COUNTED


@pytest.fixture
def target(database_url: str) -> Iterator[Target]:
    """A running bot."""
    with Target(database_url) as running:
        yield running


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Prints the counts."""
    if _COUNTED:
        parts = ", ".join(f"{name}: {count}" for name, count in sorted(_COUNTED.items()))
        terminalreporter.write_line(f"fuzz: {_COUNTED.total()} inputs ({parts})")
