"""Domain events for analytics and other systems: an outbox, and the job that publishes it. See docs/events.md."""
