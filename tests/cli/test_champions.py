"""Champions on the command line: faults of the configuration with file and line, and what a check says."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

Command = Callable[..., Any]


@pytest.mark.parametrize(
    ("table", "line", "said"),
    [
        ("", 1, "`champion.name` must be given"),
        ('name = "a"\ntie = "cheap"', 3, "`champion.tie` is `cheap`, which is not one of `earliest`, `cheapest`, `mean`; nearest: `cheapest`"),
        ('name = "a"\ncost = "loss"', 3, "`champion.cost` is what `tie = \"cheapest\"` goes by"),
        ('name = "a"\nwhere = "lr >"', 3, "`champion.where` is not a filter expression"),
        ('name = "a"\nmin_runs = 0', 3, "`champion.min_runs` must be at least 1"),
        ('name = "a"\nmin_runs = 2.5', 3, "`champion.min_runs` must be a whole number"),
        ('name = "a"\nneeds_support = "yes"', 3, "`champion.needs_support` must be true or false"),
        ('name = "a"\nmetrik = "loss"', 3, "unknown key `metrik` in [champion]; nearest: `metric`"),
        ('name = "a"\n[[champion]]\nname = "a"', 4, "`champion.name` `a` is the name of two champions"),
        ('name = "a"\nmetric = "val/acuracy"', 1, "metric `val/acuracy` is not logged; nearest: `val/accuracy`"),
        ('name = "a"\nwhere = "modell == 1"', 1, "no run has a parameter, metric or field `modell`; nearest: `model`"),
    ],
)  # fmt: skip
def test_faults_have_file_and_line(
    project: Path, runfolio: Command, table: str, line: int, said: str
) -> None:
    (project / "runfolio.toml").write_text(f"[[champion]]\n{table}\n")
    for command in ("check", "build"):
        found = runfolio(command)
        assert found.code == 2
        assert f"runfolio.toml:{line}" in found.err
        assert said in found.err


def test_a_check_tells_of_a_champion_that_cannot_be_named(project: Path, runfolio: Command) -> None:
    (project / "runfolio.toml").write_text('[[champion]]\nname = "server"\nmetric = "val/accuracy"\n')
    assert "champion" not in runfolio("check").out
    (project / "runfolio.toml").write_text('[[champion]]\nname = "server"\nwhere = "model == \'wild\'"\n')
    report = runfolio("check", "--json").json
    (problem,) = [item for item in report["problems"] if item["slug"] == "no-champion"]
    assert (
        "`server` cannot be named: no configuration is complete (wild: 1 of 1 run diverged)"
        in problem["message"]
    )
    assert runfolio("check").code == 0
    assert runfolio("check", "--strict").code == 1


def test_a_change_of_the_rule_writes_only_the_pages_that_say_it(project: Path, runfolio: Command) -> None:
    config = project / "runfolio.toml"
    config.write_text('[[champion]]\nname = "server"\nmetric = "val/accuracy"\n')
    runfolio("build")
    assert runfolio("build", "--json").json["written"] == []
    config.write_text('\n[[champion]]\nname = "server"\nmetric = "val/accuracy"\n')
    assert runfolio("build", "--json").json["written"] == [], "a line further down it is the same rule"
    config.write_text(
        '[[champion]]\nname = "server"\nmetric = "val/accuracy"\nwhere = "model == \'linear\'"\n'
    )
    written = set(runfolio("build", "--json").json["written"])
    assert {path for path in written if path.endswith(".html")} == {
        "index.html", "models.html", "runs/linear-1.html", "runs/mlp-1.html",
    }  # fmt: skip
    (found,) = json.loads((project / "site/data/models.json").read_text("utf-8"))["champions"]
    assert found["configuration"]["parameters"]["model"] == "linear"
    config.write_text("")
    runfolio("build")
    assert not (project / "site/models.html").exists() and not (project / "site/data/models.json").exists()
