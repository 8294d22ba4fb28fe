"""Running the assistant: what is switched off, and who did what. It knows none of the packages that people meet."""
