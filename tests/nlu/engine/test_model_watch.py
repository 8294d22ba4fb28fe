"""A new model is taken up while turns are handled; what is no model changes nothing."""

from __future__ import annotations

import asyncio
import itertools
import os
import shutil
import subprocess
import sys
import tarfile
import time
from collections.abc import AsyncIterator, Callable
from pathlib import Path

import pytest
from rasa.shared.core.domain import Domain

from nlu.engine import patches
from nlu.engine.agent import EngineAgent, TurnOutput
from nlu.engine.endpoint import KeepAliveEndpoint
from nlu.engine.messages import Turn, to_user_message
from nlu.engine.model_watch import ModelWatch, stamp
from nlu.engine.tracker_store import SliceTrackerStore
from ops.ports import free_port
from tests.nlu.engine.conftest import PROJECT, ROOT, Actions, engine_command, engine_environment, wait_for_port

NEW_LINE = "زقزقة العصافير عند الفجر"


@pytest.fixture(scope="session")
def second_model(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Trained from the same project with a line more, as the console does."""
    folder = tmp_path_factory.mktemp("second")
    changes = folder / "changes.json"
    changes.write_text(f'{{"number": 2, "added": {{"greet": ["{NEW_LINE}"]}}, "removed": {{}}}}', encoding="utf-8")
    command = [sys.executable, "-m", "nlu.engine.train", "--config", str(PROJECT / "config.yml")]
    command += ["--domain", str(PROJECT / "domain.yml"), "--data", str(PROJECT / "data")]
    command += ["--models", str(folder), "--changes", str(changes), "--background"]
    subprocess.run(command, cwd=ROOT, check=True, env={**os.environ, "PYTHONPATH": "."}, capture_output=True)
    return folder / "current.tar.gz"


@pytest.fixture
def place(tmp_path: Path, model: Path) -> Path:
    """Where the model in use lies."""
    return Path(shutil.copy(model, tmp_path / "current.tar.gz"))


@pytest.fixture
async def agent(place: Path, actions: Actions, tmp_path: Path) -> AsyncIterator[EngineAgent]:
    patches.apply()
    endpoint = KeepAliveEndpoint(actions.url)
    store = SliceTrackerStore(url=f"sqlite:///{tmp_path / 'engine.db'}")
    made = EngineAgent(tracker_store=store, action_endpoint=endpoint)
    made.load_model(place)
    yield made
    await endpoint.close()
    store.close()


def replace(place: Path, by: Path) -> None:
    """As it is done when a model is promoted: in one step."""
    beside = place.with_name("new")
    shutil.copy(by, beside)
    os.replace(beside, place)


async def test_turns_go_on_while_the_model_changes(
    agent: EngineAgent, place: Path, model: Path, second_model: Path
) -> None:
    watch = ModelWatch(agent, place, 0.01, stamp(place))
    assert not await watch.look()
    before = agent.model_id
    following = asyncio.create_task(watch.run())
    slowest, handled, seen = 0.0, 0, {before}
    swaps = 0
    ends = time.monotonic() + 6
    for number in itertools.count():
        output = TurnOutput()
        started = time.monotonic()
        turn = Turn(f"s{number % 5}", str(number), "شكد الرسوم", None, {})
        await agent.handle_message(to_user_message(turn, agent.domain, output))
        slowest = max(slowest, time.monotonic() - started)
        assert output.answers
        handled += 1
        if agent.model_id not in seen or number == 0:
            seen.add(agent.model_id)
            replace(place, second_model if swaps % 2 == 0 else model)
            swaps += 1
        if time.monotonic() > ends:
            break
    following.cancel()
    print(f"{handled} turns, slowest {slowest * 1000:.0f} ms, {swaps} replacements")
    assert len(seen) == 2


@pytest.mark.parametrize("kind", ["empty", "half", "other", "away"])
async def test_what_is_no_model_changes_nothing(
    agent: EngineAgent, place: Path, model: Path, kind: str, caplog: pytest.LogCaptureFixture
) -> None:
    before = agent.model_id
    watch = ModelWatch(agent, place, 0.01, stamp(place))
    spoil(place, kind)
    assert not await watch.look()
    assert not await watch.look()
    assert agent.model_id == before
    assert [record.message for record in caplog.records] == ([] if kind == "away" else ["model_refused"])
    replace(place, model)
    assert await watch.look()


def spoil(place: Path, kind: str) -> None:
    broken = place.with_name("broken")
    if kind == "away":
        place.unlink()
        return
    if kind == "other":
        with tarfile.open(broken, "w:gz") as archive:
            archive.add(__file__, "readme.txt")
    else:
        whole = place.read_bytes()
        broken.write_bytes(b"" if kind == "empty" else whole[: len(whole) // 2])
    replace(place, broken)


async def test_a_model_of_another_domain_waits_for_a_restart(
    agent: EngineAgent, place: Path, second_model: Path, caplog: pytest.LogCaptureFixture
) -> None:
    agent.domain = Domain.from_dict({**agent.domain.as_dict(), "actions": ["action_of_tomorrow"]})
    before = agent.model_id
    watch = ModelWatch(agent, place, 0.01, stamp(place))
    replace(place, second_model)
    assert not await watch.look()
    assert agent.model_id == before
    assert "OtherDomainError" in str(vars(caplog.records[-1]))


def test_a_running_engine_takes_it_up(
    place: Path, second_model: Path, tmp_path: Path, actions_process: str, request: pytest.FixtureRequest
) -> None:
    port = free_port()
    command = [*engine_command(place, port, tmp_path, actions_process), "--model-poll-seconds", "0.2"]
    process = subprocess.Popen(command, cwd=ROOT, env=engine_environment(), stderr=subprocess.PIPE, text=True)
    request.addfinalizer(process.kill)
    wait_for_port(port, process)
    replace(place, second_model)
    log = ""
    assert process.stderr is not None
    for line in process.stderr:
        log += line
        if "model_taken_up" in line:
            break
    process.terminate()
    assert process.wait(20) == 0
    assert "model_taken_up" in log


def test_a_command_in_the_background_ends_with_its_starter(tmp_path: Path) -> None:
    lasting = (
        "import time; from nlu.engine import background; background.give_way(); print('on', flush=True); time.sleep(60)"
    )
    starter = (
        "import subprocess, sys; child = subprocess.Popen([sys.executable, '-c', sys.argv[1]], stdout=subprocess.PIPE);"
        "child.stdout.readline(); print(child.pid, flush=True)"
    )
    done = subprocess.run(
        [sys.executable, "-c", starter, lasting],
        cwd=ROOT,
        env=engine_environment(),
        check=True,
        capture_output=True,
        text=True,
    )
    child = int(done.stdout)
    eventually(lambda: not Path(f"/proc/{child}").exists() or "Z" in Path(f"/proc/{child}/stat").read_text().split()[2])


def eventually(true: Callable[[], bool]) -> None:
    deadline = time.monotonic() + 10
    while not true():
        assert time.monotonic() < deadline
        time.sleep(0.05)
