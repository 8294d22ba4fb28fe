"""The bot: channels (web chat, Telegram), inbox, turns, outbox, vault."""
