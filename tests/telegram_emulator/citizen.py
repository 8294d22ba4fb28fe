"""What people do in Telegram, as updates."""

import json
import time
from typing import Any

import httpx

from tests.telegram_emulator.state import BOT, SECRET_HEADER, Telegram

PHOTO = [{"file_id": "ph1", "file_unique_id": "u1", "width": 90, "height": 90, "file_size": 1000}]


class Person:
    """Somebody in a private chat with the bot."""

    def __init__(self, telegram: Telegram, chat_id: int) -> None:
        self.telegram = telegram
        self.id = chat_id
        self.user = {"id": chat_id, "is_bot": False, "first_name": "زينب", "language_code": "ar"}
        self.chat: dict[str, Any] = {"id": chat_id, "type": "private", "first_name": "زينب"}

    @property
    def received(self) -> list[dict[str, Any]]:
        """What the bot sent here."""
        return self.telegram.to(self.chat["id"])

    def sends(self, **content: Any) -> dict[str, Any]:
        """A message with this content."""
        return self.telegram.add(message=self._message(**content))

    def says(self, text: str) -> dict[str, Any]:
        """A text; a command gets its entity, as Telegram does."""
        entities: list[dict[str, Any]] = []
        if text.startswith("/"):
            entities = [{"type": "bot_command", "offset": 0, "length": len(text.split()[0])}]
        return self.sends(text=text, **({"entities": entities} if entities else {}))

    def edits(self, text: str) -> dict[str, Any]:
        """Changes an earlier message."""
        return self.telegram.add(edited_message=self._message(text=text, edit_date=int(time.time())))

    def presses(self, data: str) -> dict[str, Any]:
        """Presses an inline button."""
        shown = {
            "message_id": 1,
            "date": int(time.time()),
            "from": BOT,
            "chat": self.chat,
            "text": "…",
        }
        return self.telegram.add(
            callback_query={
                "id": str(self.telegram.next_update_id),
                "from": self.user,
                "chat_instance": "1",
                "message": shown,
                "data": data,
            }
        )

    def blocks(self, *, unblock: bool = False) -> dict[str, Any]:
        """Blocks the bot, or unblocks it."""
        (self.telegram.blocked_by.discard if unblock else self.telegram.blocked_by.add)(self.id)
        member, kicked = {"status": "member", "user": BOT}, {"status": "kicked", "user": BOT, "until_date": 0}
        return self.telegram.add(
            my_chat_member={
                "chat": self.chat,
                "from": self.user,
                "date": int(time.time()),
                "old_chat_member": kicked if unblock else member,
                "new_chat_member": member if unblock else kicked,
            }
        )

    def _message(self, **content: Any) -> dict[str, Any]:
        self.telegram.next_message_id += 1
        return {
            "message_id": self.telegram.next_message_id,
            "date": int(time.time()),
            "from": self.user,
            "chat": self.chat,
            **content,
        }


class GroupMember(Person):
    """Somebody who writes in a group with the bot in it."""

    def __init__(self, telegram: Telegram, user_id: int, group_id: int) -> None:
        super().__init__(telegram, user_id)
        self.chat = {"id": group_id, "type": "supergroup", "title": "الجيران"}


async def deliver(telegram: Telegram, update: object, secret: str | None = None) -> httpx.Response:
    """Delivers an update to the webhook that was set, as Telegram does; with another secret if one is given."""
    async with httpx.AsyncClient() as client:
        return await client.post(
            telegram.webhook_url,
            content=json.dumps(update),
            headers={SECRET_HEADER: telegram.webhook_secret if secret is None else secret},
        )
