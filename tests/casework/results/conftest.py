"""A laboratory, its keys, and ways to send results and to ask for them."""

import io
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta

import pytest
from cryptography.fernet import Fernet

from casework.results import factors, repository, sample_number, service
from casework.results.importing import Importer, Report
from casework.results.models import Laboratory
from casework.results.service import Found
from citizens import networks
from citizens.models import Channel, Conversation
from foundation.database import SessionFactory, transaction
from foundation.datakeys import DataKeys
from foundation.settings import Settings

NOON = datetime(2026, 11, 23, 12, tzinfo=UTC)
HEADER = (
    "رقم العينة,الحالة,النتيجة,وقت أخذ العينة,وقت صدور النتيجة,"
    "الاسم,رقم الهاتف,رقم البطاقة الوطنية,رقم الجواز,سنة الميلاد"
)
ROW = (
    "BGD-2026-{number:06},{status},{value},2026-11-22 10:30,{reported},"
    "علي حسن كاظم,0770123{number:04},1985{number:08},A1234{number:04},1985"
)


def row(number: int = 1, value: str = "سالبة", status: str = "نهائية", reported: str = "2026-11-22 18:00") -> str:
    """A line of a laboratory's file."""
    if status == "قيد الفحص":
        value = reported = ""
    return ROW.format(number=number, value=value, status=status, reported=reported)


class Desk:
    """What a laboratory and a citizen can do."""

    def __init__(self, sessions: SessionFactory, keys: DataKeys, settings: Settings) -> None:
        self.sessions, self.keys, self.settings = sessions, keys, settings
        self.now = NOON

    async def laboratory(self, code: str = "LAB", governorate: str = "baghdad") -> None:
        """Adds a laboratory."""
        async with transaction(self.sessions) as session:
            await repository.put_laboratory(
                session, Laboratory(code=code, name="مختبر الصحة", name_latin="Health Lab", governorate=governorate)
            )

    async def conversation(self, name: str = "c1", address: str = "") -> str:
        """Adds a conversation, begun from an IP address."""
        network = networks.label(address, self.keys)
        async with transaction(self.sessions) as session:
            session.add(
                Conversation(
                    id=name, channel=Channel.WEB, engine_sender=f"e{name}", created_at=self.now, network=network
                )
            )
        return name

    async def send(self, *lines: str, header: str = HEADER, laboratory: str = "LAB") -> Report:
        """Imports a CSV file."""
        return await self.file("\n".join((header, *lines)).encode(), laboratory)

    async def file(self, data: bytes, laboratory: str = "LAB") -> Report:
        """Imports a file."""
        importer = Importer(self.sessions, self.keys, self.settings, lambda: self.now)
        return await importer.run(io.BytesIO(data), laboratory, "tester")

    async def ask(self, sample: str, factor: str, conversation: str = "c1", *, proven: bool = False) -> Found:
        """Looks a result up."""
        number = sample_number.find(sample)
        given = factors.proven_phone(factor) if proven else factors.read(factor, self.now.year)
        assert number is not None
        assert given is not None
        async with transaction(self.sessions) as session:
            return await service.look_up(
                session, conversation, number, given, self.now, keys=self.keys, settings=self.settings
            )

    async def result_id(self, sample: str, laboratory: str = "LAB") -> int:
        """The id of a result."""
        number = sample_number.canonical(sample)
        assert number is not None
        async with self.sessions() as session:
            found = await service.id_of(session, laboratory, number, self.keys)
        assert found is not None
        return found

    def later(self, **how_long: float) -> None:
        """Lets time pass."""
        self.now += timedelta(**how_long)


@pytest.fixture
def data_keys() -> DataKeys:
    """A key of this test."""
    return DataKeys([Fernet.generate_key().decode()])


@pytest.fixture
async def desk(sessions: SessionFactory, data_keys: DataKeys) -> Desk:
    """A laboratory and a citizen."""
    one = Desk(sessions, data_keys, Settings(_env_file=None))
    await one.laboratory()
    await one.conversation()
    return one


def reasons(report: Report) -> Sequence[str]:
    """All reasons of an import, each with its line."""
    return [f"{line}: {reason}" for line, why in report.rejected for reason in why]
