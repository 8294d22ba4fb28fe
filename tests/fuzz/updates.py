"""Updates of every kind that Telegram sends, sound and broken."""

from typing import Any

from hypothesis import strategies as st

from bot.telegram.updates import ALLOWED_UPDATES
from tests.fuzz.values import broken, encode, mutated, numbers, odd, texts, values

CHATS = (11, 12, 13, 14, 7_700_000_077, 2**52, -1001, -1_002_147_483_647)
"""Few, so that each conversation gets many messages; groups are negative."""
_OTHER_KINDS = (
    "channel_post", "edited_channel_post", "business_connection", "business_message", "deleted_business_messages",
    "message_reaction", "message_reaction_count", "inline_query", "chosen_inline_result", "shipping_query",
    "pre_checkout_query", "purchased_paid_media", "poll", "poll_answer", "chat_member", "chat_join_request",
    "chat_boost", "removed_chat_boost", "a_kind_of_the_future",
)  # fmt: skip
_CONTENT = (
    "photo", "voice", "audio", "video", "video_note", "animation", "sticker", "document", "location", "venue",
    "contact", "poll", "dice", "game", "invoice", "story", "paid_media", "checklist", "giveaway", "web_app_data",
    "passport_data", "new_chat_members", "left_chat_member", "new_chat_title", "pinned_message", "migrate_to_chat_id",
    "group_chat_created", "users_shared", "a_field_of_the_future",
)  # fmt: skip
_file = {"file_id": "f", "file_unique_id": "u", "file_size": 2**40}


def _chat(chat_id: int) -> dict[str, Any]:
    kind = "private" if chat_id > 0 else "supergroup"
    return {"id": chat_id, "type": kind, "first_name": "زينب", "title": "الجيران"}


chats = st.sampled_from(CHATS).map(_chat)
users = st.fixed_dictionaries(
    {"id": st.sampled_from(CHATS), "is_bot": st.booleans(), "first_name": texts},
    optional={"language_code": st.sampled_from(["ar", "en", "ckb", "", "\u0000"]), "username": texts},
)
_contents = st.one_of(
    st.fixed_dictionaries({"text": texts}, optional={"entities": st.just([]), "reply_to_message": values}),
    st.dictionaries(st.sampled_from(_CONTENT), st.builds(lambda: [dict(_file)]), min_size=1, max_size=2),
    st.builds(
        lambda content, caption, album: {content: dict(_file), "caption": caption, "media_group_id": album},
        st.sampled_from(_CONTENT),
        texts,
        texts,
    ),
    st.just({}),
)
messages = st.builds(
    lambda head, content: head | content,
    st.fixed_dictionaries(
        {"message_id": st.integers(1, 2**31), "date": st.integers(0, 2**33), "chat": chats, "from": users}
    ),
    _contents,
)
callbacks = st.fixed_dictionaries(
    {"id": texts, "from": users, "chat_instance": texts},
    optional={"message": messages, "data": texts, "inline_message_id": texts, "game_short_name": texts},
)
_members = st.fixed_dictionaries(
    {"status": st.sampled_from(["member", "kicked", "left", "administrator", "restricted", "x"]), "user": users}
)
changes = st.fixed_dictionaries(
    {"chat": chats, "from": users, "date": st.integers(0, 2**33), "old_chat_member": _members,
     "new_chat_member": _members}
)  # fmt: skip
_kinds = st.one_of(
    messages.map(lambda message: {"message": message}),
    messages.map(lambda message: {"message": message}),
    messages.map(lambda message: {"edited_message": message | {"edit_date": 1}}),
    callbacks.map(lambda query: {"callback_query": query}),
    changes.map(lambda change: {"my_chat_member": change}),
    st.builds(lambda kind, value: {kind: value}, st.sampled_from(_OTHER_KINDS), values),
    st.builds(lambda kind, value: {kind: value}, st.sampled_from(ALLOWED_UPDATES), odd),
    st.builds(lambda first, second: {"message": first, "callback_query": second}, messages, callbacks),
)
_ids = st.one_of(st.integers(1, 2**31), st.integers(1, 2**31), st.integers(1, 50), numbers)
updates = st.builds(lambda number, kind: {"update_id": number, **kind}, _ids, _kinds)
bodies = st.one_of(
    updates.map(encode),
    mutated(updates).map(encode),
    mutated(updates).map(encode),
    odd.map(encode),
    broken(updates.map(encode)),
)
"""What arrives at the webhook."""
