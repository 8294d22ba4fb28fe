"""What the emulated Telegram knows, and the faults it is told to have."""

import asyncio
import time
from collections import deque
from dataclasses import dataclass, field
from typing import Any

BOT = {"id": 4242, "is_bot": True, "first_name": "Ur", "username": "ur_test_bot"}
TOKEN = "4242:emulated-token-of-thirty-five-chars"
SECRET_HEADER = "X-Telegram-Bot-Api-Secret-Token"


@dataclass
class Call:
    """One Bot API call as it came."""

    method: str
    parameters: dict[str, Any]
    at: float
    accepted: bool


@dataclass
class Fault:
    """How the next calls of a method fail."""

    status: int
    description: str
    times: int
    retry_after: int | None = None
    chat_id: int | None = None
    delay_seconds: float = 0.0
    deliver: bool = False
    """The message is delivered although the caller is told otherwise, as when the answer is lost on its way."""


@dataclass
class Telegram:
    """The state of one bot's server."""

    updates: deque[dict[str, Any]] = field(default_factory=deque)
    calls: list[Call] = field(default_factory=list)
    faults: dict[str, list[Fault]] = field(default_factory=dict)
    sent: list[dict[str, Any]] = field(default_factory=list)
    files: dict[str, bytes] = field(default_factory=dict)
    """What people have sent, by file id."""
    uploads: list[tuple[int, str, bytes]] = field(default_factory=list)
    """What the bot has sent: chat, name, content."""
    commands: dict[str, Any] = field(default_factory=dict)
    webhook_url: str = ""
    webhook_secret: str = ""
    allowed_updates: list[str] | None = None
    blocked_by: set[int] = field(default_factory=set)
    next_update_id: int = 1000
    next_message_id: int = 1
    acknowledged: int = 0
    polls: int = 0
    news: asyncio.Event = field(default_factory=asyncio.Event)

    def fault_for(self, method: str, chat_id: int | None) -> Fault | None:
        """The fault that a call meets, used up by it."""
        for fault in self.faults.get(method, []):
            if fault.times > 0 and fault.chat_id in (None, chat_id):
                fault.times -= 1
                return fault
        return None

    def to(self, chat_id: int) -> list[dict[str, Any]]:
        """Messages delivered to a chat, in order."""
        return [message for message in self.sent if message["chat"]["id"] == chat_id]

    def called(self, method: str) -> list[Call]:
        """The calls of a method."""
        return [call for call in self.calls if call.method == method]

    def record(self, method: str, parameters: dict[str, Any], *, accepted: bool) -> None:
        """Notes a call."""
        self.calls.append(Call(method, parameters, time.monotonic(), accepted))

    def add(self, **content: Any) -> dict[str, Any]:
        """Queues an update for polling."""
        update = {"update_id": self.next_update_id, **content}
        self.next_update_id += 1
        self.updates.append(update)
        self.news.set()
        return update
