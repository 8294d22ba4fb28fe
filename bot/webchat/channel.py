"""The web chat as a turn sees it. It is never called: its pages come and read."""

from typing import Any

from bot.incoming import Incoming, Kind


class WebChannel:
    """See `bot.channels.ChannelPort`."""

    own_link = ""
    limits_turns = False

    def read(self, raw: dict[str, Any]) -> Incoming:
        """A typed text or a pressed button."""
        if "file" in raw:
            return Incoming(Kind.PHOTO, file=str(raw["file"]))
        if "payload" in raw:
            return Incoming(Kind.BUTTON, button=str(raw["payload"]))
        return Incoming(Kind.TEXT, text=str(raw["text"]))

    async def show_typing(self, address: str) -> None:
        """The page shows it by itself while it waits."""

    async def keep_file(self, conversation_id: str, incoming: Incoming) -> str:
        """The page's upload has stored it; whose it is was checked when the message came in."""
        return incoming.file
