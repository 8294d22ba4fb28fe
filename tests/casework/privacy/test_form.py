"""Who sees what, and what a yes is worth before everything is deleted."""

from datetime import UTC, datetime
from itertools import count

import pytest
from cryptography.fernet import Fernet

from casework.dialogues.forms import Context, Given
from casework.dialogues.registry import Registry
from casework.dialogues.service import Dialogues
from casework.privacy import repository
from casework.privacy.form import register, told_of, wish_of
from casework.privacy.models import Wish
from citizens.models import Channel, Conversation
from foundation.database import SessionFactory, transaction
from foundation.datakeys import DataKeys
from foundation.settings import Settings

NOW = datetime(2026, 11, 23, 9, 0, tzinfo=UTC)


class Citizen:
    """One conversation about privacy."""

    def __init__(self, sessions: SessionFactory) -> None:
        registry = Registry()
        register(registry)
        self.sessions = sessions
        self.id = "c" * 32
        self._keys = DataKeys([Fernet.generate_key().decode()])
        self._dialogues = Dialogues(registry, self._never)
        self._ids = count()

    async def _never(self, text: str) -> bool:
        return False

    async def says(self, text: str, *, first: bool = False, intent: str = "") -> str:
        """Types; what is said."""
        async with transaction(self.sessions) as session:
            context = Context(session, self.id, NOW, self._keys, Settings(_env_file=None))
            given, message_id = Given(text, intent=intent), f"m{next(self._ids)}"
            if first:
                outcome = await self._dialogues.begin(context, message_id, "privacy", given)
            else:
                outcome = await self._dialogues.take(context, message_id, given)
        aside = "" if outcome.aside is None else "(aside)"
        return aside + "\n".join(prompt.text for prompt in outcome.replies)

    async def waits(self) -> bool:
        """Whether a deletion waits to be done."""
        async with self.sessions() as session:
            return await repository.waits(session, self.id, Wish.ERASE)


@pytest.fixture
async def ali(sessions: SessionFactory) -> Citizen:
    """A citizen."""
    citizen = Citizen(sessions)
    async with transaction(sessions) as session:
        session.add(Conversation(id=citizen.id, channel=Channel.WEB, engine_sender="e" * 32, created_at=NOW))
    return citizen


async def test_a_careless_yes_deletes_nothing(ali: Citizen) -> None:
    assert "هل أحذف؟" in await ali.says("امسح كلشي عني", first=True)
    for text in ("اي", "نعم", "اي متاكد", "كمل", "تم"):
        assert "اكتب «احذف»" in await ali.says(text, intent="affirm")
        assert not await ali.waits()
    assert "يقرأ كلامك" in await ali.says("منو يشوف كلامي", intent="privacy")
    await ali.says("احذف")
    assert await ali.waits()


@pytest.mark.parametrize("text", ["لا", "لا خلاص بطلت", "إلغاء"])
async def test_left_as_it_is(ali: Citizen, text: str) -> None:
    await ali.says("امسح كلشي عني", first=True)
    await ali.says(text)
    assert not await ali.waits()


@pytest.mark.parametrize(
    ("text", "part"),
    [
        ("رقمي يطلع للوكيل؟", "لا يراها الوكيل"),
        ("الوكيل راح يعرف اسمي؟", "لا يراها الوكيل"),
        ("منو يشوف كلامي", "يقرأ كلامك"),
        ("وكيلنا اخذ بطاقتي وما رجعها", None),
        ("الوكيل كريم جاسم أخذ مني ألفين", None),
    ],
)
def test_who_sees_what(text: str, part: str | None) -> None:
    told = told_of(text)
    assert told is None if part is None else part in (told or "")


def test_what_is_kept_is_shown_when_asked_in_words() -> None:
    assert wish_of("اعرض ما تحفظونه") is Wish.SHOW
