"""Accounts of the staff: who may enter the console, with which roles, and the sessions they have open."""
