"""Which action a line means, where the vault has put tokens into it."""

from typing import Any, cast

import pytest
from rasa_sdk import Tracker

from actions.answer import ActionOutOfScope
from actions.beginning import COMPLAIN, RESULT
from actions.meant import meant

SAMPLE, PROOF = "⟦sample:1a2b3c4d⟧", "⟦nid:5e6f7a8b⟧"


def tracker(text: str) -> Tracker:
    return cast(Any, Tracker)("c1", {}, {"text": text}, [], False, None, {}, "action_listen")


@pytest.mark.parametrize(
    "text",
    [
        SAMPLE,
        f"{SAMPLE} {PROOF}",
        f"{PROOF}، {SAMPLE}",
        f"{SAMPLE} ⟦birth:5e6f7a8b⟧",
        f"{SAMPLE} 1985",
        f"رقمها {SAMPLE} وهويتي {PROOF}",
    ],
)
async def test_a_sample_number_and_its_proof_ask_for_the_result(text: str) -> None:
    assert await meant(ActionOutOfScope(), tracker(text)) is RESULT


@pytest.mark.parametrize("text", [f"الوكيل ما نطاني شي {SAMPLE} {PROOF}", PROOF])
async def test_other_lines_with_tokens_stay(text: str) -> None:
    assert await meant(COMPLAIN, tracker(text)) is COMPLAIN
