"""Replies on their way to a channel that has to be called."""
