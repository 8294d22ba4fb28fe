"""Our engine against stock Rasa: the same turns, the same action server, in the same minutes."""

import random
from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any, Final

from bench import long_conversation, understanding
from bench.burst import quick_messages
from bench.errors import BenchError
from bench.load import Round, converse
from bench.processes import Served, cpu_seconds, memory_mb, peak_memory_mb, serving
from bench.sides import Ours, Side, Stock, actions_command
from bench.stats import median, percentile
from ops.ports import free_port

AT_ONCE: Final = (1, 4)
"""Citizens who write at the same time."""
TURNS_A_CONVERSATION: Final = 5
CONVERSATIONS: Final = 16
ROUNDS: Final = 5
WARM_UP_CONVERSATIONS: Final = 4
MAX_FAILED_SHARE: Final = 0.05
"""More failed turns than this in a round make its figures worthless."""
STARTS: Final = 2
SEED: Final = 5
STOCK_BURST_ROUNDS: Final = 3


@dataclass(slots=True)
class Measured:
    """What was measured of one side."""

    ready_seconds: list[float] = field(default_factory=list)
    ready_memory_mb: float = 0.0
    peak_memory_mb: float = 0.0
    rounds: dict[int, list[Round]] = field(default_factory=dict)
    """Citizens at once → rounds."""
    engine_cpu_ms: float = 0.0
    """Processor time of the engine's process for one turn, one citizen at a time."""
    actions_cpu_ms: float = 0.0
    accuracy: float | None = None
    growth: long_conversation.Growth | None = None
    burst_seconds: float | None = None

    def turns_per_second(self, at_once: int) -> float:
        """Median over the rounds."""
        return median([one.turns_per_second for one in self.rounds[at_once]])

    def latency_ms(self, at_once: int, share: float) -> float:
        """Median over the rounds of each round's percentile."""
        return median([percentile(one.latencies_ms, share) for one in self.rounds[at_once]])

    def failures(self) -> int:
        """Turns without an answer."""
        return sum(one.failures for rounds in self.rounds.values() for one in rounds)

    def as_json(self) -> dict[str, Any]:
        """For the results file."""
        by_load = {
            str(at_once): {
                "turns_per_second": round(self.turns_per_second(at_once), 2),
                "p50_ms": round(self.latency_ms(at_once, 0.5), 2),
                "p95_ms": round(self.latency_ms(at_once, 0.95), 2),
                "turns_per_second_of_rounds": [round(one.turns_per_second, 2) for one in rounds],
            }
            for at_once, rounds in self.rounds.items()
        }
        return {
            "ready_seconds": [round(one, 2) for one in self.ready_seconds],
            "ready_memory_mb": round(self.ready_memory_mb, 1),
            "peak_memory_mb": round(self.peak_memory_mb, 1),
            "by_citizens_at_once": by_load,
            "engine_cpu_ms_a_turn": round(self.engine_cpu_ms, 2),
            "actions_cpu_ms_a_turn": round(self.actions_cpu_ms, 2),
            "failed_turns": self.failures(),
            "heldout_intent_accuracy": self.accuracy,
            "long_conversation": asdict(self.growth) if self.growth else None,
            "burst4_seconds": self.burst_seconds,
        }


def conversations(texts: Sequence[str], count: int, seed: int) -> list[list[str]]:
    """Conversations of `TURNS_A_CONVERSATION` texts each, the same for the same seed."""
    chosen = random.Random(seed)
    return [chosen.choices(texts, k=TURNS_A_CONVERSATION) for _ in range(count)]


@contextmanager
def action_server(environment: Mapping[str, str], work: Path) -> Iterator[Served]:
    """The action server that both sides call."""
    port = free_port()
    with serving(
        "the action server",
        actions_command(),
        {**environment, "ACTIONS_PORT": str(port), "ACTIONS_HOST": "127.0.0.1"},
        port,
        "/health",
        work / "actions.log",
    ) as served:
        yield served


@contextmanager
def engine(side: Side, actions_port: int, work: Path) -> Iterator[Served]:
    """One side's engine."""
    port = free_port()
    command = side.command(port, f"http://127.0.0.1:{actions_port}/webhook", work)
    log = work / f"{side.name}.log"
    with serving(side.name, command, side.environment, port, side.health_path, log, cwd=_home(side, work)) as served:
        yield served


def _home(side: Side, work: Path) -> Path:
    # Rasa writes beside itself; our engine reads nothing there (PYTHONPATH names the repository).
    home = work / f"{side.name}-home"
    home.mkdir(exist_ok=True)
    return home


