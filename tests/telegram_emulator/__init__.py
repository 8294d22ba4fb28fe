"""A small Bot API server for what the third-party emulators lack: secrets, faults, contacts, voice, edits, groups.

`tests/bot/test_emulator.py` keeps it honest: what it emits and what it is sent runs through aiogram's models.
"""
