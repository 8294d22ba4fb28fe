"""Where models lie: the one in use, and a folder for each that can be put in its place.

`<models>/current.*` is what engines load and what `make train` looks at; `<models>/candidates/<number>/current.*` is
the same of each model that was trained, or found in place, and is kept. Functions here block: call them in a thread.
"""

import hashlib
import os
import shutil
from collections.abc import Collection
from pathlib import Path
from typing import Final

ARCHIVE: Final = "current.tar.gz"
CHANGES: Final = "current.changes.json"
"""What the console changed of the examples; missing for a model of the shipped ones."""
FINGERPRINT: Final = "current.fingerprint"
"""What it was trained from: the trainer looks at it (`nlu.engine.train`)."""
FOLDER: Final = "candidates"
READABLE: Final = 0o640
"""Engines may run under another user of the folder's group."""
_READ_BYTES: Final = 1 << 20


class ArchiveGoneError(OSError):
    """The model's archive is not there, or is another."""


class Shelf:
    """The models under one folder, which engines and the worker share.

    Args:
        models: The folder.
    """

    def __init__(self, models: Path) -> None:
        self._models = models
        self._known: tuple[tuple[int, int, int], str] | None = None

    @property
    def live(self) -> Path:
        """The archive that engines load."""
        return self._models / ARCHIVE

    def folder(self, number: int) -> Path:
        """Where a model is kept."""
        return self._models / FOLDER / str(number)

    def archive(self, number: int) -> Path:
        """Its archive."""
        return self.folder(number) / ARCHIVE

    def live_digest(self) -> str:
        """SHA-256 of the archive that engines load; empty if there is none. Cheap while it does not change."""
        try:
            found = self.live.stat()
            stamp = (found.st_ino, found.st_size, found.st_mtime_ns)
            if self._known is None or self._known[0] != stamp:
                self._known = (stamp, digest_of(self.live))
        except OSError:
            return ""
        return self._known[1]

    def digest(self, number: int) -> str:
        """SHA-256 of a kept archive."""
        return digest_of(self.archive(number))

    def begin(self, number: int, changes: str) -> Path:
        """An empty folder for a model that is to be trained, with the changes of the examples; their file."""
        self.discard(number)
        self.folder(number).mkdir(parents=True)
        path = self.folder(number) / "wanted.json"
        path.write_text(changes, encoding="utf-8")
        return path

    def keep_live(self, number: int) -> None:
        """Keeps a copy of what is in use, as the model `number`."""
        folder = self.folder(number)
        folder.mkdir(parents=True, exist_ok=True)
        for name in (CHANGES, FINGERPRINT, ARCHIVE):
            _put(self._models / name, folder / name)

    def put_in_place(self, number: int, digest: str) -> None:
        """Makes a kept model the one in use. The archive changes in one step; done twice, it is as done once.

        Raises:
            ArchiveGoneError: The archive is gone, or is not the one with this digest.
        """
        folder = self.folder(number)
        if not self.archive(number).is_file() or self.digest(number) != digest:
            raise ArchiveGoneError
        # Whoever is cut off after the first of them has a model whose fingerprint does not fit: it is trained anew.
        for name in (CHANGES, ARCHIVE, FINGERPRINT):
            _put(folder / name, self._models / name)

    def discard(self, number: int) -> None:
        """Removes what is kept of a model."""
        shutil.rmtree(self.folder(number), ignore_errors=True)

    def tidy(self, needed: Collection[int]) -> None:
        """Removes the folders of all other models."""
        for folder in (self._models / FOLDER).glob("*"):
            if folder.name.isdecimal() and int(folder.name) not in needed:
                shutil.rmtree(folder, ignore_errors=True)


def digest_of(path: Path) -> str:
    """SHA-256 of a file, in hexadecimal."""
    digest = hashlib.sha256()
    with path.open("rb") as file:
        while chunk := file.read(_READ_BYTES):
            digest.update(chunk)
    return digest.hexdigest()


def _put(source: Path, target: Path) -> None:
    """Copies a file in one step as others see it; where the source is missing, the target goes."""
    if not source.exists():
        target.unlink(missing_ok=True)
        return
    beside = target.with_name(f".{target.name}.new")
    with source.open("rb") as read, beside.open("wb") as write:
        shutil.copyfileobj(read, write)
        write.flush()
        os.fsync(write.fileno())
    beside.chmod(READABLE)
    beside.replace(target)
