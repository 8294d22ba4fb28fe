"""Whether the keys of a process are those under which the database was written: asked once, at its start."""
