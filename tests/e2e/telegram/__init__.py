"""The whole product on Telegram: over Bot API servers that nobody here wrote, and over our own for what those lack."""
