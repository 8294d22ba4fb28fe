"""Who works on what: lanes (one at a time in a conversation) and leadership (one process at a time)."""
