"""Photos and documents: checked, freed of hidden data, encrypted, kept with the rest of the data."""
