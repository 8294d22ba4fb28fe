"""How far a training is."""

from catalog.training.models import Step
from catalog.training.progress import Progress

LINES = (
    "[   0.0 s] loading Rasa",
    "[   2.9 s] reading the training data",
    "[  10.1 s] training component 'ArabicIntentClassifier'",
    "[  41.0 s] trained component 'ArabicIntentClassifier'",
    "[  41.2 s] training component 'RulePolicy'",
    "[  44.0 s] models/current.tar.gz is ready",
)


def test_it_only_grows_and_never_ends_by_itself() -> None:
    progress = Progress(0.0)
    seen = [progress.percent(0.0)]
    for line in LINES:
        at = float(line[1:8])
        progress.read(line, at)
        seen += [progress.percent(at), progress.percent(at + 0.1)]
    progress.compares(45.0)
    seen += [progress.percent(45.0), progress.percent(4500.0)]
    assert seen == sorted(seen)
    assert seen[-1] < 100
    assert progress.step is Step.COMPARING


def test_other_lines_change_nothing() -> None:
    progress = Progress(0.0)
    for line in ("", "training component", "UserWarning: reading the training data", "[ 1.0 s] something else"):
        progress.read(line, 1.0)
    assert progress.step is Step.STARTING
