"""What the channel takes and gives."""

from __future__ import annotations

import json
from typing import Any

import pytest
from rasa.shared.core.domain import Domain

from nlu.engine.messages import (
    ID_MAX_CHARS,
    TEXT_MAX_CHARS,
    BadTurnError,
    Turn,
    parse_payload,
    read_turn,
    to_answers,
    to_user_message,
)
from tests.nlu.engine.conftest import PROJECT

GOOD = {"sender": "s", "message_id": "m", "text": "هلو"}


@pytest.fixture(scope="module")
def domain() -> Domain:
    return Domain.load(str(PROJECT / "domain.yml"))


def test_a_turn_is_read() -> None:
    assert read_turn(json.dumps({**GOOD, "metadata": {"a": 1}}).encode()) == Turn("s", "m", "هلو", None, {"a": 1})


@pytest.mark.parametrize(
    ("body", "code"),
    [
        (b"{", "bad_json"),
        (b"[]", "bad_json"),
        (b"\xff", "bad_json"),
        ({**GOOD, "sender": ""}, "bad_sender"),
        ({**GOOD, "sender": 5}, "bad_sender"),
        ({**GOOD, "message_id": None}, "bad_message_id"),
        ({**GOOD, "message_id": "m" * (ID_MAX_CHARS + 1)}, "bad_message_id"),
        ({**GOOD, "payload": "/greet"}, "bad_text"),
        ({**GOOD, "text": None}, "bad_text"),
        ({**GOOD, "text": "ا" * (TEXT_MAX_CHARS + 1)}, "bad_text"),
        ({**GOOD, "text": None, "payload": 5}, "bad_payload"),
        ({**GOOD, "metadata": [1]}, "bad_metadata"),
    ],
)
def test_what_is_no_turn_is_refused(body: Any, code: str) -> None:
    with pytest.raises(BadTurnError, match=code):
        read_turn(body if isinstance(body, bytes) else json.dumps(body).encode())


def test_a_payload_is_understood_without_the_model(domain: Domain) -> None:
    parsed = parse_payload('/ask_fee{"service": "loan-01"}', domain)
    assert parsed["intent"] == {"name": "ask_fee", "confidence": 1.0}
    assert [(entity["entity"], entity["value"]) for entity in parsed["entities"]] == [("service", "loan-01")]


@pytest.mark.parametrize(
    "payload",
    [
        "",
        "ask_fee",
        "/",
        "/unknown",
        "/restart",
        "/back",
        "/session_start",
        "/ask_fee {}",
        "/ask_fee{",
        "/ask_fee[]",
        '/ask_fee{"service": {"a": 1}}',
        '/ask_fee{"service": null}',
        '/ask_fee{"service": NaN}',
        '/ask_fee{"stranger": "x"}',
        "/ask_fee@0.5",
        "/ask_fee\n/greet",
    ],
)
def test_a_payload_that_is_not_exactly_right_is_refused(domain: Domain, payload: str) -> None:
    with pytest.raises(BadTurnError, match="bad_payload"):
        parse_payload(payload, domain)


def test_a_payload_has_no_text_that_could_fill_a_slot(domain: Domain) -> None:
    message = to_user_message(Turn("s", "m", None, "/greet", {}), domain, None)
    assert message.text is None
    assert message.parse_data["intent"]["name"] == "greet"


def test_answers_take_the_products_form() -> None:
    answers = to_answers(
        [
            {"text": "a\n\nb", "buttons": [{"title": "t", "payload": "/greet", "type": "postback"}], "custom": None},
            {
                "text": None,
                "custom": {"text": "c", "buttons": [], "attachments": [{"name": "n.pdf", "url": "https://x/n"}]},
            },
            {"text": "picture", "image": "https://x.example/p/map.png?size=2", "attachment": None},
            {"text": None, "custom": None},
        ]
    )
    assert answers == [
        {"text": "a\n\nb", "buttons": [{"title": "t", "payload": "/greet"}], "attachments": []},
        {
            "text": "c",
            "buttons": [],
            "attachments": [{"name": "n.pdf", "media_type": "application/pdf", "url": "https://x/n"}],
        },
        {
            "text": "picture",
            "buttons": [],
            "attachments": [
                {"name": "map.png", "media_type": "image/png", "url": "https://x.example/p/map.png?size=2"}
            ],
        },
    ]
