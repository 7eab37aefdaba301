"""The examples are what they say: the digits' runs are complete, sealed, small and private; the quickstart runs."""

from __future__ import annotations

import importlib.util
import json
import re
import shutil
import subprocess
import sys
import zipfile
from pathlib import Path
from types import ModuleType

import pytest

from runfolio import api
from runfolio.catalog import read_catalog

EXAMPLES = Path(__file__).parents[2] / "examples"
DIGITS = EXAMPLES / "digits"
RUNS = sorted((DIGITS / "runs").glob("*/*"))


@pytest.fixture(scope="module")
def packer() -> ModuleType:
    spec = importlib.util.spec_from_file_location("digits_pack", DIGITS / "pack.py")
    assert spec is not None and spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def test_the_demo_s_archive_is_up_to_date(packer: ModuleType) -> None:
    with zipfile.ZipFile(packer.ARCHIVE) as zipped:
        held = {name: zipped.read(name) for name in zipped.namelist()}
    assert held == packer.packed_files(), "run `python examples/digits/pack.py`"


def test_packing_twice_gives_the_same_bytes(packer: ModuleType, tmp_path: Path) -> None:
    for name in ("a.zip", "b.zip"):
        packer.pack(tmp_path / name)
    assert (tmp_path / "a.zip").read_bytes() == (tmp_path / "b.zip").read_bytes()


def test_seventy_runs_sealed_and_small() -> None:
    assert len(RUNS) == 70
    assert all((run / "metrics.parquet").is_file() and not list(run.glob("metrics*.jsonl")) for run in RUNS)
    assert sum(path.stat().st_size for run in RUNS for path in run.rglob("*") if path.is_file()) < 5_000_000


@pytest.mark.parametrize("run", RUNS, ids=lambda run: run.name)
def test_nothing_private_in_a_run(run: Path) -> None:
    record = json.loads((run / "run.json").read_text(encoding="utf-8"))
    assert "host" not in record["environment"] and record["environment"]["variables"] == {}
    assert record["command"] == ["python", "train.py"]
    for path in run.rglob("*"):
        if path.is_file():
            content = path.read_bytes()
            # Absolute paths and e-mail addresses; the addresses of XML names are neither.
            assert not re.search(
                rb"(?<![\w/.:])/(home|Users|root|tmp|work|usr|opt)/|[\w.]+@[\w-]+\.\w{2,}", content
            ), path


def test_the_runs_tell_the_story_the_readme_tells() -> None:
    catalog = read_catalog([DIGITS / "runs"], workers=1)
    assert [problem for problem in catalog.problems if problem.severity == "error"] == []
    assert len(catalog.runs) == 70
    lost = {run.run_id for run in catalog.runs if run.metrics["val/loss"].nonfinite_count}
    assert lost == {run.run_id for run in catalog.runs if run.status == "failed"}
    assert lost and all(run_id.startswith("mlp-hidden64-lr2.5-") for run_id in lost)
    finished = [run for run in catalog.runs if run.status == "finished"]
    assert all(run.metrics["val/accuracy"].count == 40 and run.artifacts for run in finished)


def test_training_again_gives_the_same_numbers(tmp_path: Path) -> None:
    """The seed decides everything but the times; one quick setting stands for all."""
    code = "from pathlib import Path; import train; train.train(train.SETTINGS[0], 3, Path('runs'))"
    shutil.copy(DIGITS / "train.py", tmp_path)
    subprocess.run([sys.executable, "-c", code], cwd=tmp_path, check=True, capture_output=True)
    again = read_catalog([tmp_path / "runs"], workers=1).runs[0]
    committed = next(
        run for run in read_catalog([DIGITS / "runs"], workers=1).runs if run.run_id == again.run_id
    )
    assert again.parameters == committed.parameters
    for name in ("val/accuracy", "train/accuracy", "val/loss", "train/loss"):
        assert again.metrics[name].last == pytest.approx(committed.metrics[name].last, rel=1e-6)


def test_quickstart_needs_only_runfolio_and_gives_nine_runs(tmp_path: Path) -> None:
    script = EXAMPLES / "quickstart" / "train.py"
    # -I -S would hide Runfolio too: block what is not the standard library instead.
    code = (
        "import sys\n"
        "class Refuse:\n"
        "    def find_spec(self, name, path=None, target=None):\n"
        "        top = name.partition('.')[0]\n"
        "        if top not in sys.stdlib_module_names | {'runfolio'}:\n"
        "            raise ImportError(f'{name} is no part of the standard library')\n"
        "sys.meta_path.insert(0, Refuse())\n"
        f"exec(compile(open({str(script)!r}).read(), 'train.py', 'exec'))\n"
    )
    subprocess.run([sys.executable, "-W", "error", "-c", code], cwd=tmp_path, check=True)
    catalog = read_catalog([tmp_path / "runs"], workers=1)
    assert len(catalog.runs) == 9
    assert {run.parameters["seed"].text for run in catalog.runs} == {"0", "1", "2"}
    assert all(run.status == "finished" and run.metrics["loss"].count == 100 for run in catalog.runs)


def test_quickstart_is_ten_lines_of_work() -> None:
    lines = (EXAMPLES / "quickstart" / "train.py").read_text(encoding="utf-8").splitlines()
    assert len([line for line in lines if line.strip() and not line.startswith("import")]) <= 10


def test_the_history_example_names_the_builds_where_the_code_changed(tmp_path: Path) -> None:
    """Measured times, and a site that a second build leaves alone."""
    project = tmp_path / "history"
    shutil.copytree(EXAMPLES / "history", project)
    for written in (True, False):
        report = api.build(out=project / "site", config=project / "runfolio.toml", workers=1, use_cache=False)
        assert bool(report.written) is written and report.is_clean
    page = (project / "site" / "history.html").read_text("utf-8")
    assert not (project / "site" / "sweeps").exists(), "the number of a build is no setting"
    assert "Time of a count rose by 0.6878 ms at build 15, lower is better" in page
    assert "between 7 and 8; 7 builds before, 7 after" in page
