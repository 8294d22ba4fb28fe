"""Handoffs on the bot's side: turns of conversations that a person has, the way to the citizens, the job."""
