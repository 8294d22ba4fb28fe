"""Administration: accounts, sessions, the audit."""
