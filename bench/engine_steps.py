"""What each step of the lean engine saves: CPU time of one turn with one custom action, and its growth.

    PYTHONPATH=. nlu/.venv/bin/python bench/engine_steps.py

Each step runs in a process of its own, on the small assistant of the engine's tests, against an action server in
another process. CPU time of the engine's process is measured, since wall time on a shared machine tells more about its
neighbours.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import os
import resource
import subprocess
import sys
import tempfile
import time
import warnings
from collections.abc import Callable
from pathlib import Path
from typing import Any, Final

ROOT: Final = Path(__file__).resolve().parents[1]
PROJECT: Final = ROOT / "tests" / "nlu" / "engine" / "project"
CONVERSATIONS: Final = 60
EARLY_TURN: Final = 5
LATE_TURN: Final = 150
TEXT: Final = "شكد الرسوم"

STEPS: Final = (
    "Rasa 3.6.21, rules only, in-memory store",
    "+ one compiled validator for action results",
    "+ kept-alive connection, domain not sent",
    "+ planned graph instead of dask",
    "+ no copies for debug logs, no search for rules on texts",
    "+ processor and bounded slice, in SQLite",
)


def measure(step: int, model: Path, actions_url: str) -> dict[str, Any]:
    """Measures one step in this process.

    Args:
        step: Index into `STEPS`; all steps up to it are in force.
        model: The trained model's archive.
        actions_url: The action server's webhook.

    Returns:
        `cpu_ms` of an early turn (median of `CONVERSATIONS`), `late_cpu_ms` of turn `LATE_TURN`, `rss_mb`.
    """
    warnings.showwarning = lambda *_args, **_kwargs: None
    from nlu.engine import lean

    lean.install(serving=True)
    from nlu.engine import log, patches

    log.configure("WARNING")
    if step >= 1:
        patches.validate_action_results_with_one_validator()
    if step >= 4:
        patches.skip_copies_for_debug_logs()
        patches.skip_rules_on_texts()
    return asyncio.run(_turns(_make_agent(step, model, actions_url)))


def _make_agent(step: int, model: Path, actions_url: str) -> Any:
    from rasa.core.agent import Agent
    from rasa.utils.endpoints import EndpointConfig

    from nlu.engine.agent import EngineAgent, load_model
    from nlu.engine.endpoint import KeepAliveEndpoint
    from nlu.engine.tracker_store import SliceTrackerStore

    endpoint = KeepAliveEndpoint(actions_url) if step >= 2 else EndpointConfig(actions_url)
    if step >= 5:
        store = SliceTrackerStore(url=f"sqlite:///{model.parent / f'step{step}.db'}")
        agent = EngineAgent(tracker_store=store, action_endpoint=endpoint)
        agent.load_model(model)
        return agent
    agent = Agent.load(str(model), action_endpoint=endpoint)
    if step >= 3:
        agent.processor.graph_runner = load_model(model)[2]
    return agent


async def _turns(agent: Any) -> dict[str, Any]:
    from rasa.core.channels.channel import UserMessage

    from nlu.engine.agent import TurnOutput

    async def turn(sender: str, number: int) -> float:
        started = time.process_time()
        message = UserMessage(TEXT, TurnOutput(), sender_id=sender, message_id=f"{sender}-{number}")
        await agent.handle_message(message)
        return (time.process_time() - started) * 1_000

    early = []
    for conversation in range(CONVERSATIONS):
        spent = [await turn(f"c{conversation}", number) for number in range(EARLY_TURN)]
        early.append(spent[-1])
    long = [await turn("long", number) for number in range(LATE_TURN)]
    close: Callable[[], Any] | None = getattr(agent.action_endpoint, "close", None)
    if close:
        await close()
    return {
        "cpu_ms": round(sorted(early)[len(early) // 2], 2),
        "late_cpu_ms": round(sorted(long[-9:])[4], 2),
        "rss_mb": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024,
    }


def _serve_actions(port: int) -> None:
    from aiohttp import web

    async def answer(request: web.Request) -> web.Response:
        await request.read()
        event = {"event": "slot", "name": "topic", "value": "loan-01", "timestamp": None}
        return web.json_response({"events": [event], "responses": [{"text": "الرسوم: ألف دينار"}]})

    app = web.Application(client_max_size=8 * 2**20)
    app.router.add_post("/webhook", answer)
    web.run_app(app, host="127.0.0.1", port=port, print=None, access_log=None)


def main() -> None:
    """Runs all steps and prints a table and a JSON line."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--port", type=int, default=5956, help="port for the action server")
    parser.add_argument("--step", type=int)
    parser.add_argument("--model", type=Path)
    parser.add_argument("--serve-actions", action="store_true")
    arguments = parser.parse_args()
    url = f"http://127.0.0.1:{arguments.port}/webhook"
    if arguments.serve_actions:
        return _serve_actions(arguments.port)
    if arguments.step is not None:
        print(json.dumps(measure(arguments.step, arguments.model, url)))
        return None
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    with tempfile.TemporaryDirectory() as folder:
        train = [sys.executable, "-m", "nlu.engine.train", "--config", str(PROJECT / "config.yml")]
        train += ["--domain", str(PROJECT / "domain.yml"), "--data", str(PROJECT / "data"), "--models", folder]
        subprocess.run(train, cwd=ROOT, env=environment, check=True, stdout=subprocess.DEVNULL)
        this = [sys.executable, __file__, "--port", str(arguments.port)]
        server = subprocess.Popen([*this, "--serve-actions"], env=environment)
        rows = []
        try:
            for step, name in enumerate(STEPS):
                command = [*this, "--step", str(step), "--model", str(Path(folder) / "current.tar.gz")]
                done = subprocess.run(command, env=environment, check=True, capture_output=True, text=True)
                row = {"step": name, **json.loads(done.stdout.splitlines()[-1])}
                rows.append(row)
                early, late = row["cpu_ms"], row["late_cpu_ms"]
                print(f"{name:58} turn {EARLY_TURN}: {early:6.2f} ms   turn {LATE_TURN}: {late:7.2f} ms", flush=True)
        finally:
            server.terminate()
            server.wait()
    print(json.dumps({"engine_steps": rows}, ensure_ascii=False))
    return None


if __name__ == "__main__":
    main()
