"""`make eval`: scores the trained model and the service search on labelled lines."""
