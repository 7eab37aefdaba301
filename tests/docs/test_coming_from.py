"""Every format that is read has a page that says how: one command, what becomes what, what does not; the README leads there."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from runfolio.readers.formats import FORMATS

ROOT = Path(__file__).parents[2]
PAGES = sorted((ROOT / "docs" / "coming-from").glob("*.md"))
#: The project's own format, and tables that no program in particular writes: docs/writing-readers.md says how they are read.
PLAIN = {"runlog", "jsonl", "json", "csv", "parquet"}
#: Reader → the page of its format and how the format is called there.
READERS = {
    "aim": ("aim", "Aim"),
    "asv": ("benchmarks", "asv"),
    "clearml": ("clearml", "ClearML"),
    "clearml-zip": ("clearml", "ClearML"),
    "comet": ("comet", "Comet"),
    "criterion": ("benchmarks", "Criterion"),
    "dvc": ("dvc", "dvc.yaml"),
    "dvclive": ("dvc", "DVCLive"),
    "github-action-benchmark": ("benchmarks", "github-action-benchmark"),
    "google-benchmark": ("benchmarks", "Google Benchmark"),
    "guild": ("guild", "Guild AI"),
    "hf-trainer": ("hugging-face", "Trainer"),
    "hyperfine": ("benchmarks", "hyperfine"),
    "inspect": ("inspect", "Inspect"),
    "jmh": ("benchmarks", "JMH"),
    "junit": ("benchmarks", "JUnit"),
    "lighthouse": ("benchmarks", "Lighthouse"),
    "lightning": ("lightning", "Lightning"),
    "lm-eval": ("lm-evaluation-harness", "lm-evaluation-harness"),
    "mlflow-files": ("mlflow", "mlruns"),
    "mlflow-remains": ("mlflow", "mlruns"),
    "mlflow-sqlite": ("mlflow", "mlflow.db"),
    "neptune": ("neptune", "Neptune"),
    "optuna": ("optuna", "Optuna"),
    "pytest-benchmark": ("benchmarks", "pytest-benchmark"),
    "ray-tune": ("ray-tune", "Ray Tune"),
    "sacred": ("sacred", "Sacred"),
    "spinning-up": ("reinforcement-learning", "Spinning Up"),
    "stable-baselines3": ("reinforcement-learning", "Stable-Baselines3"),
    "tensorboard": ("tensorboard", "TensorBoard"),
    "tensorboard-keras": ("keras", "Keras"),
    "trackio": ("trackio", "Trackio"),
    "trackio-parquet": ("trackio", "Trackio"),
    "wandb": ("wandb", "Weights & Biases"),
}


def test_every_built_in_reader_has_its_page() -> None:
    assert FORMATS.keys() - PLAIN == READERS.keys()
    for reader, (page, name) in READERS.items():
        assert name in (ROOT / "docs" / "coming-from" / f"{page}.md").read_text(encoding="utf-8"), reader
    # Hydra has no reader: its settings are those of the logs beside them.
    assert {path.stem for path in PAGES} == {page for page, _ in READERS.values()} | {"hydra"}


@pytest.mark.parametrize("path", PAGES, ids=lambda path: path.stem)
def test_a_page_has_a_command_a_table_and_what_is_left_out(path: Path) -> None:
    text = path.read_text(encoding="utf-8")
    blocks = re.findall(r"^```.*?^```", text, re.DOTALL | re.MULTILINE)
    assert any("runfolio build" in block for block in blocks)
    assert "\n| --- | --- |" in text
    assert re.search(
        r"[Nn]ot read|[Nn]ot shown|[Ll]eft out|[Ss]tays? closed|not exported|not imported|no end of a run",
        text,
    )


def test_the_readme_leads_to_each_page_from_its_table() -> None:
    readme = (ROOT / "README.md").read_text(encoding="utf-8")
    table = readme[readme.index("| written by | files |") : readme.index("Sources may also lie in")]
    linked = set(re.findall(r"\(docs/coming-from/([\w-]+)\.md\)", table))
    assert linked == {path.stem for path in PAGES}
    for name in ("asv", "JMH", "Criterion", "Lighthouse", "JUnit", "hyperfine", "github-action-benchmark"):
        assert name in table
