"""Who writes to the assistant: conversations, their addresses, and the vault of identifiers. Knows no channel."""
