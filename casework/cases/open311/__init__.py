"""Open311 GeoReport v2: other systems file and read cases (docs/open311.md)."""
