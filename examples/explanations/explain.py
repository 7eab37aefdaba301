"""Two classifiers of breast tumours, and what SHAP and LIME say of them: figures, interactive pages and values as tables.

    pip install runfolio scikit-learn matplotlib shap lime
    python explain.py          # about half a minute; writes runs/
    runfolio build

The seed decides the split of scikit-learn's 569 cases (70 % train, 30 % test), which cases are explained and where LIME samples.
"""

from __future__ import annotations

import argparse
import io
from pathlib import Path
from typing import Any

import matplotlib
import numpy as np
import shap
from lime.lime_tabular import LimeTabularExplainer
from matplotlib import pyplot
from sklearn.datasets import load_breast_cancer
from sklearn.ensemble import GradientBoostingClassifier
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import log_loss
from sklearn.model_selection import train_test_split
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

import runfolio

SEEDS = range(5)
#: Features that a figure or a table shows.
SHOWN = 8
#: Cases whose explanations are compared.
COMPARED = 20

Array = np.ndarray[Any, Any]


def models(seed: int) -> dict[str, Any]:
    """An untrained classifier of each kind."""
    return {
        "logistic": make_pipeline(StandardScaler(), LogisticRegression(max_iter=1000)),
        "boosting": GradientBoostingClassifier(n_estimators=100, max_depth=2, random_state=seed),
    }


def shap_values(model: Any, train: Array, test: Array, names: list[str]) -> shap.Explanation:
    """SHAP values of the test cases in log-odds of `benign`, shape (cases, features)."""
    if isinstance(model, GradientBoostingClassifier):
        return shap.TreeExplainer(model)(test)
    scaler, linear = model[0], model[1]
    found = shap.LinearExplainer(linear, scaler.transform(train))(scaler.transform(test))
    # Shown with the features as they were measured, not as they were scaled.
    return shap.Explanation(found.values, found.base_values, test, feature_names=names)


def lime_explanation(explainer: LimeTabularExplainer, model: Any, case: Array) -> Any:
    """LIME's explanation of one case."""
    return explainer.explain_instance(case, model.predict_proba, num_features=SHOWN, num_samples=2000)


def agreement(values: Array, explanations: list[Any]) -> float:
    """Share of a case's three most important features on which SHAP and LIME agree, mean over the cases."""
    shares = []
    for row, explanation in zip(values, explanations, strict=True):
        by_shap = set(np.argsort(-np.abs(row))[:3].tolist())
        by_lime = {feature for feature, _ in explanation.as_map()[1][:3]}
        shares.append(len(by_shap & by_lime) / 3)
    return float(np.mean(shares))


def log_pictures(run: runfolio.Run, found: shap.Explanation, explanation: Any) -> None:
    """What the libraries draw."""
    shap.plots.beeswarm(found, max_display=SHOWN, show=False)
    log_picture(run, "SHAP, all test cases")
    shap.plots.waterfall(found[0], max_display=SHOWN, show=False)
    log_picture(run, "SHAP, one case")
    explanation.as_pyplot_figure()
    log_picture(run, "LIME, the same case")


def log_picture(run: runfolio.Run, name: str) -> None:
    """The current figure as an artifact of the run."""
    figure = pyplot.gcf()
    figure.set_layout_engine("tight")
    run.figure(figure, name)
    pyplot.close(figure)


def log_pages(run: runfolio.Run, found: shap.Explanation, explanation: Any) -> None:
    """The interactive pages of the libraries, each one file with its scripts."""
    case = found[0]
    page = io.StringIO()
    shap.save_html(
        page, shap.plots.force(float(case.base_values), case.values, case.data, case.feature_names)
    )
    run.artifact(page.getvalue().encode(), name="SHAP, one case.html")
    run.artifact(explanation.as_html().encode(), name="LIME, the same case.html")


def log_tables(run: runfolio.Run, found: shap.Explanation, explanation: Any, names: list[str]) -> None:
    """The numbers behind the pictures."""
    mean = np.abs(found.values).mean(axis=0)
    order = np.argsort(-mean)[:SHOWN]
    run.table(
        [{"feature": names[at], "mean |SHAP|, log-odds": round(float(mean[at]), 4)} for at in order],
        name="SHAP, importance of features",
    )
    run.table(
        [{"condition": text, "weight": round(weight, 4)} for text, weight in explanation.as_list()],
        name="LIME, weights in one case",
    )


def explain(kind: str, seed: int, folder: Path, *, pages: bool) -> None:
    """One run: train, measure, explain."""
    cases = load_breast_cancer()
    names = [str(name) for name in cases.feature_names]
    train, test, train_y, test_y = train_test_split(
        cases.data, cases.target, test_size=0.3, random_state=seed, stratify=cases.target
    )
    with runfolio.start(
        "tumours",
        name=f"{kind}-s{seed}",
        parameters={"model": kind, "seed": seed},
        root=folder,
        run_id=f"{kind}-s{seed}",
        capture=("command",),
    ) as run:
        model = models(seed)[kind].fit(train, train_y)
        found = shap_values(model, train, test, names)
        found.feature_names = names
        lime = LimeTabularExplainer(
            train,
            feature_names=names,
            class_names=[str(name) for name in cases.target_names],
            random_state=seed,
        )
        explanations = [lime_explanation(lime, model, case) for case in test[:COMPARED]]
        run.log(
            {
                "test/accuracy": float(model.score(test, test_y)),
                "test/loss": float(log_loss(test_y, model.predict_proba(test))),
                "agreement": agreement(found.values[:COMPARED], explanations),
            }
        )
        log_tables(run, found, explanations[0], names)
        if seed == 0:
            log_pictures(run, found, explanations[0])
            if pages:
                log_pages(run, found, explanations[0])


def main() -> None:
    """All runs, or those of some seeds."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--runs", type=Path, default=Path("runs"), help="folder for the runs")
    parser.add_argument("--seeds", type=int, default=len(SEEDS), help="how many seeds of each model")
    parser.add_argument("--without-pages", action="store_true", help="leave the interactive pages out")
    given = parser.parse_args()
    matplotlib.use("agg")
    matplotlib.rcParams["svg.hashsalt"] = "runfolio"
    for kind in models(0):
        for seed in range(given.seeds):
            explain(kind, seed, given.runs, pages=not given.without_pages)


if __name__ == "__main__":
    main()
