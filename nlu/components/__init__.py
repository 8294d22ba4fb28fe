"""Rasa components of our own: understanding Arabic as it is typed in Iraq."""
