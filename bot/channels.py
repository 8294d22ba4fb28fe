"""What a turn needs from a channel."""

from typing import Any, Protocol

from bot.incoming import Incoming
from bot.replies import Reply


class FileRefusedError(Exception):
    """A photo or file that is not taken; `reply` tells the citizen why."""

    def __init__(self, reply: Reply) -> None:
        super().__init__("a file was refused")
        self.reply = reply


class ChannelPort(Protocol):
    """One channel, seen from a turn."""

    @property
    def own_link(self) -> str:
        """A link that opens a private conversation with the assistant; empty if there is none."""

    @property
    def limits_turns(self) -> bool:
        """Whether the turn counts messages for the rate limit; False if the channel refuses at its door."""

    def read(self, raw: dict[str, Any]) -> Incoming:
        """What was sent, from the stored form; raises on anything that cannot be read."""

    async def show_typing(self, address: str) -> None:
        """Shows the citizen that an answer is being written. Never raises."""

    async def keep_file(self, conversation_id: str, incoming: Incoming) -> str:
        """Stores the photo or file of a message; returns its id. Raises `FileRefusedError`."""
