"""From the form of another system to a case."""

import math
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from urllib.parse import parse_qsl

from arabic.normalise import digits_to_ascii, strip_controls
from casework.cases import service
from casework.cases.directory import repository as directory
from casework.cases.models import REGISTER_NUMBER_CHARS, Kind
from casework.cases.office import Office
from casework.cases.open311 import catalogue
from casework.cases.open311.formats import Open311Error
from casework.cases.open311.shapes import source_of
from casework.cases.service import Filed, NewCase
from casework.places import atlas
from casework.places.finding import resolve
from casework.places.locating import nearest
from foundation.clock import in_baghdad

DESCRIPTION_MAX_CHARS = 4000
AGENT_MAX_CHARS = 120
SUM_MAX_DINARS = 1_000_000_000
_FIELDS_MAX = 60
_ATTRIBUTE = "attribute["


@dataclass(frozen=True, slots=True)
class _Where:
    governorate: str
    district: str | None


def read_form(body: bytes, query: Mapping[str, str]) -> dict[str, str]:
    """The fields of a posted form, over those of the address; raises `Open311Error` 400."""
    try:
        pairs = parse_qsl(body.decode(), keep_blank_values=True, max_num_fields=_FIELDS_MAX)
    except ValueError as error:
        raise Open311Error(400, "the body is not a form in UTF-8 of at most 60 fields") from error
    return {**query, **dict(pairs)}


async def file(office: Office, fields: Mapping[str, str], caller: str) -> Filed:
    """Files a case for the system named `caller`; raises `Open311Error` 400 or 404.

    Name, e-mail, phone, account and device of the citizen are not read: the case would have no use for them.
    """
    code = fields.get("service_code", "").strip()
    if not code:
        raise Open311Error(400, "service_code was not provided")
    kind = catalogue.kind_of(code)
    text = strip_controls(fields.get("description", "")).strip()
    if not text:
        raise Open311Error(400, "description was not provided")
    if len(text) > DESCRIPTION_MAX_CHARS:
        raise Open311Error(400, f"description is longer than {DESCRIPTION_MAX_CHARS} characters")
    where = _where(fields)
    agent_id, agent_named = await _agent(office, _attribute(fields, catalogue.AGENT_NUMBER))
    suggestion = kind is Kind.SUGGESTION
    return await service.file(
        office,
        NewCase(
            kind=kind,
            text=text,
            source=source_of(caller),
            governorate=where.governorate,
            district=where.district,
            agent_id=None if suggestion else agent_id,
            agent_named=None if suggestion else agent_named,
            happened_on=_day(_attribute(fields, catalogue.HAPPENED_ON), in_baghdad(office.now).date()),
            sum_dinars=_sum(_attribute(fields, catalogue.SUM)),
        ),
    )


def _where(fields: Mapping[str, str]) -> _Where:
    latitude, longitude = fields.get("lat", "").strip(), fields.get("long", "").strip()
    address_id, address = fields.get("address_id", "").strip(), fields.get("address_string", "").strip()
    if latitude or longitude:
        return _at(latitude, longitude)
    if address_id:
        for one in atlas.governorates():
            if address_id == one.code:
                return _Where(one.code, None)
            if any(address_id == district.code for district in one.districts):
                return _Where(one.code, address_id)
        raise Open311Error(400, "address_id is no code of a governorate or district of Iraq")
    if not address:
        raise Open311Error(400, "a location is needed: lat and long, address_id or address_string")
    match = resolve(address[:DESCRIPTION_MAX_CHARS]).match
    if match is None:
        raise Open311Error(400, "address_string names no single governorate or district of Iraq")
    return _Where(match.governorate.code, None if match.district is None else match.district.code)


def _at(latitude: str, longitude: str) -> _Where:
    try:
        located = nearest(float(latitude), float(longitude))
    except ValueError as error:
        raise Open311Error(400, "lat and long are not degrees in WGS 84") from error
    if not located.inside:
        raise Open311Error(400, "lat and long are not in Iraq")
    return _Where(located.districts[0].governorate, located.districts[0].code)


async def _agent(office: Office, typed: str) -> tuple[int | None, str | None]:
    """The agent of the register with that number, else what was typed."""
    if not typed:
        return None, None
    number = digits_to_ascii(typed)
    known = (await directory.agents_by_number(office.session, [number[:REGISTER_NUMBER_CHARS]])).get(number)
    return (None, typed[:AGENT_MAX_CHARS]) if known is None else (known.id, None)


def _sum(typed: str) -> int | None:
    if not typed:
        return None
    try:
        dinars = float(digits_to_ascii(typed))
    except ValueError as error:
        raise Open311Error(400, f"attribute[{catalogue.SUM}] is not a number") from error
    if not math.isfinite(dinars) or not 0 < dinars <= SUM_MAX_DINARS:
        raise Open311Error(400, f"attribute[{catalogue.SUM}] is not between 1 and {SUM_MAX_DINARS}")
    return round(dinars)


def _day(typed: str, today: date) -> date | None:
    if not typed:
        return None
    try:
        at = datetime.fromisoformat(typed)
        day = at.date() if at.tzinfo is None else in_baghdad(at).date()
    except (ValueError, OverflowError) as error:
        raise Open311Error(400, f"attribute[{catalogue.HAPPENED_ON}] is not a date in ISO 8601") from error
    if day > today:
        raise Open311Error(400, f"attribute[{catalogue.HAPPENED_ON}] lies in the future")
    return day


def _attribute(fields: Mapping[str, str], code: str) -> str:
    return strip_controls(fields.get(f"{_ATTRIBUTE}{code}]", "")).strip()
