"""Entering and leaving, and one's own account."""
