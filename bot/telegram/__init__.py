"""Telegram: updates in (polling or webhook), replies out."""
