"""The way to the citizens: see `casework.handoffs.ports.Citizens`."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy.ext.asyncio import AsyncSession

from bot.channels import ChannelPort
from bot.conversations import repository as conversations
from bot.conversations import transcript
from bot.conversations.service import CHANNELS_CALLED, say
from bot.models import Author, LaneKind, Message
from bot.replies import Attachment, Reply, ReplyButton
from bot.signals import Signals, conversation_topic, lane_topic
from casework.handoffs.ports import File, Line, Option, Speaker
from citizens.models import Channel


class BotCitizens:
    """Over the transcript, and the channels that are called."""

    def __init__(self, signals: Signals, channels: Mapping[Channel, ChannelPort]) -> None:
        self._signals = signals
        self._channels = channels

    async def tell(
        self,
        session: AsyncSession,
        conversation_id: str,
        text: str,
        now: datetime,
        *,
        options: Sequence[Option] = (),
        speaker: Speaker | None = None,
    ) -> None:
        """The assistant tells the citizen something."""
        reply = Reply(
            text=text, buttons=[ReplyButton(title=option.title, payload=option.payload) for option in options]
        )
        extra = {} if speaker is None else {"speaker": speaker.value}
        await self._say(session, conversation_id, reply, now, Author.ASSISTANT, extra)

    async def say_as(
        self,
        session: AsyncSession,
        conversation_id: str,
        name: str,
        text: str,
        now: datetime,
        *,
        files: Sequence[File] = (),
    ) -> int:
        """A colleague says something."""
        reply = Reply(
            text=text,
            attachments=[Attachment(name=file.name, media_type=file.media_type, url=file.url) for file in files],
        )
        extra = {"from": name, "speaker": Speaker.PERSON.value}
        return await self._say(session, conversation_id, reply, now, Author.AGENT, extra)

    async def lines(
        self, session: AsyncSession, conversation_id: str, *, after: int = 0, before: int | None = None, limit: int
    ) -> Sequence[Line]:
        """Lines of the transcript."""
        if before is None:
            found = await transcript.after(session, conversation_id, after, limit, late_only=False)
        else:
            found = await transcript.before(session, conversation_id, before, limit)
        pressed = [str((line.body or {}).get("button")) for line in found if (line.body or {}).get("button")]
        titles = await transcript.titles(session, conversation_id, found) if pressed else {}
        return [_line(message, titles) for message in found]

    async def last_lines(self, session: AsyncSession, conversation_ids: Sequence[str]) -> Mapping[str, Line]:
        """What each citizen wrote last."""
        found = await transcript.last_of_each(session, conversation_ids, Author.CITIZEN)
        return {message.conversation_id: _line(message, {}) for message in found}

    async def recent_lines(
        self, session: AsyncSession, conversation_ids: Sequence[str], each: int
    ) -> Mapping[str, Sequence[Line]]:
        """The last lines that each citizen wrote."""
        found: dict[str, list[Line]] = {}
        for message in await transcript.recent_of_each(session, conversation_ids, Author.CITIZEN, each):
            found.setdefault(message.conversation_id, []).append(_line(message, {}))
        return found

    async def show_typing(self, session: AsyncSession, conversation_id: str) -> None:
        """On Telegram; the web page learns it from its stream."""
        address = await conversations.address_of(session, conversation_id)
        if address is None:
            return
        channel = Channel(address.channel)
        if channel in CHANNELS_CALLED and channel in self._channels:
            await self._channels[channel].show_typing(address.address)

    def announce(self, conversation_id: str) -> None:
        """Wakes the pages of the conversation and the sender."""
        self._signals.notify(conversation_topic(conversation_id))
        self._signals.notify(lane_topic(LaneKind.SEND))

    async def _say(
        self,
        session: AsyncSession,
        conversation_id: str,
        reply: Reply,
        now: datetime,
        author: Author,
        extra: dict[str, str],
    ) -> int:
        await conversations.lock(session, conversation_id)
        conversation = await conversations.get(session, conversation_id)
        return await say(
            session, conversation_id, conversation.channel, [reply], now, late=True, author=author, extra=extra
        )


def _line(message: Message, titles: Mapping[str, str]) -> Line:
    body: dict[str, Any] = message.body or {}
    button = body.get("button")
    kind = str(body.get("kind", ""))
    files = [File(file["name"], file["url"], file["media_type"]) for file in body.get("attachments", [])]
    if "file" in body:
        files.append(File("", f"file:{body['file']}", ""))
    return Line(
        id=message.id,
        author=Author(message.author).value,
        name=str(body.get("from", "")),
        text=message.text,
        pressed=titles.get(str(button), "زر") if button else "",
        kind="" if kind == "button" else kind,
        understood=str(body.get("intent", "")),
        buttons=tuple(str(one["title"]) for one in body.get("buttons", [])),
        files=tuple(files),
        at=message.created_at,
    )
