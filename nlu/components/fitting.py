"""Fitting of what turns scores into calibrated probabilities: encoder heads, factors, thresholds."""

from __future__ import annotations

import warnings
from collections.abc import Sequence

import numpy as np
from scipy.optimize import minimize
from sklearn.exceptions import ConvergenceWarning
from sklearn.linear_model import LogisticRegression

from nlu.components.model import log_softmax

_HEAD_STRENGTH, _HEAD_ROUNDS = 10.0, 60  # inverse regularisation and iterations of an encoder's head
_CONFIDENCE_BANDS = (0.5, 0.7, 0.85, 0.95, 1.01)  # upper ends


def fit_head(vectors: np.ndarray, labels: np.ndarray, intents: int) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Centre, weights (dimensions, intents) and bias of a logistic regression on encoded lines."""
    centre = vectors.mean(axis=0)
    length = float(np.linalg.norm(vectors - centre, axis=1).mean()) or 1.0
    fitted = LogisticRegression(C=_HEAD_STRENGTH, max_iter=_HEAD_ROUNDS, multi_class="multinomial")
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", ConvergenceWarning)
        fitted.fit((vectors - centre) / length, labels)
    weights = np.zeros((vectors.shape[1], intents), dtype=np.float32)
    bias = np.full(intents, -20.0, dtype=np.float32)
    if len(fitted.classes_) == 2:
        weights[:, fitted.classes_] = np.hstack([-fitted.coef_.T, fitted.coef_.T]) / 2 / length
        bias[fitted.classes_] = np.concatenate([-fitted.intercept_, fitted.intercept_]) / 2
    else:
        weights[:, fitted.classes_] = fitted.coef_.T / length
        bias[fitted.classes_] = fitted.intercept_
    return centre.astype(np.float32), weights, bias


def fit_factors(parts: Sequence[np.ndarray], truth: np.ndarray) -> tuple[float, ...]:
    """Factors, none negative, that make the sum of some scores the best calibrated logits.

    Args:
        parts: Arrays (lines, intents) of scores or log probabilities of lines held out.
        truth: (lines,) numbers of the right intents.
    """
    rows = np.arange(len(truth))

    def loss(logs: np.ndarray) -> float:
        summed = sum(np.exp(log) * part for log, part in zip(logs, parts, strict=True))
        return float(-log_softmax(summed)[rows, truth].mean())

    start = np.log([4.0, *([0.4] * (len(parts) - 1))])
    found = minimize(loss, start, method="Nelder-Mead", options={"maxiter": 120, "xatol": 0.02, "fatol": 1e-5})
    return tuple(float(factor) for factor in np.exp(found.x))


def worth_asking(before: np.ndarray, after: np.ndarray, truth: np.ndarray, worth: float) -> float:
    """The confidence up to which an encoder is asked: in each band below, it sets right enough of the lines.

    Args:
        before: (lines, intents) log probabilities without the encoder.
        after: The same with it.
        truth: (lines,) numbers of the right intents.
        worth: Least share of a band's lines that must come right, less those that go wrong.

    Returns:
        The upper end of the last band worth asking; 0 when none is.
    """
    if worth <= 0:
        return _CONFIDENCE_BANDS[-1]
    confidence = np.exp(before.max(axis=1))
    gain = (after.argmax(axis=1) == truth).astype(int) - (before.argmax(axis=1) == truth)
    below = 0.0
    for upper in _CONFIDENCE_BANDS:
        band = (confidence >= below) & (confidence < upper)
        if band.any() and gain[band].mean() < worth:
            break
        below = upper
    return below
