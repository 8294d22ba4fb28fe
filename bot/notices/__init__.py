"""Saying notices (`casework.notices`) to citizens."""
