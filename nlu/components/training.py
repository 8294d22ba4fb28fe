"""Training of the intent model: extra lines, cross-validation, calibration, encoder heads, refusal."""

from __future__ import annotations

import logging
import random
import time
import warnings
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from sklearn.exceptions import ConvergenceWarning
from sklearn.metrics import f1_score
from sklearn.svm import LinearSVC

from arabic.arabizi import Vocabulary
from nlu.components.augment import is_arabic, varied
from nlu.components.encoders import embed_within, load_encoder
from nlu.components.features import FeatureSettings, LineVectors
from nlu.components.fitting import fit_factors, fit_head, worth_asking
from nlu.components.model import (
    TAIL_WEIGHT,
    Head,
    IntentModel,
    Refusal,
    confidence_error,
    log_softmax,
    prepared,
    tail_of,
)

logger = logging.getLogger(__name__)

_TOLERANCE = 2e-2  # of the linear classifier; finer changes no figure and takes twice as long
_RARE_TERMS_FROM = 3_000  # lines: with more, an n-gram must occur twice
_MANY = 300_000  # lines times intents: above this one split and one strength must do, to train within 90 s
_HELD_OUT = 0.2  # share of the lines in that one split
_LEAST_HEAD_LINES_PER_INTENT = 4
_SURE_ENOUGH, _KNOWN_ENOUGH = (
    0.35,
    0.5,
)  # confidence and familiarity above which nothing is refused: small data seem easy
_CLEARLY_BETTER = 0.005  # gain in accuracy for which another strength than the middle one is taken
_LEAST = 1e-9  # probability
_LENGTH_SEEN = 0.95  # share of the training lines that are no longer than what a head is asked about


class TrainingDataTooSmallError(ValueError):
    """The training data has fewer than two intents."""


@dataclass(frozen=True)
class TrainingSettings:
    """What can be set; the defaults suit both ten and hundreds of lines an intent.

    Attributes:
        strengths: Inverse regularisations to choose from by cross-validation.
        copies: Misspelled, Arabizi and courteous copies of every line, when the data is Arabic. They help against heavy
            noise and cost about a point elsewhere.
        folds: Parts for cross-validation on small data.
        encoders: Short names of sentence encoders, in the order in which they are asked.
        worth_asking: An encoder is asked up to the confidence at which it still sets right at least this share of the
            lines asked; 0 or less asks it always.
        encoder_seconds: Processor time for embedding training lines, for each encoder.
        refusal_intent: The intent of lines that belong to none; without it in the data nothing is refused.
        refused_share: Share of lines that belong to an intent which the refusal by low confidence may cost.
        unfamiliar_share: The same for the refusal by unknown n-grams.
        refusal_bias: Added to the log odds of the refusal intent.
        seed: For every draw; the same data gives the same model.
    """

    strengths: tuple[float, ...] = (0.5, 1.0, 2.0)
    copies: int = 0
    folds: int = 3
    encoders: tuple[str, ...] = ("use",)
    worth_asking: float = 0.02
    encoder_seconds: float = 30.0
    refusal_intent: str = "out_of_scope"
    refused_share: float = 0.005
    unfamiliar_share: float = 0.003
    refusal_bias: float = 0.0
    seed: int = 7


@dataclass
class _Lines:
    """Training lines: as typed, normalised, and the number of their intent."""

    texts: list[str]
    clean: list[str]
    extra: list[list[str]]
    labels: np.ndarray

    def subset(self, places: np.ndarray) -> _Lines:
        return _Lines(
            [self.texts[place] for place in places],
            [self.clean[place] for place in places],
            [self.extra[place] for place in places],
            self.labels[places],
        )


