"""Kill switches: each capability can be switched off with a reason, for all processes at once."""
