"""A citizen who writes to the forms of cases, as the conversation sees it."""

from dataclasses import replace
from itertools import count

from casework.cases.chat.registration import register
from casework.dialogues.forms import Choice, Context, Given, Prompt, Shared
from casework.dialogues.registry import Registry
from casework.dialogues.service import Dialogues, Outcome
from citizens.vault import service as vault
from tests.casework.cases.conftest import Bureau


class Citizen:
    """Writes, presses and sends in one conversation; keeps what was said."""

    def __init__(self, bureau: Bureau, conversation_id: str) -> None:
        self.bureau = bureau
        self.conversation_id = conversation_id
        self.heard: list[Prompt] = []
        self.asked = 0
        """How many times something was typed, pressed or sent since the form began."""
        self._ids = count(1)
        registry = Registry()
        register(registry)
        self._dialogues = Dialogues(registry, self._asks)

    async def _asks(self, text: str) -> bool:
        return text.startswith("شكد")

    async def begins(self, kind: str, text: str = "") -> str:
        """Opens a form with a sentence; returns what is said."""
        self.asked = 0
        async with self.bureau.open() as office:
            context = self._context(office.session)
            return await self._hear(context, await self._dialogues.begin(context, self._id(), kind, Given(text)))

    async def says(self, text: str, intent: str = "") -> str:
        """Types."""
        return await self._gives(Given(text, intent=intent))

    async def sends(self, shared: Shared) -> str:
        """Sends a picture, a place, …."""
        return await self._gives(Given(shared=shared))

    async def presses(self, title: str) -> str:
        """Presses a button of the last message."""
        choice = next(choice for choice in self.buttons() if title in choice.title)
        if choice.value.startswith(("do:", "begin:")):
            async with self.bureau.open() as office:
                context = self._context(office.session)
                return await self._hear(context, await self._dialogues.press(context, self._id(), choice.value))
        return await self._gives(Given(choice=choice.value))

    async def told(self, button: str) -> str:
        """Presses a button of the last notice."""
        self.heard = [(await self.bureau.told(self.conversation_id))[-1]]
        return await self.presses(button)

    def buttons(self) -> tuple[Choice, ...]:
        """Of the last message."""
        return self.heard[-1].choices

    async def _gives(self, given: Given) -> str:
        self.asked += 1
        async with self.bureau.open() as office:
            context = self._context(office.session)
            return await self._hear(context, await self._dialogues.take(context, self._id(), given))

    async def _hear(self, context: Context, outcome: Outcome) -> str:
        self.heard = []
        for prompt in outcome.replies:
            text = await vault.reveal(context.session, self.conversation_id, prompt.text, context.keys)
            self.heard.append(replace(prompt, text=text))
        aside = "" if outcome.aside is None else f"(aside: {outcome.aside})\n"
        return aside + "\n---\n".join(prompt.text for prompt in self.heard)

    def _context(self, session: object) -> Context:
        bureau = self.bureau
        return Context(session, self.conversation_id, bureau.now, bureau.keys, bureau.settings)  # type: ignore[arg-type]

    def _id(self) -> str:
        return f"m{next(self._ids)}"
