"""PCR results (Salamat): they come in from laboratories, and only their owner sees them. Knows no channel."""
