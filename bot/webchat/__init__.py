"""The web chat: its API (a stable interface for other front ends too) and its page."""
