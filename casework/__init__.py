"""What citizens open and staff follow up: a folder each. Knows neither bot nor actions nor console."""
