"""Results of laboratories and the epidemic picture, for the health officer."""
