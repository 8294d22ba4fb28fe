"""Words: taken bare of their article, and those that say nothing about which service is meant."""

import re

_PREFIX = re.compile(r"^(?:[وفبكل]?ال|لل)(?=\w{3})")


def bare(word: str) -> str:
    """A normalised word without its article and what clings to it («والجواز» → «جواز»)."""
    return _PREFIX.sub("", word)
