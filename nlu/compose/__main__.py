"""Writes `nlu/data/composed.yml`.

    python -m nlu.compose

Citizens tell a story and put the question behind it («بنتي كملت ست سنين ونريد نسجلها، شناخذ ويانا»). The files written
by hand cannot hold every service with every facet, so these lines join them: a situation alone wants the service, a
situation with a question behind it wants that facet, and so does an alias within a question. A line that is nobody's
business stays so with a question behind it. The draw is seeded: the same inputs give the same lines. The trainer runs
this first.
"""

from __future__ import annotations

import random
import re
from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Final

import yaml

ROOT: Final = Path(__file__).resolve().parents[2]
SERVICES: Final = ROOT / "catalog" / "content" / "services"
PHRASES: Final = Path(__file__).with_name("phrases.yml")
OUTSIDE: Final = ROOT / "nlu" / "data" / "out_of_scope.yml"
OUT: Final = ROOT / "nlu" / "data" / "composed.yml"
SEED: Final = 11

# Their situations are complaints and requests for a result, which have intents of their own.
WITHOUT_SITUATIONS: Final = frozenset({"jus-01", "jus-02", "hea-01"})
QUESTIONS_PER_STORY: Final = 2
"""So many times a situation is told with a question behind it, each time for another facet."""
QUESTIONS_OUTSIDE: Final = 500
"""So many lines of `out_of_scope` are told with a question behind them."""
LONGEST_OUTSIDE_CHARS: Final = 60
NAMED_QUESTIONS: Final = 8
"""So many lines of a service hold one of its aliases: one for each facet, one for the service."""
A_QUESTION: Final = re.compile(
    r"شلون|شلو|[اإ]?شون|كيف|شن[وه]|شنهي|شسوي|شنسوي|من(ين| وين)|شكد|شگد|بيش|بكم|كم |[يا]مت[هىة]|شوكت|شوقت|متى|وين|لوين"
    r"|المن|منو|يحق|يشمل|رابط|لنك|شروط|المطلوب|شيطلب|شيريد|شيردون|شجيب|مستمسك|رسوم|[هي]ل |؟"
)
"""A situation that asks something itself may want a facet; it is not taken for a line of `ask_service`."""
JOINTS: Final = (" ", "، ", " و", " بس ", " ف")


def compose(services: list[dict[str, Any]], phrases: dict[str, Any], outside: list[str]) -> dict[str, list[str]]:
    """Composes the lines of each intent.

    Args:
        services: Catalogue entries with `code`, `name`, `aliases` and `situations`.
        phrases: For each intent `after` and `about`, as in `phrases.yml`.
        outside: Lines of `out_of_scope`.

    Returns:
        For each intent its lines, without repeats, in the order of the services.
    """
    lines: dict[str, list[str]] = defaultdict(list)
    for service in services:
        draw = random.Random(f"{SEED} {service['code']}")  # noqa: S311  # variety, not secrecy
        for intent, line in [*_stories(service, phrases, draw), *_named(service, phrases, draw)]:
            lines[intent].append(line)
    lines["out_of_scope"].extend(_outside(outside, phrases))
    return {intent: list(dict.fromkeys(found)) for intent, found in sorted(lines.items())}


def _stories(service: dict[str, Any], phrases: dict[str, Any], draw: random.Random) -> Iterator[tuple[str, str]]:
    if service["code"] in WITHOUT_SITUATIONS:
        return
    situations = [situation for situation in service["situations"] if not A_QUESTION.search(situation)]
    for situation in situations:
        yield "ask_service", situation
    facets = _facets(phrases)
    draw.shuffle(facets)
    for number, situation in enumerate(situations * QUESTIONS_PER_STORY):
        intent = facets[number % len(facets)]
        yield intent, _with_question(situation, phrases[intent]["after"], draw)


def _outside(lines: list[str], phrases: dict[str, Any]) -> Iterator[str]:
    draw = random.Random(SEED)  # noqa: S311  # variety, not secrecy
    fit = [line for line in lines if len(line) <= LONGEST_OUTSIDE_CHARS and " " in line and not A_QUESTION.search(line)]
    for line in draw.sample(fit, min(QUESTIONS_OUTSIDE, len(fit))):
        yield _with_question(line, phrases[draw.choice(_facets(phrases))]["after"], draw)


def _facets(phrases: dict[str, Any]) -> list[str]:
    return [intent for intent in phrases if "after" in phrases[intent]]


def _with_question(line: str, questions: list[str], draw: random.Random) -> str:
    return f"{line.rstrip('؟?.! ')}{draw.choice(JOINTS)}{draw.choice(questions)}"


def _named(service: dict[str, Any], phrases: dict[str, Any], draw: random.Random) -> Iterator[tuple[str, str]]:
    names = [service["name"], *service["aliases"]]
    for intent in list(phrases)[:NAMED_QUESTIONS]:
        yield intent, draw.choice(phrases[intent]["about"]).replace("{x}", draw.choice(names))


def write(lines: dict[str, list[str]], out: Path) -> None:
    """Writes Rasa NLU data; leaves the file alone if nothing has changed.

    Args:
        lines: For each intent its lines.
        out: The file.
    """
    text = (
        'version: "3.1"\n\n# Made by `python -m nlu.compose` from the catalogue and nlu/compose/phrases.yml.\n\nnlu:\n'
    )
    for intent, found in lines.items():
        text += f"  - intent: {intent}\n    examples: |\n" + "".join(f"      - {line}\n" for line in found)
    if not out.exists() or out.read_text(encoding="utf-8") != text:
        out.write_text(text, encoding="utf-8")


def main() -> None:
    """Composes from the catalogue's content files."""
    services = [yaml.safe_load(path.read_text(encoding="utf-8")) for path in sorted(SERVICES.glob("*.yml"))]
    phrases = yaml.safe_load(PHRASES.read_text(encoding="utf-8"))
    outside = yaml.safe_load(OUTSIDE.read_text(encoding="utf-8"))["nlu"][0]["examples"]
    write(compose(services, phrases, [line.removeprefix("- ") for line in outside.splitlines()]), OUT)


if __name__ == "__main__":
    main()
