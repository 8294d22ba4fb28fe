"""`python -m bench.calibrate_search`: fits the search's probabilities; prints coefficients and what they give.

Lines that name a service come from the development set, lines that name none from it and from the out-of-scope
training lines. The printed numbers are copied into `catalog/search/calibration.py` by hand, so that a change of them is
reviewed like any other.
"""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final

import numpy as np
import typer
import yaml
from numpy.typing import NDArray
from sklearn.linear_model import LogisticRegression

from catalog.__main__ import CONTENT
from catalog.schema import FaqContent, ServiceContent, read_content
from catalog.search import EntryText, SearchIndex, Verdict
from catalog.search.calibration import FEATURES, verdict
from catalog.search.query import read
from foundation.clock import in_baghdad, utc_now
from foundation.settings import ROOT

OUT_OF_SCOPE_WEIGHT: Final = 0.4
"""Weight of all lines that mean nothing in the catalogue, relative to all that mean a service."""


@dataclass(frozen=True, slots=True)
class Labelled:
    """A line and the code that it means; None: nothing in the catalogue."""

    text: str
    code: str | None
    source: str


def entries() -> list[EntryText]:
    """The sample catalogue as the index takes it."""
    content = read_content(CONTENT, in_baghdad(utc_now()).date())
    everything: list[ServiceContent | FaqContent] = [*content.services, *content.faqs]
    return [_entry(each) for each in everything]


def _entry(content: ServiceContent | FaqContent) -> EntryText:
    phrases = (*content.aliases, *content.questions, *content.situations)
    if isinstance(content, FaqContent):
        return EntryText(content.code, "faq", (content.title, *phrases))
    head = (content.name, content.description, content.agency, content.audience)
    return EntryText(content.code, "service", (*filter(None, head), *phrases))


def labelled() -> list[Labelled]:
    """Lines of the development set of a service intent or out of scope, and the out-of-scope training lines."""
    lines = []
    for raw in (ROOT / "nlu" / "devset" / "dev.jsonl").read_text(encoding="utf-8").splitlines():
        case = json.loads(raw)
        if case["service"]:
            lines.append(Labelled(case["text"], case["service"], "dev"))
        elif case["intent"] == "out_of_scope":
            lines.append(Labelled(case["text"], None, "dev, out of scope"))
    training = yaml.safe_load((ROOT / "nlu" / "data" / "out_of_scope.yml").read_text(encoding="utf-8"))
    for block in training["nlu"]:
        for example in block["examples"].splitlines():
            lines.append(Labelled(example.removeprefix("- ").strip(), None, "training, out of scope"))
    return lines


def main() -> None:
    """Fits and prints."""
    index = SearchIndex.build(entries())
    lines = labelled()
    found = [index.features(read(line.text, index.vocabulary).lines[-1]) for line in lines]
    features = np.concatenate([each for _, _, each in found])
    labels = np.array([code == line.code for line, (codes, _, _) in zip(lines, found, strict=True) for code in codes])
    outside = np.array([line.code is None for line, (codes, _, _) in zip(lines, found, strict=True) for _ in codes])
    weights = np.where(outside, OUT_OF_SCOPE_WEIGHT * (~outside).sum() / max(outside.sum(), 1), 1.0)
    model = LogisticRegression(C=10.0, max_iter=2000).fit(features, labels, sample_weight=weights)
    print("FEATURES", FEATURES)
    print("COEFFICIENTS", tuple(round(float(value), 2) for value in model.coef_[0]))
    print("INTERCEPT", round(float(model.intercept_[0]), 2))
    chances = model.predict_proba(features)[:, 1]
    ends = np.cumsum([len(codes) for codes, _, _ in found])[:-1]
    for source in ("dev", "dev, out of scope", "training, out of scope"):
        _report(source, lines, found, np.split(chances, ends))


def _report(
    source: str, lines: Sequence[Labelled], found: Sequence[tuple[list[str], Any, Any]], chances: list[NDArray[Any]]
) -> None:
    counts = {"sure, right": 0, "sure, wrong": 0, "torn, among": 0, "torn, not among": 0, "nothing": 0}
    total = right = among = 0
    for line, (codes, _, _), scores in zip(lines, found, chances, strict=True):
        if line.source != source:
            continue
        order = np.argsort(-scores)
        ranked = [codes[place] for place in order]
        total += 1
        right += ranked[:1] == [line.code]
        among += line.code in ranked[:3]
        match verdict([float(scores[place]) for place in order]):
            case Verdict.SURE:
                counts["sure, right" if ranked[0] == line.code else "sure, wrong"] += 1
            case Verdict.TORN:
                counts["torn, among" if line.code in ranked[:3] else "torn, not among"] += 1
            case Verdict.NOTHING:
                counts["nothing"] += 1
    shares = {name: round(count / total, 3) for name, count in counts.items()}
    print(f"{source}: {total} lines, hit@1 {right / total:.3f}, hit@3 {among / total:.3f}, {shares}")


if __name__ == "__main__":
    typer.run(main)
