"""Several engines: in turn, and the others when one is away."""

import pytest

from bot.turns.engine import EngineClient, EngineUnavailableError
from bot.turns.engines import LONGEST_REST_SECONDS, Engines
from foundation.settings import Settings
from ops.ports import free_port
from tests.bot.conftest import running
from tests.bot.fake_engine import FakeEngine
from tests.bot.serving import serving


class _Clock:
    seconds = 100.0

    def __call__(self) -> float:
        return self.seconds


class TestOrder:
    def test_in_turn(self) -> None:
        engines = Engines(" http://a:1/ , http://b:2,")
        assert engines.urls == ["http://a:1", "http://b:2"]
        assert [engines.order()[0] for _ in range(3)] == ["http://a:1", "http://b:2", "http://a:1"]

    def test_one_that_failed_comes_last_until_it_has_rested(self) -> None:
        clock = _Clock()
        engines = Engines("http://a,http://b", clock)
        engines.failed("http://a")
        assert {tuple(engines.order()) for _ in range(4)} == {("http://b", "http://a")}
        clock.seconds += 1.1
        assert {engines.order()[0] for _ in range(2)} == {"http://a", "http://b"}

    def test_rests_grow_and_end_with_an_answer(self) -> None:
        clock = _Clock()
        engines = Engines("http://a,http://b", clock)
        for _ in range(40):
            engines.failed("http://a")
        clock.seconds += LONGEST_REST_SECONDS - 1
        assert engines.order()[0] == "http://b" == engines.order()[0]
        engines.answered("http://a")
        assert {engines.order()[0] for _ in range(2)} == {"http://a", "http://b"}


async def test_turns_go_to_both_and_to_one_when_the_other_is_away(settings: Settings, engine: FakeEngine) -> None:
    other = FakeEngine(token=engine.token, stored=engine.stored)
    port = free_port()
    both = settings.model_copy(update={"engine_url": f"{settings.engine_url},http://127.0.0.1:{port}"})
    async with running(both) as bot:
        citizen = await bot.citizen()
        assert await citizen.hears("أول") == "جواب أول"
        assert (await bot.http.get("/readyz")).json()["checks"]["engine"]
        async with serving(other.app(), port):
            for number in range(6):
                assert await citizen.hears(f"سؤال {number}") == f"جواب سؤال {number}"
        assert await citizen.hears("آخر") == "جواب آخر"
    assert sorted(engine.heard + other.heard) == sorted(["أول", "آخر", *(f"سؤال {number}" for number in range(6))])


async def test_none_can_be_reached() -> None:
    urls = ",".join(f"http://127.0.0.1:{free_port()}" for _ in range(2))
    client = EngineClient(Settings(_env_file=None, engine_url=urls))
    with pytest.raises(EngineUnavailableError, match="UnreachableError"):
        await client.turn("s", "m", channel="web", text="هلو")
    assert not await client.alive()
    await client.close()
