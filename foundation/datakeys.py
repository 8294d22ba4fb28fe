"""The keys that encrypt what identifies a citizen: from `DATA_KEYS`, or made on the first run and kept under `var/`."""

import hashlib
import os
from pathlib import Path

import structlog
from cryptography.fernet import Fernet, InvalidToken, MultiFernet

from foundation.settings import VAR, Settings

KEY_FILE = VAR / "data_keys"

log = structlog.get_logger(__name__)


class DataKeys:
    """Encrypts and decrypts small values with the newest key; values under older keys stay readable.

    Args:
        keys: Fernet keys, newest first.

    Raises:
        ValueError: If a key is not 32 url-safe base64-encoded bytes, or there is none.
    """

    def __init__(self, keys: list[str]) -> None:
        self._cipher = MultiFernet([Fernet(key) for key in keys])
        self._newest = Fernet(keys[0])
        self.digest_keys = tuple(hashlib.sha256(b"digest:" + key.encode()).digest() for key in keys)
        """Keys of the hashes by which equal values are found, newest first: the first makes them, all find."""
        self.older = len(set(keys)) - 1
        """How many keys there are beside the newest."""

    def encrypt(self, text: str) -> bytes:
        """`text` (valid Unicode) under the newest key."""
        return self._cipher.encrypt(text.encode())

    def decrypt(self, token: bytes) -> str:
        """The text behind `token`; raises `cryptography.fernet.InvalidToken` if no key fits."""
        return self._cipher.decrypt(token).decode()

    def encrypt_bytes(self, data: bytes) -> bytes:
        """`data` under the newest key; a third larger."""
        return self._cipher.encrypt(data)

    def decrypt_bytes(self, token: bytes) -> bytes:
        """The data behind `token`; raises `cryptography.fernet.InvalidToken` if no key fits."""
        return self._cipher.decrypt(token)

    def renewed(self, token: bytes) -> bytes | None:
        """The same text under the newest key; None if it is already.

        Raises:
            cryptography.fernet.InvalidToken: No key fits.
        """
        try:
            self._newest.decrypt(token)
        except InvalidToken:
            return self._cipher.rotate(token)
        return None


def load_data_keys(settings: Settings, file: Path = KEY_FILE) -> DataKeys:
    """The keys of the settings, else those of `file`, made (with a warning) if it is missing."""
    if settings.data_keys is not None:
        return DataKeys([key.strip() for key in settings.data_keys.get_secret_value().split(",") if key.strip()])
    return DataKeys([_read_or_make(file)])


def _read_or_make(file: Path) -> str:
    file.parent.mkdir(parents=True, exist_ok=True)
    fresh = file.with_name(f"{file.name}.{os.getpid()}")
    if not file.exists():
        log.warning("data_keys_made", file=str(file), advice="DATA_KEYS is not set; production must set it")
        fresh.touch(mode=0o600)
        fresh.write_bytes(Fernet.generate_key())
        # A link fails where another process was first, and never shows a half-written file.
        try:
            os.link(fresh, file)
        except FileExistsError:
            pass
        finally:
            fresh.unlink()
    return file.read_text().strip()
