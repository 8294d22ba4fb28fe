"""Limits on guessing: failures are counted for each subject, and lock it for longer and longer."""
