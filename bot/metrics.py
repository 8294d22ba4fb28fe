"""Prometheus metrics of the bot's process. Labels hold no message text and nothing of a citizen."""

from prometheus_client import Counter, Gauge, Histogram

_SECONDS = (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 20, 60, 300)

RECEIVED = Counter("ur_received_total", "Incoming messages and updates that were stored", ["channel"])
TURNS = Counter("ur_turns_total", "Turns by how they ended", ["channel", "outcome"])
STAGE_SECONDS = Histogram(
    "ur_stage_seconds", "Time by stage: waiting, engine, commit, send", ["stage"], buckets=_SECONDS
)
SENDS = Counter("ur_sends_total", "Replies handed to a channel by how it went", ["channel", "outcome"])
REFUSALS = Counter("ur_refusals_total", "Messages that the gate answered without the engine", ["reason"])
ERRORS = Counter("ur_errors_total", "Errors by where they happened", ["where"])
QUEUE_DEPTH = Gauge("ur_queue_depth", "Rows that wait", ["queue"])
QUEUE_AGE_SECONDS = Gauge("ur_queue_age_seconds", "Age of the oldest row that waits", ["queue"])
PURGED = Counter("ur_purged_total", "Rows that retention deleted, by what they hold", ["kind"])
SWITCHED_OFF = Gauge("ur_switched_off", "Whether a capability is switched off: 1 or 0", ["capability"])
DEPENDENCY_UP = Gauge("ur_dependency_up", "Whether engine and actions answer: 1 or 0", ["name"])
