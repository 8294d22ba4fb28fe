"""From the citizen to the agent's screen and back: how fast, on both channels, in one process and across two."""

import asyncio
import json
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from time import perf_counter

import httpx

from bot.app import create_app
from foundation.database import SessionFactory
from foundation.settings import Settings
from operations.accounts.models import Role
from tests.bot.conftest import Bot, polling_bot, telegram_settings, telegram_url  # noqa: F401  # fixtures
from tests.bot.serving import eventually, serving
from tests.console.conftest import Colleague, Office

ONE_PROCESS_SECONDS = 0.3
ACROSS_SECONDS = 1.0
ROUNDS = 5
BUSY = 3
"""A shared machine may be this many times slower than the figure; the figure itself is the median's."""


class Stream:
    """Events of an open stream as they come, each with its time."""

    def __init__(self) -> None:
        self.events: list[tuple[float, str, str]] = []

    async def read(self, response: httpx.Response) -> None:
        """Reads until cancelled."""
        kind, data = "message", []
        async for line in response.aiter_lines():
            if line.startswith("event:"):
                kind = line.removeprefix("event:").strip()
            elif line.startswith("data:"):
                data.append(line.removeprefix("data:").strip())
            elif not line and data:
                self.events.append((perf_counter(), kind, "\n".join(data)))
                kind, data = "message", []

    async def sees(self, text: str) -> float:
        """Waits until an event holds `text`; when it came."""
        await eventually(lambda: any(text in data for _, _, data in self.events))
        return next(at for at, _, data in self.events if text in data)


@asynccontextmanager
async def following(http: httpx.AsyncClient, path: str) -> AsyncIterator[Stream]:
    """An open stream."""
    stream = Stream()
    async with http.stream("GET", path, headers={"Accept": "text/event-stream"}) as response:
        assert response.status_code == 200
        reading = asyncio.create_task(stream.read(response))
        await asyncio.sleep(0.2)
        yield stream
        reading.cancel()
        await asyncio.gather(reading, return_exceptions=True)


async def _measure(office: Office, sara: Colleague, desk: httpx.AsyncClient) -> tuple[float, float]:
    """Medians of the two ways, in seconds: citizen to screen, screen to citizen."""
    citizen = await office.citizen("مرحبا")
    queued = await office.queues()
    headers = {"X-CSRF-Token": sara.csrf}
    assert (await desk.post(f"/console/handoffs/{queued.handoff_id}/claim", headers=headers)).status_code == 303
    there, back = [], []
    async with (
        following(desk, f"/console/handoffs/{queued.handoff_id}/events") as screen,
        following(office.http, f"/api/chat/{citizen.conversation}/events") as phone,
    ):
        for mark in "ابتثج":
            began = perf_counter()
            sent = asyncio.create_task(citizen.says(f"رسالة {mark}"))
            there.append(await screen.sees(f"رسالة {mark}") - began)
            assert await sent == []
            began = perf_counter()
            path = f"/console/handoffs/{queued.handoff_id}/reply"
            assert (await desk.post(path, headers=headers, data={"text": f"جوابنا {mark}"})).status_code == 204
            back.append(await phone.sees(f"جوابنا {mark}") - began)
        assert [json.loads(data)["from"] for _, kind, data in phone.events if "جوابنا" in data] == ["سارة"] * ROUNDS
    return sorted(there)[ROUNDS // 2], sorted(back)[ROUNDS // 2]


async def test_in_one_process(office: Office, record_property: Callable[[str, object], None]) -> None:
    sara = await office.colleague("sara", "سارة", Role.AGENT)
    there, back = await _measure(office, sara, sara.http)
    record_property("to_screen_seconds", there)
    record_property("to_citizen_seconds", back)
    print(f"one process: to the screen {there:.3f} s, to the citizen {back:.3f} s")
    assert there < ONE_PROCESS_SECONDS * BUSY
    assert back < ONE_PROCESS_SECONDS * BUSY


async def test_across_processes(office: Office, settings: Settings) -> None:
    sara = await office.colleague("sara", "سارة", Role.AGENT)
    async with (
        serving(create_app(settings)) as other,
        httpx.AsyncClient(base_url=other, timeout=30, cookies=sara.http.cookies) as desk,
    ):
        there, back = await _measure(office, sara, desk)
    print(f"two processes: to the screen {there:.3f} s, to the citizen {back:.3f} s")
    assert there < ACROSS_SECONDS * BUSY
    assert back < ACROSS_SECONDS * BUSY


async def test_on_telegram(polling_bot: Bot, sessions: SessionFactory) -> None:  # noqa: F811
    office = Office(str(polling_bot.http.base_url), sessions, polling_bot.http)
    person = polling_bot.person()

    def heard() -> list[str]:
        return [str(message.get("text", "")) for message in person.received]

    person.says("أريد موظف")
    await eventually(lambda: any("جواب" in text for text in heard()))
    queued = await office.queues()
    sara = await office.colleague("sara", "سارة", Role.AGENT)
    page = f"/console/handoffs/{queued.handoff_id}"
    assert (await sara.sends(f"{page}/claim")).status_code == 303
    assert (await sara.sends(f"{page}/reply", text="أهلاً، كيف أساعدك؟")).status_code == 204
    await eventually(lambda: any("أهلاً، كيف أساعدك؟" in text and "سارة" in text for text in heard()))
    assert (await sara.sends(f"{page}/draft", text="أكتب")).status_code == 204
    before = len(heard())
    person.says("جوازي ضايع")
    async with following(sara.http, f"{page}/events") as screen:
        await screen.sees("جوازي ضايع")
    assert len(heard()) == before  # the assistant does not speak over a person
    assert (await sara.sends(f"{page}/close", reason="helped")).status_code == 303
    await eventually(lambda: any("كيف كانت المساعدة" in text for text in heard()))
    for someone in office.inside:
        await someone.http.aclose()
