"""Gates set the exit code of `runfolio check`; claims do not."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable, Iterator
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread
from typing import Any

import pytest

Command = Callable[..., Any]


@pytest.fixture
def serve() -> Iterator[Callable[[Path], str]]:
    """The address of a folder that is served on this machine until the test ends."""
    servers: list[ThreadingHTTPServer] = []

    class Quiet(SimpleHTTPRequestHandler):
        def log_message(self, *_: object) -> None:
            pass

    def start(folder: Path) -> str:
        servers.append(ThreadingHTTPServer(("127.0.0.1", 0), partial(Quiet, directory=str(folder))))
        Thread(target=servers[-1].serve_forever, daemon=True).start()
        return f"http://127.0.0.1:{servers[-1].server_port}"

    yield start
    for server in servers:
        server.shutdown()
        server.server_close()


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
        ('[[gate]]\nis = "logged"\nmetric = "val/acuracy"', 1, "no run of the experiment did; nearest: `val/accuracy`"),
        ('[[gate]]\nbudget = "lr"\nat_most = 0.05', 1, "4 of 7 runs took more; the most is 10 (wild-0)"),
        ('[[gate]]\nbudget = "lr"\nat_most = 0.7\nper = "total"\ngroup = "model == \'mlp\'"', 0, "0.3 in 3 runs, of at most 0.7"),
        ('[[gate]]\nbudget = "loss"\nat_most = 0.1\ngroup = "model == \'mlp\'"', 1, "3 of 3 runs took more"),
        ('[[gate]]\nis = "does not fall"\nmetric = "val/accuracy"\nundecided = "fail"', 1, "belong to no builds"),
        ('[[gate]]\nis = "not worse"\nagainst = "earlier site"', 0, "no earlier site is known"),
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
        "more_runs", "more_builds", "step", "runs", "page",
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


def fail_all_but_one(project: Path) -> None:
    for folder in (project / "runs/digits").iterdir():
        if folder.name != "mlp-0":
            (folder / "run.json").write_text((folder / "run.json").read_text().replace("finished", "failed"))


FEW = '[[claim]]\nname = "few"\ngate = "flip"\nwhere = "status == \'finished\'"\nfor = '


def test_a_flip_from_holds_shuts_a_gate_and_nothing_else_does(project: Path, runfolio: Command) -> None:
    config = project / "runfolio.toml"
    config.write_text(FEW + "3")
    assert runfolio("check").code == 0
    runfolio("build", "--out", "held")
    config.write_text(FEW + "30")
    unknown = runfolio("check")
    assert (unknown.code, "no earlier build says how it came out" in unknown.out) == (0, True)
    runfolio("build", "--out", "failed-before")
    assert runfolio("check", "--against", "failed-before").code == 0, "it did not hold there either"
    flipped = runfolio("check", "--against", "held")
    assert flipped.code == 1
    assert "gate failed" in flipped.out and "was: holds; now: does not hold" in flipped.out
    (found,) = json.loads(runfolio("check", "--against", "held", "--json").out)["claims"]
    assert (found["gate"], found["was"], found["outcome"]) == ("failed", "holds", "does not hold")
    config.write_text(FEW + "3")
    fail_all_but_one(project)
    assert runfolio("check", "--against", "failed-before").code == 0
    assert runfolio("check", "--against", "held").code == 1


def test_a_claim_without_a_name_keeps_its_key_wherever_it_stands(project: Path, runfolio: Command) -> None:
    """Flips are matched by it: others that are added, another order, other words and the word gate change nothing."""

    def keys() -> dict[str, str]:
        return {item["sentence"]: item["key"] for item in runfolio("check", "--json").json["claims"]}

    config, logged = project / "runfolio.toml", '[[claim]]\nis = "logged"\nmetric = "loss"\n'
    config.write_text("[[claim]]" + BETTER)
    (first,) = keys().values()
    config.write_text(logged + '[[claim]]\ntext = "Deep is best."' + BETTER)
    assert keys()["Deep is best."] == first
    config.write_text(logged + "[[gate]]" + BETTER + '[[claim]]\nis = "none failed"\n')
    assert first in keys().values() and len(set(keys().values())) == 3
    config.write_text("[[claim]]" + BETTER + "by = 0.01")
    assert first not in keys().values()


def test_equal_claims_do_not_clash(project: Path, runfolio: Command) -> None:
    (project / "runfolio.toml").write_text(("[[claim]]" + BETTER) * 2)
    runfolio("build")
    claims = json.loads((project / "site/data/claims.json").read_text("utf-8"))["claims"]
    assert claims[1]["key"] == claims[0]["key"] + "-2"
    page = (project / "site/index.html").read_text("utf-8")
    assert all(page.count(f'id="{item["key"]}"') == 1 for item in claims)
    runfolio("build", "--out", "other", "--against", "site")
    again = json.loads((project / "other/data/claims.json").read_text("utf-8"))["claims"]
    assert [item["was"] for item in again] == ["holds", "holds"]


REGRESSION = '[[gate]]\nis = "not worse"\nmetric = "val/accuracy"\nagainst = "earlier site"\nby = 0.01\n'


def run_again(project: Path, change: float) -> None:
    """Three more runs of each model under new names, `change` above those that are there; the old ones go."""
    for folder in sorted((project / "runs/digits").iterdir()):
        rows = [json.loads(line) for line in (folder / "metrics.jsonl").read_text().splitlines()]
        for row in rows:
            if isinstance(row.get("val/accuracy"), float):
                row["val/accuracy"] += change
        new = folder.with_name(f"new-{folder.name}")
        shutil.copytree(folder, new)
        (new / "metrics.jsonl").write_text("".join(json.dumps(row) + "\n" for row in rows))
        record = (folder / "run.json").read_text().replace(f'"{folder.name}"', f'"{new.name}"')
        (new / "run.json").write_text(record)
        shutil.rmtree(folder)


@pytest.mark.parametrize(("change", "code", "words"), [(-0.1, 1, "worse by 0.100"), (0.0, 0, "gate")])
def test_a_regression_against_a_site_fails_from_folder_zip_and_address(
    project: Path, runfolio: Command, serve: Callable[[Path], str], change: float, code: int, words: str
) -> None:
    (project / "runfolio.toml").write_text(REGRESSION + "group = \"model == 'mlp'\"")
    runfolio("build", "--out", "web/earlier")
    archive = shutil.make_archive("earlier", "zip", project / "web", "earlier")
    address = serve(project / "web")
    run_again(project, change)
    outs = []
    for place in (
        "web/earlier",
        "web/earlier/data/build.json",
        archive,
        f"{address}/earlier",
        f"{address}/earlier/index.html",
    ):
        found = runfolio("check", "--against", place)
        assert (found.code, words in found.out) == (code, True), found.out + found.err
        outs.append(found.out)
    assert len(set(outs)) == 1
    shutil.copy("web/earlier/data/build.json", "alone.json")
    alone = runfolio("check", "--against", "alone.json")
    assert "the earlier site has no data/runs.json" in alone.out and alone.code == 0
    (found,) = runfolio("check", "--json", "--against", "web/earlier").json["claims"]
    assert (found["counts"], found["difference"]["method"][:5]) == ([3, 3], "Welch")


def test_a_site_compared_with_itself_tells_that_it_keeps_no_runs(project: Path, runfolio: Command) -> None:
    (project / "runfolio.toml").write_text(REGRESSION)
    runfolio("build")
    run_again(project, 0.0)
    for _ in range(2):
        runfolio("build", "--against", "site")
        assert "a site that is compared with itself keeps no runs" in (project / "site/index.html").read_text(
            "utf-8"
        )
    assert runfolio("build", "--against", "site", "--json").json["written"] == []


def test_an_address_without_a_site_is_refused_in_words(
    project: Path, runfolio: Command, serve: Callable[[Path], str]
) -> None:
    (project / "empty").mkdir()
    address = serve(project / "empty")
    for command in ("check", "build"):
        found = runfolio(command, "--against", f"{address}/nothing/")
        assert found.code == 2 and "there is no record of an earlier build here" in found.err
    found = runfolio("check", "--against", "http://127.0.0.1:9/x")
    assert found.code == 2 and "the earlier site cannot be read" in found.err
    assert "http://127.0.0.1:9/x/data/build.json" in found.err
    for bad in ("https://me:secret@example.org/", "ftp://example.org/"):
        found = runfolio("check", "--against", bad)
        assert found.code == 2 and "secret" not in found.err


def test_a_build_against_an_address_writes_nothing_the_second_time(
    project: Path, runfolio: Command, serve: Callable[[Path], str]
) -> None:
    runfolio("build", "--out", "web/earlier")
    address = serve(project / "web")
    run_again(project, 0.0)
    config = project / "runfolio.toml"
    config.write_text(f'[history]\nagainst = "{address}/earlier/"\n')
    assert "history.html" in runfolio("build", "--json").json["written"]
    assert runfolio("build", "--json").json["written"] == []
