"""The intent model without Rasa: how a line is scored, and how the model is kept on disk (no pickle)."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

import numpy as np

from arabic.arabizi import Vocabulary, to_arabic
from arabic.language import looks_arabizi
from arabic.normalise import normalise
from nlu.components.encoders import load_encoder
from nlu.components.features import FeatureSettings, LineVectors

_LONG_LINE = 18  # words: above this the end of the line, where the request usually is, is scored too
_TAIL = 12  # words at the end of a long line
TAIL_WEIGHT = 0.5
_ARRAYS, _FACTS = "intent_model.npz", "intent_model.json"
_LEAST = 1e-9  # probability
_CLEAR = 0.9  # confidence above which many unknown n-grams are allowed
_STRANGE = 0.4  # share of the least familiarity below which no confidence helps


class ModelUnreadableError(ValueError):
    """The stored model is damaged or of another version."""


def log_softmax(scores: np.ndarray) -> np.ndarray:
    """Log probabilities along the last axis."""
    shifted = scores - scores.max(axis=-1, keepdims=True)
    return shifted - np.log(np.exp(shifted).sum(axis=-1, keepdims=True))


@dataclass(frozen=True)
class Head:
    """Multinomial logistic regression on an encoder's vectors.

    Attributes:
        encoder: Short name of the encoder.
        ask_below: The encoder is asked when the confidence so far is below this.
        longest: Longer lines are not asked, in words: the head has seen hardly any.
        centre: (dimensions,) mean vector, taken off before scoring.
        weights: (dimensions, intents).
        bias: (intents,).
        mix: Factors for the n-gram scores, then for the log probabilities of this and all earlier heads.
    """

    encoder: str
    ask_below: float
    longest: int
    centre: np.ndarray
    weights: np.ndarray
    bias: np.ndarray
    mix: tuple[float, ...]

    def log_probabilities(self, vectors: np.ndarray) -> np.ndarray:
        """(…, intents) log probabilities of encoded lines (…, dimensions)."""
        return np.maximum(log_softmax((vectors - self.centre) @ self.weights + self.bias), np.log(_LEAST))


@dataclass(frozen=True)
class Refusal:
    """When a line is taken to be nothing that the training data covers.

    Attributes:
        intent: The intent that stands for it.
        confidence: Lines whose best intent is less likely than this are refused.
        familiarity: Lines of whose n-grams a smaller share is known are refused.
        bias: Added to the log odds of the intent: how much rather a line is refused than guessed at.
    """

    intent: str
    confidence: float
    familiarity: float
    bias: float = 0.0

    def covers(self, confidence: float, familiarity: float) -> bool:
        """Whether a line is refused; in a clear one, some words around the matter may be new."""
        if confidence < self.confidence or familiarity < self.familiarity * _STRANGE:
            return True
        return familiarity < self.familiarity and confidence < _CLEAR


@dataclass(frozen=True)
class Understood:
    """What the model makes of a line.

    Attributes:
        intent: The decision, refusal included.
        confidence: Calibrated probability that the decision is right, 0..1.
        ranking: All intents with their probabilities, likeliest first; a refused line has the refusal intent first.
        familiarity: Share of the line's character n-grams that the training data has, 0..1.
        encoders_asked: How many encoders were needed.
    """

    intent: str
    confidence: float
    ranking: list[tuple[str, float]]
    familiarity: float
    encoders_asked: int


def tail_of(line: str) -> str | None:
    """The last words of a long normalised line, else None."""
    words = line.split()
    return " ".join(words[-_TAIL:]) if len(words) > _LONG_LINE else None


@dataclass
class IntentModel:
    """Linear scores on n-grams, turned into calibrated probabilities; encoders help where those are torn.

    Attributes:
        intents: Names, in the order of the columns of every score.
        vectors: Makes vectors of normalised lines.
        weights: (columns of the vectors, intents) float32.
        bias: (intents,) float32.
        scale: Factor that makes the scores logits.
        heads: One for each encoder, in the order in which they are asked.
        refusal: How unknown matters are recognised; None where the training data has no intent for them.
        words: Words of the training lines, by which Arabizi is read; empty when the data is not Arabic.
        report: What training measured on lines held out.
    """

    intents: list[str]
    vectors: LineVectors
    weights: np.ndarray
    bias: np.ndarray
    scale: float
    heads: list[Head] = field(default_factory=list)
    refusal: Refusal | None = None
    words: list[str] = field(default_factory=list)
    report: dict[str, Any] = field(default_factory=dict)

    def __post_init__(self) -> None:
        """Index the words for Arabizi."""
        self._vocabulary = Vocabulary(self.words)

    def prepare(self, text: str) -> str:
        """The line that is scored: Arabizi respelled where the training data is Arabic, then normalised."""
        return prepared(text, self._vocabulary if self.words else None)

    def warm_up(self) -> None:
        """Load the encoders now and not with the first line that needs one."""
        for head in self.heads:
            load_encoder(head.encoder)

    def scores(self, line: str) -> tuple[np.ndarray, float]:
        """Scores (intents,) and familiarity of a normalised line, from n-grams alone."""
        columns, values, familiarity = self.vectors.row(line)
        scores = values @ self.weights[columns] + self.bias
        if (tail := tail_of(line)) is not None:
            columns, values, _ = self.vectors.row(tail)
            scores = (1 - TAIL_WEIGHT) * scores + TAIL_WEIGHT * (values @ self.weights[columns] + self.bias)
        return scores, familiarity

    def understand(self, text: str) -> Understood:
        """Decide the intent of a line.

        Args:
            text: A line as typed, of any length; it may be empty.

        Returns:
            The decision with its calibrated confidence and the full ranking.
        """
        line = self.prepare(text)
        scores, familiarity = self.scores(line)
        words = line.count(" ") + 1
        log_odds = log_softmax(self.scale * scores)
        asked: list[np.ndarray] = []
        for head in self.heads:
            if np.exp(log_odds.max()) >= head.ask_below or words > head.longest:
                break
            if (encoder := load_encoder(head.encoder)) is None:
                break
            asked.append(head.log_probabilities(encoder.embed(text)))
            mixed = head.mix[0] * scores + sum(mix * each for mix, each in zip(head.mix[1:], asked, strict=True))
            log_odds = log_softmax(mixed)
        if self.refusal and self.refusal.bias:
            log_odds = log_odds.copy()
            log_odds[self.intents.index(self.refusal.intent)] += self.refusal.bias
            log_odds = log_softmax(log_odds)
        return self._decided(np.exp(log_odds), familiarity, len(asked))

    def _decided(self, probabilities: np.ndarray, familiarity: float, asked: int) -> Understood:
        order = np.argsort(-probabilities)
        ranking = [(self.intents[place], float(probabilities[place])) for place in order]
        best, confidence = ranking[0]
        refusal = self.refusal
        unknown = refusal and refusal.covers(confidence, familiarity)
        if refusal and unknown and best != refusal.intent:
            others = [(name, likely) for name, likely in ranking if name != refusal.intent]
            best, confidence = refusal.intent, max(1.0 - confidence, dict(ranking)[refusal.intent])
            ranking = [(best, confidence), *others]
        return Understood(best, confidence, ranking, familiarity, asked)

    def save(self, folder: Path) -> None:
        """Write the model into a folder."""
        arrays = {
            "terms": np.frombuffer("\n".join(self.vectors.terms).encode(), dtype=np.uint8),
            "idf": self.vectors.idf.astype(np.float16),
            "weights": self.weights.astype(np.float16),
            "bias": self.bias.astype(np.float32),
        }
        for place, head in enumerate(self.heads):
            arrays |= {f"{name}_{place}": getattr(head, name) for name in ("centre", "weights", "bias")}
        np.savez(folder / _ARRAYS, **arrays)
        facts = {
            "intents": self.intents,
            "features": asdict(self.vectors.settings),
            "scale": self.scale,
            "heads": [
                {"encoder": head.encoder, "ask_below": head.ask_below, "longest": head.longest, "mix": head.mix}
                for head in self.heads
            ],
            "refusal": asdict(self.refusal) if self.refusal else None,
            "words": self.words,
            "report": self.report,
        }
        (folder / _FACTS).write_text(json.dumps(facts, ensure_ascii=False, indent=1), encoding="utf-8")

    @classmethod
    def load(cls, folder: Path) -> IntentModel:
        """Read a model that `save` has written.

        Raises:
            ModelUnreadableError: The files are missing, damaged or of another version.
        """
        try:
            facts = json.loads((folder / _FACTS).read_text(encoding="utf-8"))
            with np.load(folder / _ARRAYS, allow_pickle=False) as arrays:
                terms = arrays["terms"].tobytes().decode().split("\n")
                return cls(
                    intents=facts["intents"],
                    vectors=LineVectors(FeatureSettings(**facts["features"]), terms, arrays["idf"]),
                    weights=arrays["weights"].astype(np.float32),
                    bias=arrays["bias"],
                    scale=facts["scale"],
                    heads=[
                        Head(
                            encoder=head["encoder"],
                            ask_below=head["ask_below"],
                            longest=head["longest"],
                            mix=tuple(head["mix"]),
                            centre=arrays[f"centre_{place}"],
                            weights=arrays[f"weights_{place}"],
                            bias=arrays[f"bias_{place}"],
                        )
                        for place, head in enumerate(facts["heads"])
                    ],
                    refusal=Refusal(**facts["refusal"]) if facts["refusal"] else None,
                    words=facts["words"],
                    report=facts["report"],
                )
        except (OSError, KeyError, TypeError, ValueError) as error:
            raise ModelUnreadableError(f"The intent model in {folder} cannot be read: {error}") from error


def prepared(text: str, vocabulary: Vocabulary | None) -> str:
    """Normalise a line; with a vocabulary, Arabizi is first spelled in Arabic script."""
    if vocabulary is not None and looks_arabizi(text):
        text = to_arabic(text, vocabulary)
    return normalise(text)


def confidence_error(probabilities: np.ndarray, truth: Sequence[int], bins: int = 10) -> float:
    """Expected calibration error: how far confidence and accuracy lie apart on average.

    Args:
        probabilities: (lines, intents).
        truth: (lines,) numbers of the right intents.
        bins: Equal confidence ranges that are compared.

    Returns:
        0..1, smaller is better.
    """
    confidence = probabilities.max(axis=1)
    right = probabilities.argmax(axis=1) == np.asarray(truth)
    places = np.minimum((confidence * bins).astype(int), bins - 1)
    gaps = [
        abs(right[places == each].mean() - confidence[places == each].mean()) * (places == each).mean()
        for each in np.unique(places)
    ]
    return float(sum(gaps))
