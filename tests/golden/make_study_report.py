"""The report of the sample project's study, computed again from its exported responses with SciPy, statsmodels, scikit-learn, krippendorff
and irrCAC.

unmask study export sample_data/project/studies/digits --out EXPORT
python3 -m venv v && v/bin/pip install scipy statsmodels scikit-learn krippendorff irrCAC && v/bin/python make_study_report.py EXPORT

Writes study_report.json beside itself. Only the columns of responses.csv are used, and what its codebook says of them.
"""

import itertools
import json
import sys
from pathlib import Path

import krippendorff
import numpy as np
import pandas as pd
from irrCAC.raw import CAC
from scipy.stats import binomtest
from sklearn.metrics import cohen_kappa_score, roc_auc_score
from statsmodels.stats.contingency_tables import mcnemar
from statsmodels.stats.multitest import multipletests
from statsmodels.stats.proportion import proportion_confint


def verdicts(arm):
    """Items that people together get right or wrong; a draw is neither."""
    share = arm.groupby("item").hit.mean()
    return (share[share != 0.5] > 0.5).to_dict()


def exact(b, c):
    return 1.0 if b + c == 0 else float(mcnemar([[0, b], [c, 0]], exact=True).pvalue)


def main():
    rows = pd.read_csv(Path(sys.argv[1]) / "responses.csv", dtype={"answer": str, "model_class": str, "shown_class": str, "true_class": str})
    manifest = json.loads((Path(sys.argv[1]) / "manifest.json").read_text())
    classes = manifest["classes"]
    everybody = rows[rows.stands]
    used = everybody[~everybody.excluded].copy()
    used["hit"] = used.answer == used.model_class
    main_rows = used[used.role == "main"]
    arms = {}
    names = [arm["name"] for arm in manifest["arms"]]
    for name in names:
        arm = main_rows[main_rows.arm == name]
        hits, n = int(arm.hit.sum()), len(arm)
        items = arm.groupby("item").first()
        stays = (items.shown_class == items.model_class).to_dict()
        people = verdicts(arm)
        table = [0, 0, 0, 0]
        for item, right in people.items():
            table[{(True, True): 0, (True, False): 1, (False, True): 2, (False, False): 3}[right, stays[item]]] += 1
        codes = arm.assign(code=arm.answer.map(classes.index)).pivot(index="item", columns="person", values="code")
        ac1 = CAC(codes.astype(float).reset_index(drop=True), categories=[float(c) for c in range(len(classes))]).gwet()
        arms[name] = {
            "hits": hits,
            "n": n,
            "wilson": [100 * float(x) for x in proportion_confint(hits, n, method="wilson")],
            "p_chance": float(binomtest(hits, n, 1 / len(classes), alternative="greater").pvalue),
            "accuracy": 100 * float((arm.answer == arm.true_class).mean()),
            "fs_m": 100 * float(np.mean(list(stays.values()))),
            "table": table,
            "p_model": exact(table[1], table[2]),
            "alpha": float(krippendorff.alpha(reliability_data=codes.T.to_numpy(dtype=float), level_of_measurement="nominal")),
            "ac1": float(ac1["est"]["coefficient_value"]),
            "median": float(np.quantile(arm.response_s, 0.5)),
            "quartiles": [float(np.quantile(arm.response_s, q)) for q in (0.25, 0.75)],
            "spread": [float(np.quantile(arm.response_s, q)) for q in (0.05, 0.95)],
            "levels": [[int(arm[arm.confidence == c].hit.sum()), int((arm.confidence == c).sum())] for c in range(1, 6)],
            "auroc": float(roc_auc_score(arm.hit, arm.confidence)),
        }
    pairs = []
    for first, second in itertools.combinations(names, 2):
        a, b = (verdicts(main_rows[main_rows.arm == name]) for name in (first, second))
        both = sorted(a.keys() & b.keys())
        only = [sum(a[i] and not b[i] for i in both), sum(b[i] and not a[i] for i in both)]
        pairs.append({"arms": [first, second], "items": len(both), "discordant": only, "p": exact(*only)})
    for pair, p in zip(pairs, multipletests([pair["p"] for pair in pairs], method="holm")[1]):
        pair["p_holm"] = float(p)
    again = used[used.role == "repeat"].merge(main_rows, on=["person", "item"], suffixes=("", "_first"))
    retest = {
        "same": int((again.answer == again.answer_first).sum()),
        "n": len(again),
        "kappa": float(cohen_kappa_score(again.answer, again.answer_first)),
    }
    golden = {"arms": arms, "pairs": pairs, "retest": retest, "excluded": int(everybody[everybody.excluded].person.nunique())}
    Path(__file__).with_name("study_report.json").write_text(json.dumps(golden, indent=1) + "\n")


if __name__ == "__main__":
    main()
