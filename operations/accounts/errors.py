"""What can be wrong with an account; the text is Arabic, for the page."""


class AccountError(ValueError):
    """A change of an account that cannot be made."""
