"""The register of ration agents and supply centres: brought in from CSV, found by number or by a name as typed."""
