"""Entries as files: XLSX for people, JSON for programs; what a file would change is shown before it does."""
