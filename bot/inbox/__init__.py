"""What came in: stored before it is acknowledged, worked on once, put aside when it cannot be."""
