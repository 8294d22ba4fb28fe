"""Telegram: updates in (polling or webhook), replies out."""

import os

# python-telegram-bot's opt-in to periods as timedelta, which its next major version brings; without it each 429 warns.
os.environ.setdefault("PTB_TIMEDELTA", "true")
