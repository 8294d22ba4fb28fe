"""Identifiers that citizens type: recognised at the gate, encrypted, and replaced everywhere else by tokens."""
