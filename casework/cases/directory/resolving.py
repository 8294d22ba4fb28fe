"""Places of the register's rows, given by code or by name."""

from casework.places import atlas, finding


def resolve(governorate: str, district: str) -> tuple[str, str | None] | None:
    """The codes of a governorate and a district (may be empty) named by code or in Arabic; None if there are none."""
    try:
        code = atlas.governorate(governorate).code
    except KeyError:
        found = finding.resolve(governorate).match
        if found is None:
            return None
        code = found.governorate.code
    if not district:
        return code, None
    try:
        one = atlas.district(district)
    except KeyError:
        match = finding.resolve(district, code).match
        return None if match is None or match.district is None else (code, match.district.code)
    return (code, one.code) if one.governorate == code else None
