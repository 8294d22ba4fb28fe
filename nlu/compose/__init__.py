"""Training lines composed of the catalogue's own phrases and the ways to ask for a facet."""
