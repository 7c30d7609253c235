"""Written with NumPy 2.4.6 and scikit-learn 1.9.1 under Python 3.13: expected values of the metrics of texts.

    python make_text_metrics.py

writes text_metrics.json beside itself. Tokens follow a formula; ids below 3 (padding, unknown, one stop word) are left out.
"""

import json
import pathlib

import numpy as np
from sklearn.feature_extraction.text import TfidfVectorizer
from sklearn.metrics import jaccard_score

N, WIDTH, VOCABULARY = 40, 24, 40
# Documents of which similarities to all others are written.
SHOWN = [0, 5, 11, 18, 26, 39]


def token(document, place):
    if place >= WIDTH - document % 7:
        return 0
    return (document * document + 3 * place * (document % 4 + 1) + place // 5) % VOCABULARY


def nine(values):
    return [float(f"{value:.9g}") for value in np.asarray(values, dtype=np.float64).ravel()]


tokens = [[token(document, place) for place in range(WIDTH)] for document in range(N)]
texts = [" ".join(f"w{t}" for t in row if t >= 3) for row in tokens]
vectors = TfidfVectorizer(token_pattern=r"\S+", lowercase=False).fit_transform(texts).toarray()
present = vectors > 0
overlap = [[jaccard_score(a, b, zero_division=0.0) for b in present] for a in present[SHOWN]]
odds = [np.float32(p) for p in [1e-30, 1e-6, 0.1, 0.5, 0.9, 0.999, 0.99999994]]

content = {
    "n": N,
    "width": WIDTH,
    "tokens": [t for row in tokens for t in row],
    "shown": SHOWN,
    "overlap": nine(overlap),
    "cosine": nine(vectors[SHOWN] @ vectors.T),
    "log_odds": [
        {"p": float(p), "log_odds": float(np.log(np.float64(p) / (1.0 - np.float64(p))))} for p in odds
    ],
}
path = pathlib.Path(__file__).parent / "text_metrics.json"
path.write_text(json.dumps(content, separators=(",", ":")) + "\n")
