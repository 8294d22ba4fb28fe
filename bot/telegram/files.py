"""Photos and documents that citizens send on Telegram: fetched, checked, stored."""

from telegram.error import TelegramError

from bot.channels import FileRefusedError
from bot.incoming import Incoming
from bot.replies import Reply
from bot.sentences import say
from bot.telegram.client import TelegramClient
from casework.files import checking
from casework.files.service import keep
from foundation.clock import Clock
from foundation.database import SessionFactory, transaction
from foundation.datakeys import DataKeys
from foundation.settings import Settings


class FileKeeper:
    """Takes a file from Telegram."""

    def __init__(
        self, client: TelegramClient, sessions: SessionFactory, keys: DataKeys, settings: Settings, clock: Clock
    ) -> None:
        self._client = client
        self._sessions = sessions
        self._keys = keys
        self._settings = settings
        self._clock = clock

    async def keep(self, conversation_id: str, incoming: Incoming) -> str:
        """Stores the file of a message; returns its id. Raises `FileRefusedError`."""
        limit = self._settings.file_max_megabytes * checking.MEGABYTE
        try:
            data = await self._client.fetch(incoming.file, limit)
        except TelegramError as error:
            if "too big" in str(error).lower():
                raise _refused(checking.too_large(self._settings)) from error
            raise FileRefusedError(say("file_not_fetched")) from error
        if data is None:
            raise _refused(checking.too_large(self._settings))
        try:
            checked = await checking.check(data, incoming.file_name, self._settings)
        except checking.FileRefusedError as error:
            raise _refused(error) from error
        async with transaction(self._sessions) as session:
            file = await keep(
                session,
                checked.data,
                name=checked.name,
                media_type=checked.media_type,
                now=self._clock(),
                owner_conversation=conversation_id,
                keys=self._keys,
            )
        return file.id


def _refused(error: checking.FileRefusedError) -> FileRefusedError:
    return FileRefusedError(Reply(text=error.sentence))
