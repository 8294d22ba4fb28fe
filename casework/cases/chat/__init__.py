"""Complaints and suggestions by chat: the forms, tracking, and the buttons of a case."""
