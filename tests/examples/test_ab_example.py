"""The A/B test is what its README says: counts of three variants, and a verdict from the interval that may be watched."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
from pathlib import Path

from runfolio import api
from runfolio.catalog import read_catalog

EXAMPLE = Path(__file__).parents[2] / "examples" / "ab-test"


def test_serving_again_counts_the_same(tmp_path: Path) -> None:
    shutil.copy(EXAMPLE / "serve.py", tmp_path)
    subprocess.run([sys.executable, "serve.py"], cwd=tmp_path, check=True, capture_output=True)
    again, committed = (
        {
            run.run_id: {name: item.last for name, item in run.metrics.items()}
            for run in read_catalog([folder / "runs"], workers=1).runs
        }
        for folder in (tmp_path, EXAMPLE)
    )
    assert again.keys() == committed.keys() == {"linear", "linear-small", "kernel"}
    for run_id, counts in committed.items():
        assert again[run_id]["requests"] == counts["requests"]
        # Other versions of the linear algebra may read an image or two differently.
        assert abs(again[run_id]["read"] - counts["read"]) <= 10
    assert sum(counts["requests"] for counts in committed.values()) == 6000


def test_the_page_says_what_the_readme_says(tmp_path: Path) -> None:
    api.build(out=tmp_path / "site", config=EXAMPLE / "runfolio.toml", workers=1, use_cache=False)
    page = (tmp_path / "site" / "experiments" / "camera.html").read_text("utf-8")
    assert "kernel is better than linear by 7.7 points" in page
    assert "no clear difference" in page and "were split evenly" in page


def test_sealed_and_small() -> None:
    files = [path for path in (EXAMPLE / "runs").rglob("*") if path.is_file()]
    assert sum(path.stat().st_size for path in files) < 30_000
    assert not [path for path in files if path.name == "metrics.jsonl"]


def test_the_finding_has_a_claim_that_holds_one_that_does_not_and_two_that_are_undecided(
    tmp_path: Path,
) -> None:
    report = api.build(out=tmp_path / "site", config=EXAMPLE / "runfolio.toml", workers=1, use_cache=False)
    assert report.problems == ()
    claims = json.loads((tmp_path / "site/data/claims.json").read_text("utf-8"))["claims"]
    assert [claim["outcome"] for claim in claims] == ["holds", "undecided", "undecided", "does not hold"]
    page = (tmp_path / "site/findings/the-kernel-reader-reads-more.html").read_text("utf-8")
    for value in ("88.0%", "95.7%", "+7.7 points", "85.9%", "no clear difference"):
        assert f">{value}<" in page
