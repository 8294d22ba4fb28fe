"""Retention: what is older than its days is deleted, in small steps, and never anything that still waits."""
