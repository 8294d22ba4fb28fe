"""Complaints and suggestions: lists, one case, what is done with it."""
