"""People in a gramlab world."""

import json
import subprocess
from pathlib import Path
from typing import Any

from foundation.settings import ROOT
from tests.e2e.telegram.processes import until
from tests.e2e.telegram.reading import data_of, plain, titles

PYTHON = ROOT / ".emulators" / "gramlab" / "bin" / "python"
SCRIPT = Path(__file__).with_name("gramlab_world.py")
LACKING_ENTITIES = {"text_link"}


def without_links(method: str, parameters: dict[str, Any]) -> dict[str, Any]:
    """A call without the entities that gramlab lacks; Telegram has them since 2019 (Bot API 4.5)."""
    if method == "sendMessage" and "entities" in parameters:
        parameters["entities"] = [one for one in parameters["entities"] if one["type"] not in LACKING_ENTITIES]
    return parameters


class World:
    """A running world; `folder` must not exist."""

    def __init__(self, folder: Path) -> None:
        self._process = subprocess.Popen(
            [str(PYTHON), "-P", str(SCRIPT), str(folder)], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
        )
        hello = self._read()
        self.url: str = hello["url"]
        self.token: str = hello["token"]

    def ask(self, do: str, **arguments: Any) -> Any:
        """One command of `gramlab_world.Citizens`."""
        assert self._process.stdin is not None
        self._process.stdin.write(json.dumps({"do": do, **arguments}) + "\n")
        self._process.stdin.flush()
        return self._read()

    def close(self) -> None:
        """Ends the world."""
        self._process.communicate(timeout=20)

    def _read(self) -> Any:
        assert self._process.stdout is not None
        return json.loads(self._process.stdout.readline())


class Person:
    """Somebody in a private chat with the bot."""

    def __init__(self, world: World, name: str = "زينب") -> None:
        self.world = world
        self.place: dict[str, int] = world.ask("person", name=name)

    def says(self, text: str) -> None:
        """Sends a text."""
        self.world.ask("say", text=text, **self.place)

    def asks(self, text: str) -> str:
        """Sends a text; the reply."""
        before = len(self.received())
        self.says(text)
        return self.hears(before + 1)[before]

    def presses(self, title: str, under: dict[str, Any] | None = None) -> str:
        """Presses a button under a message (the last one); the reply. The spinner must have stopped."""
        before = self.received()
        message = under or before[-1]
        callback = self.world.ask(
            "press", message=message["id"], data=data_of(message.get("reply_markup"), title), **self.place
        )
        reply = self.hears(len(before) + 1)[len(before)]
        until(lambda: self.world.ask("answered", user=self.place["user"], callback=callback), "the spinner to stop")
        return reply

    def received(self) -> list[dict[str, Any]]:
        """What the bot sent."""
        messages: list[dict[str, Any]] = self.world.ask("received", chat=self.place["chat"])
        return messages

    def hears(self, count: int) -> list[str]:
        """Waits for `count` messages in all; their texts."""
        until(lambda: len(self.received()) >= count, f"{count} messages")
        return [plain(message["text"]) for message in self.received()]

    @property
    def buttons(self) -> list[str]:
        """Titles of the buttons under the last message."""
        return titles(self.received()[-1].get("reply_markup"))


class GroupMember(Person):
    """The same person in a group with the bot."""

    def __init__(self, person: Person, title: str = "الجيران") -> None:
        self.world = person.world
        self.place = self.world.ask("group", title=title, user=person.place["user"])
