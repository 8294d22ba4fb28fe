"""`python -m bench [engine|path|growth|search]`: see `bench/README.md`."""

import os
import shutil
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Annotated, Any, Final

import typer

from bench import compare, growth, path, report, search, stock_model, understanding
from bench.burst import quick_chat
from bench.database import prepared
from bench.errors import BenchError
from bench.product import product
from bench.sides import Ours, Stock
from foundation.clock import in_baghdad, utc_now
from foundation.settings import ROOT, VAR
from ops.prepare import MODEL

RESULTS: Final = ROOT / "bench" / "results"
WORK: Final = VAR / "bench" / "last"
"""Databases and logs of the last run."""
BURST_ROUNDS: Final = 7
PATH_SECONDS: Final = 60.0

app = typer.Typer(add_completion=False, help="Side-by-side measurements; prints a table and, last, one JSON object.")


class Run:
    """One run: its folder, what it found, and what it could not measure."""

    def __init__(self, work: Path, model: Path, stock: Path | None) -> None:
        self.work = work
        self.stock = stock
        self._model = model
        self.figures: dict[str, float | None] = {}
        self.details: dict[str, Any] = {"before": report.machine()}
        self.tables: list[str] = []
        self.failed: list[str] = []

    @property
    def model(self) -> Path:
        """Our model's archive; raises `BenchError` if there is none."""
        if not self._model.is_file():
            raise BenchError(f"there is no model at {self._model}: run `make train`")
        return self._model

    def attempt(self, title: str, part: Callable[["Run"], None]) -> None:
        """Runs a part; one that fails leaves its figures out and is named at the end."""
        print(f"{title} (load average {os.getloadavg()[0]:.1f})", flush=True)
        started = time.monotonic()
        try:
            part(self)
        except BenchError as error:
            self.failed.append(f"{title}: {error}")
            print(f"  failed: {error}", flush=True)
        print(f"  took {time.monotonic() - started:.0f} s", flush=True)

    def conclude(self) -> int:
        """Prints and saves everything; the exit code."""
        now = in_baghdad(utc_now())
        self.details |= {"at": now.isoformat(timespec="seconds"), "after": report.machine(), "failed": self.failed}
        file = report.save(RESULTS, now, {"figures": self.figures, **self.details})
        for one in self.tables:
            print(f"\n{one}")
        print(f"\n{report.against_goals(self.figures)}\n\nResults: {file.relative_to(ROOT)}")
        for line in self.failed:
            print(f"Not measured: {line}", file=sys.stderr)
        print(report.last_line(self.figures), flush=True)
        return 1 if self.failed else 0


def engines(run: Run) -> None:
    """Our engine against stock Rasa."""
    if not stock_model.STOCK_PYTHON.is_file():
        raise BenchError("stock Rasa's environment is missing: run `make bench-setup`")
    epochs = int(os.environ.get("BENCH_STOCK_EPOCHS") or stock_model.DEFAULT_EPOCHS)
    stock, ours = Stock(run.stock or stock_model.ensure_model(epochs)), Ours(run.model)
    environment = prepared(run.work)
    with compare.action_server(environment, run.work) as actions:
        found = compare.measure(stock, ours, run.model, actions, run.work)
    run.figures |= report.comparison(found[ours.name], found[stock.name])
    run.details |= {name: measured.as_json() for name, measured in found.items()}
    run.details |= {"stock_epochs": epochs, "stock_model_given": run.stock is not None}
    if run.stock:
        run.tables.append("Stock Rasa ran a model that was given, perhaps of other data (--stock-model).")
    elif epochs != stock_model.DEFAULT_EPOCHS:
        run.tables.append(f"Stock Rasa was trained for {epochs} epochs, not its default of 100 (BENCH_STOCK_EPOCHS).")
    run.tables.append(report.side_by_side(found[ours.name], found[stock.name]))


