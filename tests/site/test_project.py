"""Whole sites from real runs: what is rewritten after which change, and the same bytes wherever it is built."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import threading
from pathlib import Path

import pytest
from site_parts import SUMS, tree

from runfolio.cli import run
from runfolio.errors import FindingError
from runfolio.site.project import Project, Wishes
from runfolio.site.watch import Change, changes


def write_run(folder: Path, experiment: str, run_id: str, value: float, **parameters: object) -> None:
    place = folder / experiment / run_id
    place.mkdir(parents=True)
    record = {
        "schema": 1,
        "run_id": run_id,
        "experiment": experiment,
        "status": "finished",
        "started_at": "2026-11-21T03:43:00Z",
        "parameters": parameters,
    }
    (place / "run.json").write_text(json.dumps(record))
    rows = [{"step": step, "time": step, "val/accuracy": value + step / 100} for step in range(4)]
    (place / "metrics.jsonl").write_text("".join(json.dumps(row) + "\n" for row in rows))


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Two experiments with two configurations of three seeds each."""
    monkeypatch.chdir(tmp_path)
    for experiment in ("first", "second"):
        for model in ("linear", "mlp"):
            for seed in range(3):
                value = 0.5 + seed / 1000 + (model == "mlp") / 10
                write_run(
                    tmp_path / "runs",
                    experiment,
                    f"{experiment}-{model}-{seed}",
                    value,
                    model=model,
                    seed=seed,
                )
    return tmp_path


def test_one_more_run_rewrites_only_what_shows_it(folder: Path) -> None:
    Project().build()
    write_run(folder / "runs", "second", "second-mlp-3", 0.61, model="mlp", seed=3)
    report = Project().build()
    pages = {path for path in report.written if path.endswith(".html")}
    assert {"experiments/second.html", "runs/second-mlp-3.html", "index.html"} <= pages
    assert not {
        path for path in pages if path.startswith(("runs/first", "experiments/first", "runs/second-linear"))
    }
    assert not {path for path in report.written if path.startswith("assets/")}
    assert all(problem.slug != "broken-link" for problem in report.problems)


def test_a_removed_run_takes_its_files_along(folder: Path) -> None:
    import shutil

    Project().build()
    shutil.rmtree(folder / "runs/second/second-mlp-2")
    report = Project().build()
    assert "runs/second-mlp-2.html" in report.removed
    assert report.problems == ()
    assert not [path for path in tree(folder / "site") if "second-mlp-2" in path]


