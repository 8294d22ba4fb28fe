"""Conversations with citizens: the queue, one conversation, what happens in it."""
