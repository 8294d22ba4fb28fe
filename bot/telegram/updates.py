"""Reading raw updates. Only what is needed is read, so that a field of a newer Bot API breaks nothing."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from bot.incoming import Incoming, Kind

ALLOWED_UPDATES = ("message", "edited_message", "callback_query", "my_chat_member")

_KIND_OF_FIELD = {
    "photo": Kind.PHOTO,
    "voice": Kind.VOICE,
    "audio": Kind.VOICE,
    "video": Kind.VIDEO,
    "video_note": Kind.VIDEO,
    "animation": Kind.VIDEO,
    "sticker": Kind.STICKER,
    "document": Kind.DOCUMENT,
    "location": Kind.LOCATION,
    "venue": Kind.LOCATION,
    "contact": Kind.CONTACT,
    "poll": Kind.POLL,
}
_NOTICES = frozenset(
    {
        "new_chat_members", "left_chat_member", "new_chat_title", "new_chat_photo", "delete_chat_photo",
        "group_chat_created", "supergroup_chat_created", "channel_chat_created", "message_auto_delete_timer_changed",
        "migrate_to_chat_id", "migrate_from_chat_id", "pinned_message", "write_access_allowed", "chat_background_set",
        "boost_added", "users_shared", "chat_shared",
    }
)  # fmt: skip
_GONE = frozenset({"kicked", "left"})


NESTING_MAX = 100
"""Levels of objects in objects; Telegram's own updates have a tenth of it. Beyond it nothing can be written as JSON."""


class UnreadableUpdateError(ValueError):
    """An update without the fields that its kind must have; the text names the field, never its content."""


@dataclass(frozen=True, slots=True)
class Envelope:
    """What is needed to store an update.

    Attributes:
        update_id: Telegram's number of it.
        chat_id: Where it came from; None if it belongs to no chat.
        callback_id: The pressed button's query, to be answered at once.
        reachable: Whether the citizen has just blocked (False) or unblocked (True) the bot.
        asks: Whether it is a message that has a turn.
    """

    update_id: int
    chat_id: int | None
    callback_id: str | None = None
    reachable: bool | None = None
    asks: bool = True


def update_id_of(raw: object) -> int | None:
    """The update's number, if it has one."""
    number = raw.get("update_id") if isinstance(raw, dict) else None
    return number if isinstance(number, int) and not isinstance(number, bool) else None


def bounded(raw: object) -> object:
    """The update, or only its number if it is nested deeper than `NESTING_MAX`."""
    level: list[object] = [raw]
    for _ in range(NESTING_MAX):
        level = [
            inner
            for value in level
            for inner in (value.values() if isinstance(value, dict) else value if isinstance(value, list) else ())
        ]
        if not level:
            return raw
    return {"update_id": update_id_of(raw), "nested_too_deep": True}


def open_envelope(raw: object) -> Envelope:
    """What is needed to store an update; raises `UnreadableUpdateError`."""
    update_id = update_id_of(raw)
    if update_id is None:
        raise UnreadableUpdateError("update_id")
    update: dict[str, Any] = raw  # type: ignore[assignment]  # it has an update id
    if "nested_too_deep" in update:
        raise UnreadableUpdateError("nesting")
    if "callback_query" in update:
        query = _object(update, "callback_query")
        return Envelope(update_id, _chat_of_query(query)[0], callback_id=_text(query, "id"))
    if "my_chat_member" in update:
        change = _object(update, "my_chat_member")
        chat_id, private = _chat(_object(change, "chat"))
        gone = _text(_object(change, "new_chat_member"), "status") in _GONE
        # In a group, being added is answered as a message there is.
        return Envelope(update_id, chat_id, reachable=not gone if private else None, asks=not private and not gone)
    message = _message(update)
    if message is None:
        return Envelope(update_id, None, asks=False)
    read(update)
    return Envelope(update_id, _chat(_object(message, "chat"))[0])


