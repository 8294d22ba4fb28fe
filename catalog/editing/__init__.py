"""Editing the catalogue: drafts, review by a second person, versions, going back; the assistant follows by itself."""
