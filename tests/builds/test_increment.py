"""A build writes what changed, and nothing else: held to the exact list of files."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from building import assert_same, build, environment, times, tree
from generate import REPLICATES, generate, write_run
from projects import write_project

RUNS = 1_000
#: Files that tell of every run of the site.
CHECKSUMS = {"data/SHA256SUMS", "data/checksums.js"}
ALL_DATA = {
    *CHECKSUMS,
    "data/build.json",
    "data/files.csv",
    "data/runs.csv",
    "data/runs.json",
    "data/runs.parquet",
    "data/search.js",
    "data/site.json",
}
OVERVIEWS = {"index.html", "compare.html", "audit.html", "experiments/generated.html"}

#: Runs a second build under an audit hook: prints the files it opened, and those it opened to write.
_WATCHED = """
import json, os, sys
runs, site = map(os.path.realpath, sys.argv[1:3])
opened, written = [], []
def hook(event, arguments):
    if event == "open" and isinstance(arguments[0], (str, bytes)):
        path = os.path.realpath(os.fsdecode(arguments[0]))
        flags = arguments[2] or 0
        if path.startswith(runs + os.sep):
            opened.append(path)
        elif path.startswith(site + os.sep) and flags & (os.O_WRONLY | os.O_RDWR | os.O_CREAT | os.O_TRUNC):
            written.append(path)
    elif event in ("os.rename", "os.truncate", "os.utime", "os.chmod"):
        written.append(os.path.realpath(arguments[0]))
from runfolio import api
sys.addaudithook(hook)
report = api.build("runs", "site")
print(json.dumps({"opened": opened, "written": written, "report": report.as_json()}))
"""


def watched_build(project: Path) -> dict[str, Any]:
    """What a build of the project's runs opened and wrote."""
    done = subprocess.run(
        [sys.executable, "-c", _WATCHED, "runs", "site"],
        cwd=project,
        env=environment(),
        capture_output=True,
        encoding="utf-8",
        check=True,
    )
    found: dict[str, Any] = json.loads(done.stdout)
    return found