def burst(run: Run) -> None:
    """Four quick messages of one citizen through the whole product."""
    environment = prepared(run.work, "burst")
    lines = list(dict.fromkeys(understanding.question_lines()))
    with product(environment, run.model, run.work, "burst") as running:
        seconds, ordered = quick_chat(running.bot.port, lines, BURST_ROUNDS)
    run.figures["burst4_s"] = seconds
    run.details["burst4_in_order"] = ordered
    run.tables.append(f"4 quick messages in the web chat: {seconds:.3f} s, {'in' if ordered else 'OUT OF'} order")


def whole_path(run: Run, seconds: float = PATH_SECONDS, rate: float = path.MESSAGES_PER_SECOND) -> None:
    """Emulated Telegram to reply."""
    environment = prepared(run.work, "path")
    texts = understanding.question_lines()
    found = path.measure(environment, run.model, run.work, texts, seconds, rate)
    run.figures |= {"path_msgs_per_s": found.messages_per_second, "path_p95_ms": found.p95_ms}
    run.details["path"] = found.as_json()
    run.tables.append(
        report.table(
            [
                ("whole path", ""),
                ("messages written", str(found.messages)),
                ("answered a second", f"{found.messages_per_second:.2f}"),
                ("p50 / p95 / p99, ms", f"{found.p50_ms} / {found.p95_ms} / {found.p99_ms}"),
                ("lost / doubled", f"{found.lost} / {found.doubled}"),
                ("CPU ms a message", ", ".join(f"{name} {spent}" for name, spent in found.cpu_ms_a_message.items())),
            ]
        )
    )


def search_at_scale(run: Run) -> None:
    """The search among 10,000 services."""
    found = search.measure(search.ENTRIES, search.QUERIES)
    run.figures["search_10k_p95_ms"] = found["p95_ms"]
    run.details["search_10k"] = found
    rows = [("search", ""), *((name, str(value)) for name, value in found.items())]
    run.tables.append(report.table(rows))


def grown(run: Run) -> None:
    """A full database against an empty one."""
    found = growth.measure(run.model, run.work, understanding.question_lines(), utc_now())
    run.figures["growth_ratio"] = found.ratio
    run.details["growth"] = found.as_json()
    run.tables.append(
        report.table(
            [
                ("turns through the chat API, ms", "empty", "full"),
                ("p50", str(found.empty_p50_ms), str(found.full_p50_ms)),
                ("p95", str(found.empty_p95_ms), str(found.full_p95_ms)),
            ]
        )
    )


PARTS: Final[dict[str, tuple[str, Callable[[Run], None]]]] = {
    "engine": ("Our engine and stock Rasa", engines),
    "burst": ("Four quick messages", burst),
    "path": ("The whole path", whole_path),
    "search": ("The search among 10,000 services", search_at_scale),
    "growth": ("A full database", grown),
}


@app.command()
def main(
    parts: Annotated[list[str] | None, typer.Argument(help=f"of {', '.join(PARTS)}; all if none is named")] = None,
    path_seconds: Annotated[float, typer.Option(help="how long messages are written in `path`")] = PATH_SECONDS,
    path_rate: Annotated[float, typer.Option(help="messages a second in `path`")] = path.MESSAGES_PER_SECOND,
    model: Annotated[Path, typer.Option(help="our model's archive")] = MODEL,
    stock_model_file: Annotated[
        Path | None, typer.Option("--stock-model", help="a model of stock Rasa, instead of training one")
    ] = None,
) -> None:
    """Measures and prints."""
    chosen = parts or list(PARTS)
    unknown = [part for part in chosen if part not in PARTS]
    if unknown:
        raise typer.BadParameter(f"no such part: {', '.join(unknown)}")
    shutil.rmtree(WORK, ignore_errors=True)
    WORK.mkdir(parents=True)
    run = Run(WORK, model.resolve(), stock_model_file and stock_model_file.resolve())
    for name in chosen:
        title, part = PARTS[name]
        if name == "path":
            run.attempt(title, lambda run: whole_path(run, path_seconds, path_rate))
        else:
            run.attempt(title, part)
    raise typer.Exit(run.conclude())


if __name__ == "__main__":
    app()