@dataclass
class _Linear:
    """A fitted linear classifier with the vectors it knows."""

    vectors: LineVectors
    weights: np.ndarray
    bias: np.ndarray

    def scores(self, lines: Sequence[str]) -> np.ndarray:
        """(lines, intents), the ends of long lines included."""
        scores = self.vectors.matrix(lines) @ self.weights + self.bias
        tails = {place: tail for place, line in enumerate(lines) if (tail := tail_of(line))}
        if tails:
            places = list(tails)
            ends = self.vectors.matrix(list(tails.values())) @ self.weights + self.bias
            scores[places] = (1 - TAIL_WEIGHT) * scores[places] + TAIL_WEIGHT * ends
        return scores


def _fit_linear(vectors: LineVectors, lines: _Lines, intents: int, strength: float) -> _Linear:
    copies = [line for extra in lines.extra for line in extra]
    owners = [label for label, extra in zip(lines.labels, lines.extra, strict=True) for _ in extra]
    matrix = vectors.matrix([*lines.clean, *copies])
    labels = np.concatenate([lines.labels, np.array(owners, dtype=int)])
    fitted = LinearSVC(C=strength, tol=_TOLERANCE, random_state=0)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", ConvergenceWarning)
        fitted.fit(matrix, labels)
    weights = np.zeros((len(vectors.terms), intents), dtype=np.float32)
    bias = np.full(intents, -1.0, dtype=np.float32)  # an intent without lines in this part of the data
    if len(fitted.classes_) == 2:
        weights[:, fitted.classes_] = np.hstack([-fitted.coef_.T, fitted.coef_.T])
        bias[fitted.classes_] = np.concatenate([-fitted.intercept_, fitted.intercept_])
    else:
        weights[:, fitted.classes_] = fitted.coef_.T
        bias[fitted.classes_] = fitted.intercept_
    return _Linear(vectors, weights, bias)


def _vectors(lines: _Lines) -> LineVectors:
    everything = [*lines.clean, *(line for extra in lines.extra for line in extra)]
    rare = 2 if len(lines.clean) >= _RARE_TERMS_FROM else 1
    return LineVectors.fit(everything, replace(FeatureSettings(), min_count=rare))


def _splits(lines: _Lines, settings: TrainingSettings, intents: int) -> list[tuple[np.ndarray, np.ndarray]]:
    """Pairs of places to train on and to hold out; equal lines stay together, intents are spread evenly."""
    rng = np.random.default_rng(settings.seed)
    many = len(lines.clean) * intents > _MANY
    parts = round(1 / _HELD_OUT) if many else settings.folds
    part_of_line: dict[str, int] = {}
    parts_of = np.empty(len(lines.clean), dtype=int)
    turn = np.zeros(intents, dtype=int)
    for place in rng.permutation(len(lines.clean)):
        line, label = lines.clean[place], lines.labels[place]
        if line not in part_of_line:
            part_of_line[line] = turn[label] % parts
            turn[label] += 1
        parts_of[place] = part_of_line[line]
    used = 1 if many else parts
    return [(np.flatnonzero(parts_of != part), np.flatnonzero(parts_of == part)) for part in range(used)]


@dataclass
class _HeldOut:
    """Scores of lines by a model that has not seen them."""

    places: np.ndarray
    scores: np.ndarray
    familiarity: np.ndarray
    strength: float


