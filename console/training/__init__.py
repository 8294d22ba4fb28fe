"""What the assistant learns from, and the models trained from it."""