def test_a_change_is_followed_by_the_cheapest_rebuild(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    project = Project()
    project.build()
    reads: list[int] = []
    read = Project.read
    monkeypatch.setattr(Project, "read", lambda self: reads.append(1) or read(self))
    renderer = project._renderer
    assert project.build(frozenset({Change.THEME})).written == ()
    assert reads == []
    assert project._renderer is not renderer

    renderer = project._renderer
    write_run(folder / "runs", "first", "first-mlp-9", 0.6, model="mlp", seed=9)
    assert "runs/first-mlp-9.html" in project.build(frozenset({Change.RUN})).written
    assert (reads, project._renderer is renderer) == ([1], True)

    (folder / "runfolio.toml").write_text("title = 'Another title'")
    assert "index.html" in project.build(frozenset({Change.CONFIG})).written
    assert b"Another title" in (folder / "site/index.html").read_bytes()


@pytest.mark.parametrize(
    ("file", "text"),
    [
        ("theme/tokens.toml", '[light]\naccent = "#123456"'),
        ("theme/templates/missing.html", "<!doctype html><title>#123456</title>"),
    ],
)
def test_a_projects_own_theme_is_followed_also_when_it_comes_later(
    folder: Path, file: str, text: str
) -> None:
    project = Project()
    project.build()
    assert project.watched.themes == ()
    stop = threading.Event()
    writers = [threading.Timer(delay, write, (folder / file, text)) for delay in (0.5, 4.0)]
    guard = threading.Timer(30, stop.set)
    for timer in (*writers, guard):
        timer.start()
    seen: list[frozenset[Change]] = []
    for found in changes(lambda: project.watched, stop):
        seen.append(found)
        project.build(found)
        if any(b"#123456" in content for content in tree(folder / "site").values()):
            break
    for timer in (*writers, guard):
        timer.cancel()
    assert not stop.is_set()
    assert Change.THEME in seen[-1]
    assert project.watched.themes == (Path("theme"),)


def write(file: Path, text: str) -> None:
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(text)


def test_the_same_bytes_under_any_hash_seed_time_zone_locale_and_folder(folder: Path) -> None:
    import shutil

    trees = []
    for place, seed, zone, locale in (("here", "1", "UTC", "C"), ("far/away", "2", "Asia/Tokyo", "C.UTF-8")):
        copy = folder / place
        shutil.copytree(folder / "runs", copy / "runs")
        environment = os.environ | {"PYTHONHASHSEED": seed, "TZ": zone, "LC_ALL": locale}
        subprocess.run(
            [sys.executable, "-m", "runfolio", "build", "--workers", seed],
            cwd=copy,
            env=environment,
            check=True,
            timeout=120,
        )
        trees.append(tree(copy / "site"))
        trees[-1][SUMS] = (copy / "site" / SUMS).read_bytes()
        trees[-1]["manifest"] = (copy / "site/.runfolio-manifest.json").read_bytes()
    assert sorted(trees[0]) == sorted(trees[1])
    assert [path for path in trees[0] if trees[0][path] != trees[1][path]] == []
    assert not [path for path, content in trees[0].items() if folder.as_posix().encode() in content]


def test_two_builds_at_once_make_one_site(folder: Path) -> None:
    builds = [
        subprocess.Popen(
            [sys.executable, "-m", "runfolio", "build", "--json"],
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
        )
        for _ in range(3)
    ]
    outputs = [build.communicate(timeout=120) for build in builds]
    assert [build.returncode for build in builds] == [0, 0, 0], outputs
    written = sorted(len(json.loads(out)["written"]) for out, _ in outputs)
    assert written[:2] == [0, 0], "the later two find everything done"


def test_wishes_go_before_the_configuration(folder: Path) -> None:
    (folder / "runfolio.toml").write_text("sources = 'nowhere'\nout = 'configured'")
    project = Project(Wishes(sources=(Path("runs/first"),), out=Path("wished")))
    assert project.build().runs == 6
    assert (folder / "wished/index.html").exists()
    assert not (folder / "configured").exists()


def test_a_finding_is_followed_and_its_faults_stand_on_its_page(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (folder / "findings").mkdir()
    finding = folder / "findings" / "a.md"
    finding.write_text('The best is {{ best(experiment="first") }}.\n')
    project = Project()
    project.is_tolerant = True
    assert "findings/a.html" in project.build().written
    assert project.watched.findings == Path("findings")

    finding.write_text('The best is {{ best("los", experiment="first") }}.\n')
    report = project.build(frozenset({Change.FINDING}))
    assert "findings/a.html" in report.written
    assert not [path for path in report.written if path.startswith(("data/runs", "series/"))]
    assert [(item.slug, item.path) for item in report.problems if item.slug == "finding"] == [
        ("finding", "findings/a.md:1")
    ]
    page = (folder / "site/findings/a.html").read_text(encoding="utf-8")
    assert (
        "This finding cannot be built" in page
        and "metric <code>los</code> is not logged in <code>first</code>" in page
    )
    assert "{{ best(&quot;los&quot;, experiment=&quot;first&quot;) }}" in page, (
        "what was written stands where the number would"
    )

    finding.write_text('The very best is {{ best("los", experiment="first") }}.\n')
    report = project.build(frozenset({Change.FINDING}))
    assert {path for path in report.written if path.endswith(".html")} == {"findings/a.html"}

    with pytest.raises(FindingError) as caught:
        Project().build()
    assert caught.value.place == "findings/a.md:1"
    assert run(["check", "--json"]) == 1
    assert "findings/a.md:1" in [item["path"] for item in json.loads(capsys.readouterr().out)["problems"]]

    finding.write_text('The best is {{ best(experiment="first") }}.\n')
    report = project.build(frozenset({Change.FINDING}))
    assert "findings/a.html" in report.written and not [p for p in report.problems if p.slug == "finding"]
