"""The one kind of failure that the commands here report."""


class OpsError(Exception):
    """Something the operator must mend; the message is one line that says what to do."""
