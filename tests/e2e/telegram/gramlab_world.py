"""A gramlab world as a process: one JSON command a line in, one JSON answer a line out. Runs in gramlab's environment.

Usage: python gramlab_world.py FOLDER (which must not exist)
"""

import json
import socket
import sys
import time
import uuid
from pathlib import Path
from typing import Any

from gramlab.bot_api import BotAPIServer
from gramlab.world import World

# gramlab serves in a network namespace of its own only; the product could not reach it there. It listens on 127.0.0.1.
socket.if_nameindex = lambda: [(1, "lo")]


class Citizens:
    """What people do in the world, and what they see."""

    def __init__(self, world: World, bot_id: int) -> None:
        self._world = world
        self._bot_id = bot_id

    def person(self, name: str) -> dict[str, int]:
        """A new person with an open private chat."""
        user = self._world.create_user(first_name=name, language_code="ar")["id"]
        return {"user": user, "chat": self._world.open_private_chat(user_id=user, bot_id=self._bot_id)["id"]}

    def group(self, title: str, user: int) -> dict[str, int]:
        """A group of this person and the bot."""
        group = self._world.create_group_chat(title=title, creator_id=user, member_ids=[], bot_ids=[self._bot_id])
        return {"user": user, "chat": group["id"]}

    def say(self, user: int, chat: int, text: str) -> None:
        """A text."""
        self._world.send_client_message(user_id=user, chat_id=chat, request_id=uuid.uuid4().hex, text=text)

    def press(self, user: int, chat: int, message: int, data: str) -> str:
        """A press on an inline button; the query's id."""
        query = self._world.create_callback(
            user_id=user, chat_id=chat, message_id=message, data=data, request_id=uuid.uuid4().hex
        )
        callback: str = query["id"]
        return callback

    def answered(self, user: int, callback: str) -> bool:
        """Whether the button's spinner has stopped."""
        return self._world.get_callback(user_id=user, callback_id=callback)["answer"] is not None

    def received(self, chat: int) -> list[dict[str, Any]]:
        """What the bot has sent to a chat."""
        return [message for message in self._world.history(chat) if message["sender_id"] == self._bot_id]


def main() -> None:
    """Serves until stdin ends."""
    folder = Path(sys.argv[1])
    with World.create(folder, seed=1, now=int(time.time())) as world, BotAPIServer(folder) as server:
        bot = world.create_user(first_name="Ur", is_bot=True, username="ur_gramlab_bot")["id"]
        citizens = Citizens(world, bot)
        print(json.dumps({"url": server.base_url, "token": world.issue_bot_token(bot)}), flush=True)
        for line in sys.stdin:
            command = json.loads(line)
            print(json.dumps(getattr(citizens, command.pop("do"))(**command)), flush=True)


if __name__ == "__main__":
    main()
