"""Messages to citizens that no message of theirs asks for: a case has moved on, a result is there."""
