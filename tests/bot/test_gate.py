"""The gate and what it stands on: commands, sentences, rate limits, reading updates."""

import asyncio
import string
import subprocess
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from shutil import which

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from bot import gate, sentences
from bot.commands import payload_of
from bot.gate import Answer, Circumstances, Silence, ToEngine
from bot.incoming import Incoming, Kind
from bot.ratelimit import Allowance, MemoryRateLimiter, RateLimiter, RedisRateLimiter
from bot.telegram.pace import CHAT_BURST, Pace
from bot.telegram.updates import UnreadableUpdateError, open_envelope, read
from ops.ports import free_port

NOON = datetime(2026, 11, 23, 12, tzinfo=UTC)
_FIELDS = (
    "update_id", "message", "edited_message", "callback_query", "my_chat_member", "chat", "id", "type", "text", "data",
    "from", "caption", "photo", "location", "media_group_id", "new_chat_member", "status",
)  # fmt: skip
ANY_JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(
            st.sampled_from(_FIELDS) | st.text(max_size=5),
            inner,
            max_size=6,
        )
    ),
    max_leaves=12,
)


class TestCommands:
    @pytest.mark.parametrize(
        ("text", "payload"),
        [
            ("/start", "/greet"),
            (" /HELP ", "/help"),
            ("/services@UrAssistantBot", "/list_services"),
            ("/cancel الآن", "/cancel"),
            ("/start svc_loan-01", '/ask_service{"service": "loan-01"}'),
            ("/start svc_loan-01x", "/greet"),
            ('/start svc_"}', "/greet"),
            ("/greet", None),
            ('/ask_fee{"service":"loan-01"}', None),
            ("/help@someone_else", None),
            ("help", None),
        ],
    )
    def test_payload(self, text: str, payload: str | None) -> None:
        assert payload_of(text) == payload


class TestJudge:
    def test_refusal_comes_before_the_engine(self) -> None:
        text = Incoming(Kind.TEXT, text="سؤال")
        first = gate.judge(text, Circumstances(Allowance.REFUSED_FIRST), max_chars=10)
        assert isinstance(first, Answer)
        assert gate.judge(text, Circumstances(Allowance.REFUSED), max_chars=10) == Silence("rate_limited")

    def test_group_is_silent_after_the_first_answer(self) -> None:
        group = Incoming(Kind.GROUP)
        assert isinstance(gate.judge(group, Circumstances(own_link="x"), max_chars=10), Answer)
        assert isinstance(gate.judge(group, Circumstances(answered_before=True), max_chars=10), Silence)

    def test_button_becomes_its_payload(self) -> None:
        verdict = gate.judge(Incoming(Kind.BUTTON, button="x"), Circumstances(button_payload="/a"), max_chars=10)
        assert verdict == ToEngine(payload="/a")

    @given(st.sampled_from(Kind), st.text())
    def test_every_kind_and_text_has_a_verdict(self, kind: Kind, text: str) -> None:
        assert gate.judge(Incoming(kind, text=gate.clean(text)), Circumstances(), max_chars=20) is not None

    @given(st.text(alphabet=string.printable + "⟦⟧\u202e\u200b\x00اب"))
    def test_clean_text_holds_no_token_sign_and_no_control(self, text: str) -> None:
        cleaned = gate.clean(text)
        assert not set(cleaned) & set("⟦⟧\u202e\u200b\x00")
        assert gate.clean(cleaned) == cleaned


def test_sentences_are_complete() -> None:
    path = sentences._FILE
    for key in yaml.safe_load(path.read_text(encoding="utf-8")):
        reply = sentences.say(key)
        assert reply.text
        assert all(button.payload.startswith("/") for button in reply.buttons)
    assert len(sentences.text_of("short_description")) <= 120
    assert len(sentences.text_of("description")) <= 512


class TestReading:
    @given(ANY_JSON)
    def test_any_update_is_read_or_refused(self, raw: object) -> None:
        try:
            envelope = open_envelope(raw)
        except UnreadableUpdateError:
            return
        if envelope.asks:
            assert isinstance(raw, dict)
            assert isinstance(read(raw), Incoming)

    def test_press_under_an_inaccessible_message(self) -> None:
        raw = {
            "update_id": 1,
            "callback_query": {
                "id": "9",
                "from": {"id": 5},
                "data": "x",
                "message": {"message_id": 1, "date": 0, "chat": {"id": 5, "type": "private"}},
            },
        }
        assert open_envelope(raw).chat_id == 5
        assert read(raw) == Incoming(Kind.BUTTON, button="x")

    def test_moving_live_location_is_silent(self) -> None:
        raw = {"update_id": 1, "edited_message": {"chat": {"id": 5, "type": "private"}, "location": {"latitude": 1}}}
        assert read(raw).kind is Kind.SILENT


@pytest.fixture(params=["memory", "redis"])
def limiter(request: pytest.FixtureRequest) -> Iterator[RateLimiter]:
    """A limiter of two messages a minute."""
    if request.param == "memory":
        yield MemoryRateLimiter(2)
        return
    server = which("redis-server")
    if server is None:
        pytest.skip("no redis-server on PATH")
    port = free_port()
    redis = subprocess.Popen([server, "--port", str(port), "--save", "", "--bind", "127.0.0.1"], stdout=subprocess.PIPE)
    assert redis.stdout is not None
    for line in redis.stdout:
        if b"Ready to accept connections" in line:
            break
    yield RedisRateLimiter(2, f"redis://127.0.0.1:{port}")
    redis.terminate()
    redis.wait()
    redis.stdout.close()


class TestRateLimit:
    async def test_window_slides_and_refusal_is_told_once(self, limiter: RateLimiter) -> None:
        moments = [0, 10, 20, 30, 61, 62, 63, 71]
        outcomes = [await limiter.hit("a", NOON + timedelta(seconds=moment)) for moment in moments]
        granted, first, refused = Allowance.GRANTED, Allowance.REFUSED_FIRST, Allowance.REFUSED
        assert outcomes == [granted, granted, first, refused, granted, first, refused, granted]
        assert await limiter.hit("b", NOON) is granted
        await limiter.close()

    async def test_redis_away_lets_everybody_in(self) -> None:
        limiter = RedisRateLimiter(1, f"redis://127.0.0.1:{free_port()}")
        assert [await limiter.hit("a", NOON) for _ in range(2)] == [Allowance.GRANTED] * 2
        await limiter.close()


async def test_pace_allows_a_burst_then_one_a_second(monkeypatch: pytest.MonkeyPatch) -> None:
    waits: list[float] = []

    async def sleep(seconds: float) -> None:
        waits.append(seconds)

    monkeypatch.setattr(asyncio, "sleep", sleep)
    pace = Pace(monotonic=lambda: 100.0)
    for _ in range(CHAT_BURST + 2):
        await pace.wait("1")
    assert [round(wait) for wait in waits[::2]] == [0] * CHAT_BURST + [1, 2]
