"""Lines that the assistant had no answer for, without anything that leads to a citizen."""
