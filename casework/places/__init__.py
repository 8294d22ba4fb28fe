"""Places of Iraq: governorates and districts, found by what citizens type or by a location they share."""
