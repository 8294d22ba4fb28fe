"""The bot: web app, channels, inbox, router, outbox."""
