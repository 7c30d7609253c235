"""Expected values for src/study/stats.rs, from SciPy, statsmodels, scikit-learn, krippendorff and irrCAC.

python3 -m venv v && v/bin/pip install scipy statsmodels scikit-learn krippendorff irrCAC && v/bin/python make_study.py

Writes study.json beside itself. Missing answers are null.
"""

import json
import random
from pathlib import Path

import krippendorff
import numpy as np
import pandas as pd
from irrCAC.raw import CAC
from scipy.stats import binomtest
from sklearn.metrics import cohen_kappa_score, roc_auc_score
from statsmodels.stats.contingency_tables import mcnemar
from statsmodels.stats.inter_rater import aggregate_raters, fleiss_kappa
from statsmodels.stats.multitest import multipletests
from statsmodels.stats.proportion import proportion_confint

draw = random.Random(20261)


def table(items, raters, classes, missing, skew):
    """Ratings with agreement above chance: each item has a true class that raters mostly give."""
    rows = []
    for _ in range(items):
        truth = 0 if draw.random() < skew else draw.randrange(classes)
        row = [truth if draw.random() < 0.7 else draw.randrange(classes) for _ in range(raters)]
        rows.append([None if draw.random() < missing else value for value in row])
    return rows


def agreement(rows, classes):
    data = np.array([[np.nan if v is None else v for v in row] for row in rows], dtype=float)
    out = {"rows": rows, "classes": classes}
    for level in ("nominal", "ordinal", "interval"):
        out[level] = float(krippendorff.alpha(reliability_data=data.T, level_of_measurement=level))
    frame = pd.DataFrame([[np.nan if v is None else float(v) for v in row] for row in rows])
    ac1 = CAC(frame, categories=[float(c) for c in range(classes)]).gwet()
    out["ac1"] = float(ac1["est"]["coefficient_value"])
    complete = all(v is not None for row in rows for v in row)
    out["fleiss"] = float(fleiss_kappa(aggregate_raters(np.array(rows), n_cat=classes)[0])) if complete else None
    return out


def main():
    golden = {"wilson": [], "binomial": [], "mcnemar": [], "holm": [], "cohen": [], "agreement": [], "auroc": []}
    for hits, n in [(0, 5), (5, 5), (1, 7), (40, 50), (80, 100), (400, 500), (437, 512), (3, 1000)]:
        golden["wilson"].append([hits, n, *map(float, proportion_confint(hits, n, method="wilson"))])
    for hits, n, p in [(0, 4, 0.5), (7, 10, 0.5), (60, 100, 0.5), (300, 500, 0.5), (19, 60, 0.1), (13, 90, 1 / 3), (2, 90, 0.1)]:
        one = float(binomtest(hits, n, p, alternative="greater").pvalue)
        golden["binomial"].append([hits, n, p, one, float(binomtest(hits, n, p).pvalue)])
    for b, c in [(0, 0), (0, 6), (3, 9), (10, 10), (25, 41), (130, 180)]:
        value = 1.0 if b + c == 0 else float(mcnemar([[5, b], [c, 7]], exact=True).pvalue)
        golden["mcnemar"].append([b, c, value])
    for p in [[0.01], [0.04, 0.01, 0.03], [0.2, 0.001, 0.02, 0.02, 0.9]]:
        golden["holm"].append([p, list(map(float, multipletests(p, method="holm")[1]))])
    for _ in range(3):
        pairs = [[row[0], row[1]] for row in table(40, 2, 3, 0.0, 0.2)]
        golden["cohen"].append([pairs, float(cohen_kappa_score([a for a, _ in pairs], [b for _, b in pairs]))])
    for items, raters, classes, missing, skew in [(30, 4, 3, 0.0, 0.0), (25, 5, 2, 0.3, 0.8), (40, 3, 5, 0.2, 0.1), (12, 2, 4, 0.0, 0.3)]:
        golden["agreement"].append(agreement(table(items, raters, classes, missing, skew), classes))
    for _ in range(2):
        ratings = [[draw.randrange(1, 6), draw.random() < 0.6] for _ in range(60)]
        golden["auroc"].append([ratings, float(roc_auc_score([r for _, r in ratings], [v for v, _ in ratings]))])
    path = Path(__file__).with_name("study.json")
    path.write_text(json.dumps(golden) + "\n")


if __name__ == "__main__":
    main()