def measure(stock: Stock, ours: Ours, our_model: Path, actions: Served, work: Path) -> dict[str, Measured]:
    """Measures both sides.

    Args:
        stock: Stock Rasa.
        ours: Our engine.
        our_model: Our model's archive.
        actions: The running action server.
        work: Folder for files of this run.

    Returns:
        Side's name → what was measured.

    Raises:
        BenchError: A side did not start, or too few lines are understood by both.
    """
    sides: tuple[Side, ...] = (ours, stock)
    found = {side.name: Measured() for side in sides}
    with ExitStack() as stack:
        running: dict[str, Served] = {}
        for number in range(STARTS):
            for side in sides:
                _say(f"starting {side.name} ({number + 1} of {STARTS})")
                with ExitStack() as once:
                    served = once.enter_context(engine(side, actions.port, work))
                    found[side.name].ready_seconds.append(served.ready_seconds)
                    if number == STARTS - 1:
                        running[side.name] = served
                        found[side.name].ready_memory_mb = memory_mb(served.pid)
                        stack.push(once.pop_all())
        texts = _understanding(stock, ours, our_model, running, found)
        _load(sides, running, actions, texts, found)
        for side in sides:
            found[side.name].peak_memory_mb = peak_memory_mb(running[side.name].pid)
        for side in sides:
            _say(f"one long conversation: {side.name}")
            port = running[side.name].port
            found[side.name].growth = long_conversation.measure(side, port, texts, f"{side.name}-grow")
        _say("four quick messages: stock")
        found[stock.name].burst_seconds = quick_messages(
            stock, running[stock.name].port, texts, rounds=STOCK_BURST_ROUNDS
        )
    return found


def _understanding(
    stock: Stock, ours: Ours, our_model: Path, running: Mapping[str, Served], found: Mapping[str, Measured]
) -> list[str]:
    _say("held-out lines and the choice of the turns' texts")
    cases, lines = understanding.held_out(), understanding.question_lines()
    texts = [*(case.text for case in cases), *lines]
    theirs = understanding.stock_intents(stock, running[stock.name].port, texts)
    own = understanding.our_intents(ours.environment, our_model, texts)
    found[stock.name].accuracy = round(understanding.accuracy(cases, theirs[: len(cases)]), 4)
    found[ours.name].accuracy = round(understanding.accuracy(cases, own[: len(cases)]), 4)
    chosen = understanding.understood_alike(lines, own[len(cases) :], theirs[len(cases) :])
    if len(chosen) < TURNS_A_CONVERSATION:
        raise BenchError(f"only {len(chosen)} development lines are questions to both sides")
    _say(f"{len(chosen)} of {len(lines)} question lines cause one custom action on both sides")
    return chosen


def _load(
    sides: Sequence[Side],
    running: Mapping[str, Served],
    actions: Served,
    texts: Sequence[str],
    found: Mapping[str, Measured],
) -> None:
    for side in sides:
        warm = conversations(texts, WARM_UP_CONVERSATIONS, SEED - 1)
        converse(side, running[side.name].port, warm, max(AT_ONCE), f"{side.name}-warm")
    spent: dict[str, list[tuple[float, float]]] = {side.name: [] for side in sides}
    for number in range(ROUNDS):
        # The order changes from round to round, so that noise of the machine meets both sides alike.
        ordered = sides if number % 2 == 0 else tuple(reversed(sides))
        talks = conversations(texts, CONVERSATIONS, SEED + number)
        for at_once in AT_ONCE:
            for side in ordered:
                served = running[side.name]
                before = cpu_seconds(served.pid), cpu_seconds(actions.pid)
                done = converse(side, served.port, talks, at_once, f"{side.name}-{number}-{at_once}")
                after = cpu_seconds(served.pid), cpu_seconds(actions.pid)
                found[side.name].rounds.setdefault(at_once, []).append(done)
                if at_once == 1:
                    turns = len(done.latencies_ms)
                    spent[side.name].append(
                        ((after[0] - before[0]) / turns * 1000, (after[1] - before[1]) / turns * 1000)
                    )
                _say(f"round {number + 1}, {at_once} at once, {side.name}: {done.turns_per_second:.1f} turns/s")
                if done.failures > len(done.latencies_ms) * MAX_FAILED_SHARE:
                    raise BenchError(f"{done.failures} of {len(done.latencies_ms)} turns of {side.name} failed")
    for side in sides:
        found[side.name].engine_cpu_ms = median([engine_ms for engine_ms, _ in spent[side.name]])
        found[side.name].actions_cpu_ms = median([actions_ms for _, actions_ms in spent[side.name]])


def _say(text: str) -> None:
    print(f"  {text}", flush=True)
