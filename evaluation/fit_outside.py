"""Fits the weights by which `actions.decision` refuses a line: `python -m evaluation.fit_outside nlu/devset/dev.jsonl`.

Prints the weights and, from ten-fold cross-validation, what each threshold would refuse; the numbers are copied into
`actions/decision.py` by hand, since a change of what is refused wants a person's look.
"""

import sys
from pathlib import Path

import numpy as np
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import StratifiedKFold, cross_val_predict

from actions.decision import OUT_OF_SCOPE, SERVICE_INTENTS, Understood, outside_features
from evaluation.__main__ import understand
from evaluation.cases import read_cases

THRESHOLDS = (0.2, 0.25, 0.3, 0.35, 0.4, 0.5)
FOLDS = 10
STRENGTH = 10.0


def main() -> None:
    """Fits and prints."""
    cases = read_cases(Path(sys.argv[1]))
    rows, outside = [], []
    for case, (parse, found, _) in zip(cases, understand(cases), strict=True):
        if parse.intent in SERVICE_INTENTS or parse.intent == OUT_OF_SCOPE:
            rows.append(outside_features(Understood(parse.intent, parse.ranking), found))
            outside.append(case.intent == OUT_OF_SCOPE)
    x, y = np.array(rows), np.array(outside)
    model = LogisticRegression(C=STRENGTH)
    folds = StratifiedKFold(FOLDS, shuffle=True, random_state=0)
    likely = cross_val_predict(model, x, y, cv=folds, method="predict_proba")[:, 1]
    everything = sum(case.intent == OUT_OF_SCOPE for case in cases)
    for threshold in THRESHOLDS:
        refused = likely >= threshold
        recall = (refused & y).sum() / everything
        lost = (refused & ~y).sum() / (len(cases) - everything)
        print(f"from {threshold:.2f}: recall {recall:.3f}, in-scope refused {lost:.4f}")
    model.fit(x, y)
    print("weights (classifier, search, nameless):", model.coef_[0].round(2), "intercept:", model.intercept_.round(2))


if __name__ == "__main__":
    main()
