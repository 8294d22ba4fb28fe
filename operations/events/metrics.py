"""Prometheus metrics of events. How many wait, and since when, is among the queues of the bot's metrics."""

from prometheus_client import Counter

PUBLISHED = Counter("ur_events_published_total", "Events that the broker confirmed, repeats included")
FAILURES = Counter("ur_events_failures_total", "Failed tries to publish, by reason", ["reason"])
