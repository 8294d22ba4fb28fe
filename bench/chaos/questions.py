"""Questions whose answers tell them apart: asked in peace first, so that an answer names its question."""

import asyncio
import random
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final

import httpx
import yaml

from bench.errors import BenchError
from foundation.settings import ROOT

CONTENT: Final = ROOT / "catalog" / "content" / "services"
FACETS: Final = ("شنو المستمسكات المطلوبة لخدمة {}؟", "شلون أقدم على {}؟")
ANSWER_MAX_CHARS: Final = 3_000
"""Telegram takes 4,096 a message; an answer in parts would have to be put together again."""
ASKED_FOR_ONE: Final = 1.6
"""Candidates for each question that is needed: some answers are alike, or depend on what was said before."""
CONVERSATIONS: Final = 4
_INVISIBLE: Final = dict.fromkeys(map(ord, "\u200e\u200f\u061c\u2066\u2067\u2068\u2069\u202a\u202b\u202c\u202d\u202e"))


@dataclass(frozen=True, slots=True)
class Question:
    """What is written, and the one answer to it as `bare` gives it."""

    text: str
    answer: str


def bare(text: str) -> str:
    """A text without blanks and direction signs, which a channel may add."""
    return "".join(text.translate(_INVISIBLE).split())


async def learn(http: httpx.AsyncClient, count: int, rng: random.Random) -> Sequence[Question]:
    """Finds `count` questions, each with an answer of its own that does not depend on what was asked before.

    Args:
        http: A client of the bot.
        count: How many are needed.
        rng: Chooses among the catalogue's services.

    Raises:
        BenchError: There are not so many.
    """
    candidates = _candidates(rng)[: int(count * ASKED_FOR_ONE)]
    shuffled = rng.sample(candidates, len(candidates))
    first, second = await asyncio.gather(_answers(http, candidates), _answers(http, shuffled))
    found: dict[str, Question] = {}
    for text in candidates:
        answer = first[text]
        if answer is not None and answer == second[text]:
            found.setdefault(answer, Question(text, answer))
    if len(found) < count:
        raise BenchError(f"only {len(found)} of {len(candidates)} questions have an answer of their own")
    return list(found.values())[:count]


def _candidates(rng: random.Random) -> list[str]:
    texts: list[str] = []
    for file in sorted(CONTENT.glob("*.yml")):
        service = yaml.safe_load(file.read_text(encoding="utf-8"))
        # One of each: a second answer on the same topic in a conversation is shorter.
        opening = f"/start svc_{service['code']}"
        texts.append(rng.choice([opening, *(facet.format(service["name"]) for facet in FACETS)]))
    return rng.sample(texts, len(texts))


async def _answers(http: httpx.AsyncClient, texts: Sequence[str]) -> dict[str, str | None]:
    """The answer to each text, None where there is not exactly one plain message."""
    parts = await asyncio.gather(
        *(_conversation(http, texts[number::CONVERSATIONS]) for number in range(CONVERSATIONS))
    )
    return {text: answer for part in parts for text, answer in part.items()}


async def _conversation(http: httpx.AsyncClient, texts: Sequence[str]) -> dict[str, str | None]:
    token = (await http.post("/api/chat/conversations")).json()["conversation"]
    answers: dict[str, str | None] = {}
    for text in texts:
        response = await http.post(f"/api/chat/{token}/messages", json={"text": text})
        answers[text] = _plain(response.json()["messages"]) if response.status_code == httpx.codes.OK else None
    return answers


def _plain(messages: Sequence[dict[str, Any]]) -> str | None:
    if len(messages) != 1 or messages[0]["attachments"] or len(messages[0]["text"]) > ANSWER_MAX_CHARS:
        return None
    return bare(messages[0]["text"])
