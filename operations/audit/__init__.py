"""The audit: who did what, when, and why. Entries are added and never changed."""
