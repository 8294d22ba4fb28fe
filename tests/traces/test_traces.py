"""One message is one trace over three processes; nothing of what was said is in it."""

import asyncio
from contextlib import ExitStack
from pathlib import Path

import pytest

from bench.database import prepared
from bench.product import product
from foundation import tracing
from foundation.clock import utc_now
from ops.prepare import ENGINE_PYTHON, MODEL
from tests.bot.serving import eventually, serving
from tests.telegram_emulator.citizen import Person
from tests.telegram_emulator.server import make_server
from tests.telegram_emulator.state import TOKEN, Telegram
from tests.traces.collector import Collector, Span

TIMEOUT_SECONDS = 300
TEXT = "شكد رسوم شهادة الولادة"


@pytest.mark.engine
@pytest.mark.telegram
@pytest.mark.timeout(TIMEOUT_SECONDS)
async def test_from_telegram_to_telegram(tmp_path: Path) -> None:
    if not MODEL.is_file() or not ENGINE_PYTHON.exists():
        pytest.skip("no trained model: run `make train`")
    telegram, collector = Telegram(), Collector()
    person = Person(telegram, 7_700_000_077)
    async with serving(make_server(telegram)) as telegram_url, serving(collector.app()) as collector_url:
        settings = {
            "TELEGRAM_BOT_TOKEN": TOKEN,
            "TELEGRAM_API_BASE_URL": telegram_url,
            "OTEL_EXPORTER_OTLP_ENDPOINT": collector_url,
            "OTEL_BSP_SCHEDULE_DELAY": "200",
        }
        with ExitStack() as running:
            # Starting and stopping block; the emulator and the collector must answer meanwhile.
            environment = await asyncio.to_thread(prepared, tmp_path, "assistant", settings)
            await asyncio.to_thread(running.enter_context, product(environment, MODEL, tmp_path))
            person.says(TEXT)
            await eventually(lambda: bool(person.received), 60)
            await eventually(lambda: any(span.name == "send" for span in collector.spans), 30)
            await eventually(lambda: {span.service for span in collector.spans} >= {"ur-actions", "ur-engine"}, 30)
            await asyncio.to_thread(running.close)
    spans = {span.id: span for span in collector.spans}
    assert len({span.trace for span in spans.values()}) == 1
    (whole,) = (span for span in spans.values() if span.name == "message")
    assert not whole.parent
    assert all(span.parent in spans for span in spans.values() if span is not whole), "a span without its parent"
    assert {(span.service, span.name) for span in spans.values()} >= {
        ("ur-bot", "message"),
        ("ur-bot", "turn"),
        ("ur-bot", "inbox wait"),
        ("ur-bot", "engine call"),
        ("ur-bot", "commit"),
        ("ur-bot", "send"),
        ("ur-engine", "engine turn"),
        ("ur-engine", "parse"),
        ("ur-engine", "predict"),
        ("ur-engine", "run action"),
        ("ur-engine", "save"),
        ("ur-actions", "action"),
        ("ur-actions", "search"),
    }
    assert _above(spans, "search") == ["action", "run action", "engine turn", "engine call", "turn", "message"]
    assert _above(spans, "send") == ["message"]
    assert not any(span.failed for span in spans.values())
    told = str([span.attributes for span in spans.values()])
    assert set(told) & set("شكدرسومهاةلو") == set()
    assert str(person.id) not in told
    assert {name for span in spans.values() for name in span.attributes} <= {"channel", "action"}


def _above(spans: dict[str, Span], name: str) -> list[str]:
    span = next(each for each in spans.values() if each.name == name)
    names = []
    while span.parent:
        span = spans[span.parent]
        names.append(span.name)
    return names


class TestInOneProcess:
    def test_off_costs_nothing_and_tells_nothing(self) -> None:
        tracing.start("ur-test", None)
        assert not tracing.on()
        assert tracing.span("a") is tracing.span("b", channel="web") is tracing.within(1)
        assert tracing.headers() == {}

    async def test_a_failure_is_named_by_its_kind_only(self) -> None:
        collector = Collector()
        async with serving(collector.app()) as url:
            tracing.start("ur-test", url)
            try:
                with pytest.raises(ValueError, match="رقمي"), tracing.span("turn"):
                    raise ValueError("رقمي 07701234567")
            finally:
                await asyncio.to_thread(tracing.stop)
        (span,) = collector.spans
        assert span.failed
        assert list(span.attributes) == ["error.type"]
        assert "0770" not in str(span)

    async def test_one_message_has_one_trace_whoever_works_on_it(self) -> None:
        collector = Collector()
        async with serving(collector.app()) as url:
            for secret in ("one", "one", "another"):
                tracing.start("ur-test", url, secret)
                with tracing.within(7), tracing.span("turn"):
                    header = tracing.headers()["traceparent"]
                tracing.whole(7, utc_now(), utc_now())
                tracing.adopt(header)
                with tracing.span("engine turn"):
                    pass
                tracing.adopt(None)
                with tracing.span("alone"):
                    pass
                await asyncio.to_thread(tracing.stop)
        by_name = {name: [span.trace for span in collector.spans if span.name == name] for name in ("turn", "message")}
        first, again, other = by_name["turn"]
        assert first == again != other
        assert by_name["message"] == by_name["turn"]
        assert [span.trace for span in collector.spans if span.name == "engine turn"] == by_name["turn"]
        assert not any(span.parent for span in collector.spans if span.name == "alone")

    async def test_the_share_that_is_asked_for(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setenv("OTEL_TRACES_SAMPLER", "parentbased_traceidratio")
        monkeypatch.setenv("OTEL_TRACES_SAMPLER_ARG", "0.5")
        collector = Collector()
        async with serving(collector.app()) as url:
            tracing.start("ur-test", url)
            for number in range(200):
                with tracing.within(number), tracing.span("turn"):
                    pass
                tracing.whole(number, utc_now(), utc_now())
            await asyncio.to_thread(tracing.stop)
        turns = {span.trace for span in collector.spans if span.name == "turn"}
        assert turns == {span.trace for span in collector.spans if span.name == "message"}
        assert 60 < len(turns) < 140
