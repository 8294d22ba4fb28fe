"""Commands of `python -m bot.admin`, a module a subject."""
