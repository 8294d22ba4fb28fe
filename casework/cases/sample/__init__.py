"""Made-up agents and cases, marked as samples, to try the product with."""
