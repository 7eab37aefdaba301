"""The real files of other programs that lie beside the project, built as one site without configuration, on a phone."""

from __future__ import annotations

import json
from collections import Counter
from pathlib import Path
from typing import Any

import pytest
from browsing import ROOT, Open, Site

from runfolio import api

SAMPLES = ROOT.parent / "shared" / "samples"
pytestmark = pytest.mark.skipif(not SAMPLES.is_dir(), reason="no sample files beside this checkout")

#: What sticks out of the page, and numbers at axes that are cut off.
FAULTS = """() => {
  const found = [];
  const wide = document.documentElement.clientWidth;
  if (document.documentElement.scrollWidth > wide) found.push(`wider than ${wide}`);
  for (const plot of document.querySelectorAll(".plot")) {
    const left = plot.getBoundingClientRect().left;
    for (const text of plot.querySelectorAll(".tick text")) {
      const box = text.getBoundingClientRect();
      if (box.width && box.left < left - 0.5) found.push(`${text.textContent} begins ${left - box.left} px before its plot`);
    }
  }
  return found;
}"""


@pytest.fixture(scope="module")
def samples(workshop: Path, origin: str) -> Site:
    folder = workshop / "some" / "sub" / "samples"
    api.build(SAMPLES, folder, workers=1, use_cache=False)
    return Site(folder, f"{origin}/some/sub/samples")


@pytest.fixture(scope="module")
def runs(samples: Site) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = json.loads((samples.folder / "data" / "runs.json").read_text("utf-8"))
    return found


def test_every_source_is_recognised_by_its_reader(runs: list[dict[str, Any]]) -> None:
    counts = Counter((run["source"]["path"].partition("/")[0], run["source"]["reader"]) for run in runs)
    assert counts == {
        ("aim", "aim"): 1,
        ("asv", "asv"): 39,
        ("benchmark-outputs", "google-benchmark"): 1,
        ("benchmark-outputs", "jmh"): 2,
        ("benchmark-outputs", "pytest-benchmark"): 2,
        ("dvc", "dvclive"): 1,
        ("google-benchmark", "google-benchmark"): 7,
        ("guild", "guild"): 7,
        ("hf_trainer", "hf-trainer"): 1,
        ("hyperfine", "hyperfine"): 1,
        ("keras", "csv"): 1,
        ("lightning", "lightning"): 48,
        ("mlflow", "mlflow-files"): 3,
        ("optuna", "optuna"): 17,
        ("pytest-benchmark", "pytest-benchmark"): 3,
        ("raytune", "ray-tune"): 1,
        ("rl", "stable-baselines3"): 4,
        ("sacred", "sacred"): 9,
        ("seeds", "jsonl"): 40,
        ("tensorboard", "tensorboard"): 10,
        ("wandb", "wandb"): 25,
    }


def test_numbers_are_those_that_the_tools_give(runs: list[dict[str, Any]]) -> None:
    def of(source: str) -> list[dict[str, Any]]:
        return [run for run in runs if run["source"]["path"].startswith(f"{source}/")]

    mlflow = of("mlflow")
    assert sorted(run["status"] for run in mlflow) == ["failed", "failed", "finished"]
    # 345 points, 12 of them logged at a step again, 11 of these with the same value.
    points = [sum(item["count"] for item in run["metrics"].values()) for run in mlflow]
    assert sorted(points) == [0, 0, 333]
    (keras,) = of("keras")
    assert keras["metrics"]["val_accuracy"]["maximum"] == pytest.approx(0.72046, abs=1e-5)
    assert keras["metrics"]["val_accuracy"]["step_of_maximum"] == 2
    (ray,) = of("raytune")
    assert ray["metrics"]["episode_reward_mean"]["last"] == pytest.approx(18.24)
    (trainer,) = of("hf_trainer")
    assert trainer["metrics"]["best_metric"]["last"] == pytest.approx(0.74316, abs=1e-5)
    repeated = next(run for run in of("tensorboard") if "duplicate_steps" in run["source"]["path"])
    assert {item["count"] for item in repeated["metrics"].values()} == {200}
    (event,) = (run for run in of("tensorboard") if run["source"]["path"].startswith("tensorboard/wandb"))
    assert {item["count"] for item in event["metrics"].values()} == {17} and len(event["metrics"]) == 6


def test_problems_are_listed_with_reasons(samples: Site, visit: Open) -> None:
    page = visit("problems.html", site=samples, width=390)
    words = page.inner_text("main")
    for reason in ("aaaaaaaa-py2.7", "run.json is missing", "damaged at byte 143", "names no operation"):
        assert reason in words
    assert "`" not in words


def test_no_page_is_cut_off_on_a_phone(samples: Site, visit: Open, runs: list[dict[str, Any]]) -> None:
    pages = ["index.html", "problems.html", "sweeps.html", "audit.html"]
    pages += [f"experiments/{path.name}" for path in sorted((samples.folder / "experiments").glob("*.html"))]
    shown = {run["source"]["reader"]: run["run_id"] for run in runs}
    pages += [f"runs/{run}.html" for run in shown.values() if (samples.folder / f"runs/{run}.html").is_file()]
    found = {}
    for name in pages:
        page = visit(name, site=samples, width=390)
        found[name] = page.evaluate(FAULTS)
        page.close()
    assert {name: faults for name, faults in found.items() if faults} == {}