def read(update: Mapping[str, Any]) -> Incoming:
    """What a citizen sent; raises `UnreadableUpdateError`."""
    if "callback_query" in update:
        query = _object(update, "callback_query")
        data = query.get("data")
        if not _chat_of_query(query)[1] or not isinstance(data, str):
            return Incoming(Kind.SILENT)
        return Incoming(Kind.BUTTON, button=data)
    if "my_chat_member" in update:
        return Incoming(Kind.GROUP)
    message = _message(update)
    if message is None:
        return Incoming(Kind.SILENT)
    if _NOTICES & message.keys():
        return Incoming(Kind.SILENT)
    if not _chat(_object(message, "chat"))[1]:
        return Incoming(Kind.GROUP)
    if "edited_message" in update:
        # A live location "edits" itself as it moves.
        return Incoming(Kind.SILENT if "location" in message else Kind.EDITED)
    return _read_message(message)


def _read_message(message: Mapping[str, Any]) -> Incoming:
    if "text" in message:
        return Incoming(Kind.TEXT, text=_text(message, "text"))
    # An animation comes with a document of the same file, a venue with a location.
    kind = next((kind for field, kind in _KIND_OF_FIELD.items() if field in message), Kind.OTHER)
    caption = _text(message, "caption") if "caption" in message else ""
    album = _text(message, "media_group_id") if "media_group_id" in message else ""
    return Incoming(
        kind,
        text=caption,
        album=album,
        **_file_of(message, kind),
        **_place_of(message, kind),
        **_contact_of(message, kind),
    )


def _file_of(message: Mapping[str, Any], kind: Kind) -> dict[str, Any]:
    sizes = message.get("photo")
    if kind is Kind.PHOTO and isinstance(sizes, list) and sizes and isinstance(sizes[-1], dict):
        return {"file": str(sizes[-1].get("file_id", ""))}  # the largest comes last
    document = message.get("document")
    if kind is Kind.DOCUMENT and isinstance(document, dict):
        return {"file": str(document.get("file_id", "")), "file_name": str(document.get("file_name") or "")}
    return {}


def _place_of(message: Mapping[str, Any], kind: Kind) -> dict[str, Any]:
    location = message.get("location")
    if kind is not Kind.LOCATION or not isinstance(location, dict):
        return {}
    latitude, longitude = location.get("latitude"), location.get("longitude")
    if not all(isinstance(degrees, int | float) and abs(degrees) <= 180 for degrees in (latitude, longitude)):
        return {}
    return {"place": (latitude, longitude)}


def _contact_of(message: Mapping[str, Any], kind: Kind) -> dict[str, Any]:
    contact = message.get("contact")
    if kind is not Kind.CONTACT or not isinstance(contact, dict):
        return {}
    sender = message.get("from")
    sender_id = sender.get("id") if isinstance(sender, dict) else None
    # Anybody's card can be sent; only the sender's own carries the sender's id (Bot API, Contact.user_id).
    own = sender_id is not None and contact.get("user_id") == sender_id and "forward_origin" not in message
    return {"phone": str(contact.get("phone_number", "")), "own_phone": own}


def _message(update: Mapping[str, Any]) -> dict[str, Any] | None:
    for field in ("message", "edited_message"):
        if field in update:
            return _object(update, field)
    return None


def _chat_of_query(query: Mapping[str, Any]) -> tuple[int, bool]:
    """The chat of a pressed button; a button under an inline message has none, but its presser has a private chat."""
    if "message" in query:
        return _chat(_object(_object(query, "message"), "chat"))
    return _number(_object(query, "from"), "id"), True


def _chat(chat: Mapping[str, Any]) -> tuple[int, bool]:
    return _number(chat, "id"), chat.get("type", "private") == "private"


def _object(parent: Mapping[str, Any], field: str) -> dict[str, Any]:
    value = parent.get(field)
    if not isinstance(value, dict):
        raise UnreadableUpdateError(field)
    return value


def _text(parent: Mapping[str, Any], field: str) -> str:
    value = parent.get(field)
    if not isinstance(value, str):
        raise UnreadableUpdateError(field)
    return value


def _number(parent: Mapping[str, Any], field: str) -> int:
    value = parent.get(field)
    if not isinstance(value, int) or isinstance(value, bool) or abs(value) >= 2**63:
        raise UnreadableUpdateError(field)
    return value
