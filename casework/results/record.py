"""One result as a laboratory sends it, checked; and what of it is personal."""

import hashlib
import hmac
import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta

from casework.results import factors
from casework.results.factors import Kind
from casework.results.models import Status, Value
from foundation.clock import in_baghdad

FACTOR_KINDS = tuple(Kind)


@dataclass(frozen=True, slots=True)
class Personal:
    """What says whose a result is; stored as one encrypted value.

    Attributes:
        sample: The sample number as the laboratory writes it.
        name: As the laboratory writes it, in Arabic letters mostly.
        name_latin: As the passport spells it; empty if not known.
        phone: Canonical (``+964…``); empty if not known. The same of the two numbers.
        birth_year: None if not known.
    """

    sample: str
    name: str = ""
    name_latin: str = ""
    phone: str = ""
    national_id: str = ""
    passport: str = ""
    birth_year: int | None = None

    def dump(self) -> str:
        """As JSON, to be encrypted."""
        # Not by `asdict`, which copies deeply: a third of an import's time.
        known = {name: value for name in self.__slots__ if (value := getattr(self, name))}
        return json.dumps(known, ensure_ascii=False)

    @classmethod
    def load(cls, text: str) -> "Personal":
        """The reverse of `dump`."""
        return cls(**json.loads(text))

    def factors(self) -> list[tuple[Kind, str]]:
        """The values that prove whose it is."""
        found: list[tuple[Kind, str]] = []
        if self.phone:
            found.append((Kind.PHONE, self.phone))
        if self.national_id:
            found.append((Kind.NATIONAL_ID, self.national_id))
        if self.passport:
            found.append((Kind.PASSPORT, self.passport))
        if self.birth_year is not None and self.phone:
            found.append((Kind.BIRTH, factors.birth(self.birth_year, self.phone)))
        return found


@dataclass(frozen=True, slots=True)
class Record:
    """A checked row.

    Attributes:
        line: Where it stands in what was sent, from 1.
        number: The canonical sample number.
        sampled_at: None only with `Status.VOID`, which needs no more than the number.
    """

    line: int
    number: str
    status: Status
    value: Value | None
    sampled_at: datetime | None
    reported_at: datetime | None
    personal: Personal
    reason: str = ""

    def content(self) -> str:
        """All that the laboratory says, in one form: equal records have equal content."""
        return content_of(self.status, self.value, self.sampled_at, self.reported_at, self.personal.dump())


@dataclass(frozen=True, slots=True)
class Hashes:
    """The keyed hashes of a record under one key."""

    sample: bytes
    content: bytes
    factors: Mapping[Kind, bytes]


def hashes(record: Record, key: bytes) -> Hashes:
    """The hashes under which a record is stored and found."""
    return Hashes(
        factors.sample_digest(key, record.number),
        content_digest(key, record.content()),
        factors.digests(key, record.number, record.personal.factors()),
    )


def content_of(
    status: str, value: str | None, sampled_at: datetime | None, reported_at: datetime | None, personal: str
) -> str:
    """See `Record.content`; `personal` is that of `Personal.dump`."""
    return "|".join((status, value or "", _moment(sampled_at), _moment(reported_at), personal))


def content_digest(key: bytes, content: str) -> bytes:
    """The keyed hash of a record's content; 32 bytes."""
    return hmac.new(key, f"result:content:{content}".encode(), hashlib.sha256).digest()


def days_of(sampled_at: datetime) -> tuple[date, date]:
    """The day in Baghdad, and the Sunday that begins its week."""
    day = in_baghdad(sampled_at).date()
    return day, day - timedelta(days=day.isoweekday() % 7)


def _moment(moment: datetime | None) -> str:
    return "" if moment is None else moment.astimezone(UTC).isoformat()
