"""`make run`: prepares everything and keeps the processes alive."""
