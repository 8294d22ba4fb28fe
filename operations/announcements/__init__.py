"""The emergency notice: one sentence before the assistant's answers, for everybody, for a time."""
