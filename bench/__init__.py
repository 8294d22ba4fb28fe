"""`make bench`: measurements of ur-assistant, side by side with stock Rasa 3.6.21."""