@pytest.fixture(scope="module")
def thousand(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A project of 1,000 runs, 200 configurations of five replicates, that is built. Each test adds its own run."""
    project = tmp_path_factory.mktemp("thousand")
    generate(project / "runs", RUNS, metrics=5, steps=60)
    report = build(project)
    assert report["runs"] == RUNS and report["problems"] == []
    return project


def test_a_second_build_opens_no_run_and_writes_nothing(thousand: Path) -> None:
    before = times(thousand / "site")
    found = watched_build(thousand)
    assert found["report"]["written"] == found["report"]["removed"] == []
    assert found["report"]["unchanged"] == sum(path.is_file() for path in (thousand / "site").rglob("*")) - 1
    assert found["opened"] == []
    # Folders that were new a moment ago are looked at once more; what that look saw is kept beside the cache.
    assert [path for path in found["written"] if "last-build-" not in path] == []
    assert times(thousand / "site") == before


def test_one_run_more_rewrites_only_what_shows_it(thousand: Path) -> None:
    before = tree(thousand / "site")
    setting = 101
    write_run(thousand / "runs", RUNS, setting=setting, replicate=REPLICATES, metrics=5, steps=60)
    report = build(thousand)
    after = tree(thousand / "site")
    replicates = range(setting * REPLICATES, (setting + 1) * REPLICATES)
    shows_it = {f"runs/run-{number:05d}.html" for number in (*replicates, RUNS - 1, RUNS)}
    new = {
        next(path for path in sorted(set(after) - set(before)) if path.startswith(start))
        for start in (
            "data/generated.",
            "series/generated-groups.",
            "series/generated-sweep.",
            f"series/run-{RUNS:05d}.",
        )
    }
    shows_it.add("sweeps/generated.html")
    assert set(report["written"]) == shows_it | OVERVIEWS | ALL_DATA | new
    gone = set(before) - set(after)
    assert set(report["removed"]) == gone
    assert {path.partition(".")[0] for path in gone} == {
        "data/generated",
        "series/generated-groups",
        "series/generated-sweep",
    }
    changed = {path for path in before.keys() & after.keys() if before[path] != after[path]}
    assert changed == {*report["written"], ".runfolio-manifest.json"} - (set(after) - set(before))


def test_increments_end_at_the_bytes_of_a_clean_build(tmp_path: Path) -> None:
    project = tmp_path / "grown"
    generate(project / "runs", 12, metrics=3, steps=20)
    build(project)
    write_run(project / "runs", 12, setting=1, replicate=5, metrics=3, steps=20)
    build(project)
    shutil.rmtree(project / "runs" / "generated" / "run-00003")
    build(project)
    grown = tree(project / "site")
    shutil.rmtree(project / "site")
    build(project, "--out", "site", "--no-cache")
    assert_same(tree(project / "site"), grown)


@pytest.fixture
def project(tmp_path: Path) -> Path:
    """A small project of everything, built."""
    write_project(tmp_path / "project")
    build(tmp_path / "project")
    return tmp_path / "project"


def test_a_note_rewrites_the_page_of_its_run_and_the_list_of_what_was_read(project: Path) -> None:
    (project / "runs" / "digits" / "r04" / "notes.md").write_text("Looked at by hand: fine.")
    written = set(build(project)["written"])
    assert b"Looked at by hand: fine." in (project / "site" / "runs" / "r04.html").read_bytes()
    # Its series and settings are as they were: nothing that other pages show of it has changed.
    assert {path.partition(".")[0] for path in written} == {
        "audit",
        "data/SHA256SUMS",
        "data/files",
        "runs/r04",
    }


def test_a_removed_run_takes_its_files_along_and_no_others(project: Path) -> None:
    site = project / "site"
    mine = {
        "runs/my own.html": b"<p>mine",
        "series/r04.js": b"mine",
        "artifacts/r04/mine.txt": b"mine",
        "x/y": b"z",
    }
    for path, data in mine.items():
        (site / path).parent.mkdir(parents=True, exist_ok=True)
        (site / path).write_bytes(data)
    before = tree(site)
    shutil.rmtree(project / "runs" / "digits" / "r04")
    report = build(project)
    after = tree(site)
    assert {path: after[path] for path in mine} == mine
    gone = set(before) - set(after)
    assert set(report["removed"]) == gone
    assert "runs/r04.html" in gone
    assert all("r04" in path or path.startswith(("data/digits.", "series/digits-groups.")) for path in gone)
    assert not [path for path, data in after.items() if path.endswith(".html") and b'href="r04.html"' in data]
    assert report["problems"] == []


def test_a_changed_token_rewrites_pages_and_styles_but_no_data(project: Path) -> None:
    (project / "theme").mkdir()
    (project / "theme" / "tokens.toml").write_text('[light]\naccent = "#123456"\n')
    pages = [path for path in tree(project / "site") if path.endswith(".html")]
    report = build(project)
    style = next(path for path in report["written"] if path.endswith(".css"))
    assert set(report["written"]) == {*pages, style, "data/SHA256SUMS"}
    assert [path.endswith(".css") for path in report["removed"]] == [True]
    assert b"#123456" in (project / "site" / style).read_bytes()


def test_a_changed_title_rewrites_the_pages_but_no_runs_data(project: Path) -> None:
    settings = project / "runfolio.toml"
    settings.write_text(settings.read_text(encoding="utf-8").replace("Zwölf", "Dreizehn"), encoding="utf-8")
    pages = {path for path in tree(project / "site") if path.endswith(".html")}
    written = set(build(project)["written"])
    assert written >= pages
    data = {path.partition(".")[0] for path in written - pages - CHECKSUMS}
    of_experiments = {
        f"{name}{end}" for name in ("digits", "flat", "tast-6db94e19") for end in ("", "-groups")
    }
    assert data <= {
        "data/build",
        "data/site",
        *(f"data/{name}" for name in of_experiments),
        *(f"series/{name}" for name in of_experiments),
    }


@pytest.mark.parametrize(
    "damage",
    [
        lambda page: page.write_bytes(page.read_bytes()[:-20]),
        lambda page: page.write_bytes(page.read_bytes().replace(b"</html>", b"</HTML>")),
        lambda page: page.unlink(),
    ],
    ids=["cut", "edited", "removed"],
)
def test_a_page_damaged_by_hand_comes_back(project: Path, damage: Callable[[Path], object]) -> None:
    before = tree(project / "site")
    damage(project / "site" / "runs" / "r02.html")
    assert build(project)["written"] == ["runs/r02.html"]
    assert_same(tree(project / "site"), before)
