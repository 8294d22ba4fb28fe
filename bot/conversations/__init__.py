"""Conversations: who is talked to on which channel, what was said, what their buttons mean."""
