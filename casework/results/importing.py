"""Importing a file: row by row, good rows kept, each bad one reported. Batches are transactions of their own.

A run that was interrupted is begun again without harm: what was taken in already changes nothing.
"""

import asyncio
import hashlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from itertools import islice
from typing import IO, Final

from casework.results import intake, repository, rows, sources
from casework.results.models import Laboratory, ResultImport
from casework.results.record import Record
from casework.results.rows import RowError
from casework.results.sources import Limits, Row, SourceError
from foundation.clock import Clock
from foundation.database import SessionFactory, transaction
from foundation.datakeys import DataKeys
from foundation.settings import Settings
from operations.events import service as events

BATCH: Final = 500
"""Rows in one transaction: short enough that a turn does not notice."""
STATISTICS_AFTER_ROWS: Final = (1_000, 10_000, 100_000)
"""Rows added by one import after which the database learns how large its table has become."""
_READ_BYTES: Final = 1024 * 1024


class UnknownLaboratoryError(Exception):
    """There is no such laboratory."""


@dataclass(slots=True)
class Report:
    """What an import did.

    Attributes:
        added: New results.
        changed: Results that are other than before.
        unchanged: Rows that were taken in before.
        refused: Rows that were not taken.
        rejected: Line and reasons of the refused rows, up to a limit.
        repeated: This very file came before.
        stopped: Why the rest of the file was not read, in Arabic; empty if all of it was.
    """

    added: int = 0
    changed: int = 0
    unchanged: int = 0
    refused: int = 0
    rejected: list[tuple[int, Sequence[str]]] = field(default_factory=list)
    repeated: bool = False
    stopped: str = ""

    @property
    def read(self) -> int:
        """Rows that were read."""
        return self.added + self.changed + self.unchanged + self.refused

    def refuse(self, line: int, reasons: Sequence[str], most: int) -> None:
        """Counts a refused row, and names it if there are not too many."""
        self.refused += 1
        if len(self.rejected) < most:
            self.rejected.append((line, reasons))


class Importer:
    """Imports the files of one laboratory.

    Args:
        sessions: The database.
        keys: Encrypt and hash.
        settings: The limits.
        clock: The time.
    """

    def __init__(self, sessions: SessionFactory, keys: DataKeys, settings: Settings, clock: Clock) -> None:
        self._sessions = sessions
        self._keys = keys
        self._settings = settings
        self._clock = clock

    async def run(self, file: IO[bytes], laboratory: str, who: str) -> Report:
        """Imports a CSV or XLSX file.

        Args:
            file: Open for reading, and seekable.
            laboratory: The code of the laboratory that sends it.
            who: For the history.

        Raises:
            UnknownLaboratoryError: No such laboratory.
            SourceError: The file cannot be read at all, and nothing of it was taken in.
        """
        async with self._sessions() as session:
            owner = await repository.laboratory(session, laboratory)
        if owner is None:
            raise UnknownLaboratoryError(laboratory)
        digest = await asyncio.to_thread(_digest, file)
        report, began = Report(), self._clock()
        form = sources.format_of(file)
        async with self._sessions() as session:
            report.repeated = await repository.imported_before(session, laboratory, digest)
        waiting = sources.read(file, Limits.of(self._settings))
        try:
            # Reading and checking is work for the processor: off the event loop, on which others wait.
            while batch := await asyncio.to_thread(self._batch, waiting, report):
                added = report.added
                await self._take(owner, [record for record in batch if record is not None], report, who)
                if any(added < rows <= report.added for rows in STATISTICS_AFTER_ROWS):
                    async with transaction(self._sessions) as session:
                        await repository.learn_size(session)
        except SourceError as error:
            if not report.read:
                raise
            report.stopped = str(error)
        report.rejected.sort()
        async with transaction(self._sessions) as session:
            now = self._clock()
            await repository.add_import(
                session,
                ResultImport(
                    laboratory=laboratory,
                    format=form,
                    digest=digest,
                    who=who,
                    began_at=began,
                    ended_at=now,
                    added=report.added,
                    changed=report.changed,
                    unchanged=report.unchanged,
                    refused=report.refused,
                ),
            )
            if report.added or report.changed:
                figures: dict[str, events.Value] = {
                    "added": report.added,
                    "changed": report.changed,
                    "governorate": owner.governorate,
                }
                await events.add(session, "results.imported", f"laboratory/{laboratory}", figures, now)
        return report

    def _batch(self, waiting: Iterator[Row], report: Report) -> list[Record | None]:
        """The next records, None for each row that is refused; empty at the end."""
        now = self._clock()
        return [self._read(line, cells, report, now) for line, cells in islice(waiting, BATCH)]

    def _read(self, line: int, cells: rows.Cells, report: Report, now: datetime) -> Record | None:
        try:
            return rows.read(line, cells, now)
        except RowError as error:
            report.refuse(line, error.reasons, self._settings.results_import_max_reported)
            return None

    async def _take(self, owner: Laboratory, records: Sequence[Record], report: Report, who: str) -> None:
        async with transaction(self._sessions) as session:
            taken = await intake.take(session, owner, records, who=who, now=self._clock(), keys=self._keys)
        report.added += taken.added
        report.changed += len(taken.changes)
        report.unchanged += taken.unchanged
        for line, reason in taken.refused:
            report.refuse(line, [reason], self._settings.results_import_max_reported)


def _digest(file: IO[bytes]) -> bytes:
    digest = hashlib.sha256()
    file.seek(0)
    while part := file.read(_READ_BYTES):
        digest.update(part)
    return digest.digest()
