"""Dialogues: forms that are filled one question at a time, over any pause, with side questions in between."""
