"""The staff's web pages, at /console: server-rendered, Arabic, live where it helps."""
