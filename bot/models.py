"""Tables of the bot: conversations, inbox, outbox."""
