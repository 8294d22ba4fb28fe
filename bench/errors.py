"""What goes wrong in a measurement, in one line for people."""


class BenchError(Exception):
    """A measurement cannot be made; the text says why and what to do."""
