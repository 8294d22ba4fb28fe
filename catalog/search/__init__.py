"""From a sentence to the entry of the catalogue that it means."""
