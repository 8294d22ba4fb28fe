"""Office hours and canned replies."""