def _held_out(lines: _Lines, settings: TrainingSettings, intents: int) -> _HeldOut:
    places, scores, familiarity = [], [], []
    strengths = settings.strengths
    splits = _splits(lines, settings, intents)
    if len(lines.clean) * intents > _MANY:
        strengths = (sorted(strengths)[len(strengths) // 2],)
    for number, (train, test) in enumerate(splits):
        if len(np.unique(lines.labels[train])) < 2 or not len(test):
            continue
        part, held = lines.subset(train), lines.subset(test)
        vectors = _vectors(part)
        tried = [_fit_linear(vectors, part, intents, strength).scores(held.clean) for strength in strengths]
        if len(strengths) > 1:
            right = [(each.argmax(axis=1) == held.labels).mean() for each in tried]
            best = int(np.argmax(right))
            usual = len(right) // 2
            best = best if right[best] > right[usual] + _CLEARLY_BETTER else usual
            strengths, tried = (strengths[best],), [tried[best]]
        places.append(test)
        scores.append(tried[0])
        familiarity.append(np.array([vectors.row(line)[2] for line in held.clean]))
        logger.info("Cross-validation: part %s of %s is done", number + 1, len(splits))
    if not places:
        empty = np.empty(0, dtype=int)
        return _HeldOut(empty, np.empty((0, intents)), np.empty(0), strengths[-1])
    return _HeldOut(np.concatenate(places), np.vstack(scores), np.concatenate(familiarity), strengths[0])


def _heads(
    lines: _Lines, held: _HeldOut, settings: TrainingSettings, intents: int
) -> tuple[list[Head], np.ndarray, dict[str, Any]]:
    """Encoder heads, the held-out log odds after all of them, and how often each would be asked."""
    scale = fit_factors([held.scores], lines.labels[held.places])[0]
    log_odds = log_softmax(scale * held.scores)
    heads: list[Head] = []
    facts: dict[str, Any] = {"scale": scale}
    order = np.random.default_rng(settings.seed).permutation(len(lines.texts))
    log_probabilities: list[np.ndarray] = []
    known = np.ones(len(held.places), dtype=bool)
    for name in settings.encoders:
        encoder = load_encoder(name)
        if encoder is None:
            break
        embedded = embed_within(encoder, [lines.texts[place] for place in order], settings.encoder_seconds)
        used = order[: len(embedded)]
        if len(used) < _LEAST_HEAD_LINES_PER_INTENT * intents or len(np.unique(lines.labels[used])) < 2:
            logger.warning("Too few lines were embedded in time for the encoder '%s': it is left out", name)
            break
        logger.info("The encoder '%s' has embedded %s of %s lines", name, len(used), len(order))
        row_of = np.full(len(order), -1)
        row_of[used] = np.arange(len(used))
        apart = np.full((len(held.places), intents), np.nan)
        parts = np.random.default_rng(settings.seed).integers(0, settings.folds, len(order))
        for part in range(settings.folds):
            train = np.array([place for place in used if parts[place] != part])
            test = np.flatnonzero((row_of[held.places] >= 0) & (parts[held.places] == part))
            if len(test) and len(np.unique(lines.labels[train])) > 1:
                fold = Head(name, 1.0, 0, *fit_head(embedded[row_of[train]], lines.labels[train], intents), ())
                apart[test] = fold.log_probabilities(embedded[row_of[held.places[test]]])
        log_probabilities.append(apart)
        known &= ~np.isnan(apart[:, 0])
        truth = lines.labels[held.places]
        mix = fit_factors([held.scores[known], *(each[known] for each in log_probabilities)], truth[known])
        helped = zip(mix[1:], log_probabilities, strict=True)
        mixed = log_softmax(mix[0] * held.scores + sum(factor * np.nan_to_num(each) for factor, each in helped))
        ask_below = worth_asking(log_odds[known], mixed[known], truth[known], settings.worth_asking)
        asked = known & (np.exp(log_odds.max(axis=1)) < ask_below)
        facts |= {f"asked_{name}": round(float(asked[known].mean()), 4), f"ask_below_{name}": ask_below}
        log_odds = np.where(asked[:, None], mixed, log_odds)
        longest = int(np.quantile([lines.clean[place].count(" ") + 1 for place in used], _LENGTH_SEEN))
        fitted = fit_head(embedded, lines.labels[used], intents)
        heads.append(Head(name, ask_below, longest, *fitted, mix))
    return heads, log_odds, facts


def train(texts: Sequence[str], labels: Sequence[str], settings: TrainingSettings | None = None) -> IntentModel:
    """Train a model on labelled lines.

    Args:
        texts: (lines,) lines as typed, in any language.
        labels: (lines,) their intents.
        settings: What can be set; the defaults when None.

    Returns:
        The model, with what it measured on lines held out in its `report`.

    Raises:
        TrainingDataTooSmallError: There are fewer than two intents.
    """
    settings = settings or TrainingSettings()
    started = time.monotonic()
    intents = sorted(set(labels))
    if len(intents) < 2:
        raise TrainingDataTooSmallError(f"At least two intents are needed, there are {len(intents)}")
    vocabulary = Vocabulary(texts) if is_arabic(texts) else None
    rng = random.Random(settings.seed)  # noqa: S311 - spelling noise, not secrets
    copies = settings.copies if vocabulary and len(texts) * len(intents) <= _MANY else 0
    number = {intent: place for place, intent in enumerate(intents)}
    lines = _Lines(
        list(texts),
        [prepared(text, vocabulary) for text in texts],
        [[prepared(varied(text, rng), vocabulary) for _ in range(copies)] for text in texts],
        np.array([number[label] for label in labels]),
    )
    held = _held_out(lines, settings, len(intents))
    heads, log_odds, facts = _heads(lines, held, settings, len(intents)) if len(held.places) else ([], held.scores, {})
    refusal, measured = _judged(held, np.exp(log_odds), lines.labels, intents, settings)
    final = _fit_linear(_vectors(lines), lines, len(intents), held.strength)
    report = {
        "lines": len(texts),
        "intents": len(intents),
        "strength": held.strength,
        **facts,
        **measured,
        "seconds": round(time.monotonic() - started, 1),
    }
    logger.info("Intent model trained: %s", report)
    words = sorted({word for line in lines.clean for word in line.split() if not word.isascii()}) if vocabulary else []
    return IntentModel(
        intents, final.vectors, final.weights, final.bias, facts.get("scale", 4.0), heads, refusal, words, report
    )


def _judged(
    held: _HeldOut, probabilities: np.ndarray, labels: np.ndarray, intents: Sequence[str], settings: TrainingSettings
) -> tuple[Refusal | None, dict[str, Any]]:
    """Thresholds of the refusal, and what the held-out lines say about the model."""
    refusal = None
    if not len(held.places):
        return (Refusal(settings.refusal_intent, 0.0, 0.0) if settings.refusal_intent in intents else None), {}
    truth = labels[held.places]
    predicted = probabilities.argmax(axis=1)
    measured = {}
    if settings.refusal_intent in intents:
        outside = list(intents).index(settings.refusal_intent)
        biased = np.log(np.maximum(probabilities, _LEAST))
        biased[:, outside] += settings.refusal_bias
        probabilities = np.exp(log_softmax(biased))
        predicted = probabilities.argmax(axis=1)
        inside = truth != outside
        confidence = probabilities.max(axis=1)
        decided = confidence[inside & (predicted != outside)]
        refusal = Refusal(
            settings.refusal_intent,
            round(min(_SURE_ENOUGH, float(np.quantile(decided, settings.refused_share)) if len(decided) else 0.0), 4),
            round(min(_KNOWN_ENOUGH, float(np.quantile(held.familiarity[inside], settings.unfamiliar_share))), 4),
            settings.refusal_bias,
        )
        covered = [refusal.covers(*line) for line in zip(confidence, held.familiarity, strict=True)]
        refused = (predicted == outside) | np.array(covered)
        predicted = np.where(refused, outside, predicted)
        measured["out_of_scope_recall"] = round(float((predicted[~inside] == outside).mean()), 4)
        measured["in_scope_refused"] = round(float((predicted[inside] == outside).mean()), 4)
    return refusal, {
        "accuracy": round(float((predicted == truth).mean()), 4),
        "macro_f1": round(float(f1_score(truth, predicted, average="macro")), 4),
        "calibration_error": round(confidence_error(probabilities, truth), 4),
        **measured,
    }
