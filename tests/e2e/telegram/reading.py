"""Reading what the bot sent."""

from typing import Any

_SIGNS = dict.fromkeys(map(ord, "\u2066\u2067\u2068\u2069\u200e\u200f"))


def plain(text: str) -> str:
    """A text without its direction signs."""
    return text.translate(_SIGNS)


def titles(markup: dict[str, Any] | None) -> list[str]:
    """Titles of an inline keyboard's buttons."""
    return [button["text"] for row in (markup or {}).get("inline_keyboard", []) for button in row]


def data_of(markup: dict[str, Any] | None, title: str) -> str:
    """What a press on the button with this title sends."""
    for row in (markup or {}).get("inline_keyboard", []):
        for button in row:
            if button["text"] == title:
                data: str = button["callback_data"]
                return data
    raise AssertionError(f"no button «{title}» among {titles(markup)}")
