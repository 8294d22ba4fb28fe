"""What cases say about agents, places and ourselves. Each figure is defined once, in SQL, with its sentence."""
