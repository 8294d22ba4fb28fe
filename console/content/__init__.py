"""The content editors' pages: entries, review, versions, lines without an answer, files, the emergency notice."""
