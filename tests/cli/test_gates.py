"""Gates set the exit code of `runfolio check`; claims do not."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

Command = Callable[..., Any]
BETTER = """
is = "better"
metric = "val/accuracy"
group = "model == 'mlp'"
than = "model == 'linear'"
"""
#: Nothing can be said of a single run.
UNDECIDED = BETTER.replace("linear", "wild")


@pytest.mark.parametrize(
    ("table", "code", "words"),
    [
        ("[[gate]]" + BETTER, 0, "gate passed"),
        ("[[gate]]" + BETTER.replace("better", "worse"), 1, "gate failed"),
        ("[[claim]]\ngate = true" + BETTER.replace("better", "worse"), 1, "gate failed"),
        ("[[claim]]" + BETTER.replace("better", "worse"), 0, "claim does not hold"),
        ("[[gate]]" + UNDECIDED, 0, "gate undecided, passes"),
        ('[[gate]]\nundecided = "pass"' + UNDECIDED, 0, "gate undecided, passes"),
        ('[[gate]]\nundecided = "fail"' + UNDECIDED, 1, "gate failed"),
        ('[[gate]]\nis = "none diverged"', 1, "wild-0"),
        ('[[gate]]\nis = "none failed"\ngroup = "model == \'mlp\'"', 0, "gate passed"),
        ('[[gate]]\nis = "logged"\nmetric = "val/accuracy"', 0, "gate passed"),
        ('[[gate]]\nbudget = "duration"\nat_most = "1 s"\ngroup = "model == \'mlp\'"', 1, "3 of 3 runs took more"),
        ('[[gate]]\nbudget = "duration"\nat_most = "1 min"\ngroup = "model == \'mlp\'"', 0, "gate passed"),
        ('[[gate]]\nis = "not worse"\nmetric = "val/accuracy"\nby = 0.01\n'
         'group = "model == \'mlp\'"', 0, "gate passed"),
    ],
)  # fmt: skip
def test_exit_codes(project: Path, runfolio: Command, table: str, code: int, words: str) -> None:
    (project / "runfolio.toml").write_text(table)
    found = runfolio("check")
    assert found.code == code, found.out
    assert words in found.out


def test_a_claim_that_names_nothing_is_an_error_with_file_and_line(project: Path, runfolio: Command) -> None:
    text = "[[claim]]" + BETTER + "\n[[claim]]" + BETTER.replace("'mlp'", "'mpl'")
    (project / "runfolio.toml").write_text(text)
    for command in ("check", "build"):
        found = runfolio(command)
        assert found.code == 2
        assert "runfolio.toml:7:" in found.err
        assert "no run of `digits` matches `model == 'mpl'`; nearest: `mlp`" in found.err


def test_faults_of_several_claims_stand_at_their_lines(project: Path, runfolio: Command) -> None:
    (project / "runfolio.toml").write_text(
        '[[claim]]\nis = "best"\n\n[[gate]]\nis = "bettr"\n\n[[gate]]\nis = "above"\n'
        "group = \"model == 'mlp'\"\nthan = 'x'\n"
    )
    found = runfolio("check")
    assert found.code == 2
    for line in ("runfolio.toml:1: `claim.group` must be given", "runfolio.toml:5: `gate.is` is `bettr`",
                 "runfolio.toml:10: `gate.than` must be a number"):  # fmt: skip
        assert line in found.err


def test_two_claims_of_one_name_are_a_fault(project: Path, runfolio: Command) -> None:
    (project / "runfolio.toml").write_text(('[[claim]]\nname = "a"' + BETTER) * 2)
    assert "`a` is the name of two claims" in runfolio("check").err


def test_json_has_the_documented_keys(project: Path, runfolio: Command) -> None:
    (project / "runfolio.toml").write_text(
        "[[gate]]" + BETTER + "[[claim]]\nopen = true" + BETTER.replace("mlp", "x")
    )
    gate, claim = sorted(runfolio("check", "--json").json["claims"], key=lambda item: item["outcome"])
    assert list(gate) == list(claim) == [
        "key", "sentence", "outcome", "reason", "was", "since", "gate", "form", "experiment", "metric", "difference", "mean", "counts",
        "more_runs", "runs", "page",
    ]  # fmt: skip
    assert (gate["outcome"], gate["gate"], gate["counts"]) == ("holds", "passed", [3, 3])
    assert list(gate["difference"]) == ["value", "low", "high", "verdict", "method"]
    assert (claim["outcome"], claim["gate"], claim["runs"]) == ("open", None, [])


def test_the_site_shows_claims_and_a_second_build_writes_nothing(project: Path, runfolio: Command) -> None:
    (project / "runfolio.toml").write_text("[[gate]]" + BETTER)
    runfolio("build")
    assert "is better than linear" in (project / "site/index.html").read_text("utf-8")
    assert (project / "site/data/claims.json").exists()
    assert runfolio("build", "--json").json["written"] == []
    (project / "runfolio.toml").write_text("[[claim]]" + BETTER)
    written = runfolio("build", "--json").json["written"]
    assert "index.html" in written
    assert not [path for path in written if path.startswith("runs/")], "a run's page shows no claims"


def test_a_claim_that_flips_is_marked(
    project: Path, runfolio: Command, monkeypatch: pytest.MonkeyPatch
) -> None:
    """On the overview, in the data, and in what check says; `since` comes from the earlier record alone."""
    (project / "runfolio.toml").write_text('[[claim]]\nname = "few"\nwhere = "status == \'finished\'"\nfor = 3\n'
                                           '[[claim]]\nname = "steady"\nis = "logged"\nmetric = "loss"')  # fmt: skip
    monkeypatch.setenv("SOURCE_DATE_EPOCH", "1700000000")
    runfolio("build", "--out", "earlier")
    assert "was:" not in runfolio("check", "--against", "earlier").out
    for folder in (project / "runs/digits").iterdir():
        if folder.name != "mlp-0":
            (folder / "run.json").write_text((folder / "run.json").read_text().replace("finished", "failed"))
    monkeypatch.setenv("SOURCE_DATE_EPOCH", "1800000000")
    assert "was: holds; now: does not hold" in runfolio("check", "--against", "earlier").out
    built = runfolio("build", "--against", "earlier", "--json").json
    assert "index.html" in built["written"]
    assert "was: holds; now: does not hold" in (project / "site/index.html").read_text("utf-8")
    few, steady = json.loads((project / "site/data/claims.json").read_text("utf-8"))["claims"]
    assert (few["was"], few["since"]) == ("holds", "15 Jan 2027, 08:00 UTC")
    assert (steady["was"], steady["since"]) == ("holds", "14 Nov 2023, 22:13 UTC")
    assert runfolio("build", "--against", "earlier", "--json").json["written"] == []
