"""How we do: what citizens asked, what became of it, how long it took, and what cases say about agents and places."""
