"""Turns: one incoming message and all that it causes."""
