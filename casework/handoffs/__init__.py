"""Handoffs: conversations, or stretches of them, that belong to a person of the staff."""
