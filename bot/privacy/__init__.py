"""Doing what citizens ask about their own data (`casework.privacy`): collecting it, deleting it."""
