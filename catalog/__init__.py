"""The catalogue: services, categories and FAQs, their files, their search. Knows neither bot nor console."""
