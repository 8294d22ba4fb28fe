"""What a citizen sent, the same for every channel."""

from dataclasses import dataclass
from enum import StrEnum


class Kind(StrEnum):
    """What kind of message it is. All but text and buttons are answered by the gate."""

    TEXT = "text"
    BUTTON = "button"
    PHOTO = "photo"
    VOICE = "voice"
    VIDEO = "video"
    STICKER = "sticker"
    DOCUMENT = "document"
    LOCATION = "location"
    CONTACT = "contact"
    POLL = "poll"
    OTHER = "other"
    EDITED = "edited"
    GROUP = "group"
    SILENT = "silent"
    """Nothing that asks for an answer, such as a live location that moves."""


@dataclass(frozen=True, slots=True)
class Incoming:
    """One message of a citizen.

    Attributes:
        kind: What it is.
        text: What was typed: the text, or the caption of a photo or file.
        button: The opaque id of the pressed button.
        album: The name of the album that a photo or file belongs to.
        file: What the channel calls the photo or file.
        file_name: Its name, where it has one.
        place: Latitude and longitude, in degrees.
        phone: The number of a contact.
        own_phone: The channel vouches that the number is the sender's own.
    """

    kind: Kind
    text: str = ""
    button: str = ""
    album: str = ""
    file: str = ""
    file_name: str = ""
    place: tuple[float, float] | None = None
    phone: str = ""
    own_phone: bool = False
