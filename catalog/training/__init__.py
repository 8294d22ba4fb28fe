"""What the assistant learns from: example lines of each intent, models trained from them, compared and promoted."""
