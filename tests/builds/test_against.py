"""A build that is told of an earlier one says what changed since, and a second such build writes nothing."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest
from building import build, run_command, times, tree
from projects import write_project

from runfolio import api
from runfolio.errors import UsageError
from runfolio.pages.build_record import BuildRecord, build_record, parse_record, record_bytes
from runfolio.pages.changes import changes
from runfolio.pages.headline import Headlines
from runfolio.site.previous import read_build_record
from runfolio.testing.factories import curve_rows, write_run


def add_run(folder: Path) -> None:
    write_run(
        folder / "runs" / "digits" / "new",
        curve_rows(30, ("loss", "val/acc"), seed=77),
        experiment="digits",
        run_id="new",
        name="neu",
        parameters={"model": "net", "lr": 0.5, "seed": 9},
    )


def words(site: Path, page: str = "index.html") -> str:
    return (site / page).read_text("utf-8")


@pytest.fixture
def project(tmp_path: Path) -> Path:
    folder = write_project(tmp_path / "project")
    build(folder)
    return folder


def test_an_earlier_site_is_read_as_folder_record_and_zip(project: Path, tmp_path: Path) -> None:
    earlier = tmp_path / "earlier"
    shutil.copytree(project / "site", earlier)
    archive = Path(shutil.make_archive(str(tmp_path / "earlier-site"), "zip", tmp_path, "earlier"))
    records = [read_build_record(path) for path in (earlier, earlier / "data" / "build.json", archive)]
    assert records[0] == records[1] == records[2]
    assert len(records[0].runs) == 13
    add_run(project)
    shutil.rmtree(project / "runs" / "digits" / "r00")
    sites = []
    for place in (earlier, earlier / "data" / "build.json", archive):
        out = tmp_path / f"out{len(sites)}"
        build(project, "runs", "--out", str(out), "--against", str(place))
        sites.append(tree(out))
    assert sites[0] == sites[1] == sites[2]
    python = api.build(
        project / "runs", tmp_path / "python", config=project / "runfolio.toml", against=str(archive)
    )
    assert python.runs == 13 and tree(tmp_path / "python") == sites[0]
    page = sites[0]["index.html"].decode()
    assert "1 run added, 1 run removed" in page and "since the previous build." in page
    assert "<h1>1 run added, 1 run removed" in sites[0]["history.html"].decode()
    assert '<a href="runs/new.html">neu</a>' in page and "läuft 0" in page
    assert sites[0]["data/previous.json"] == record_bytes(records[0])


def test_a_second_build_against_the_same_site_writes_nothing(project: Path, tmp_path: Path) -> None:
    shutil.copytree(project / "site", tmp_path / "earlier")
    add_run(project)
    build(project, "runs", "--out", "site", "--against", str(tmp_path / "earlier"))
    before = times(project / "site")
    assert build(project, "runs", "--out", "site", "--against", str(tmp_path / "earlier"))["written"] == []
    assert times(project / "site") == before


def test_a_site_compared_with_itself_remembers_the_last_change(project: Path) -> None:
    """What changed stays on the page until something else changes, and building again writes nothing."""
    own = ("runs", "--out", "site", "--against", "site", "--no-cache")
    assert build(project, *own)["written"] == [], "nothing is known to compare with"
    add_run(project)
    build(project, *own)
    assert "1 run added" in words(project / "site")
    before = times(project / "site")
    for _ in range(2):
        assert build(project, *own)["written"] == []
    assert times(project / "site") == before
    shutil.rmtree(project / "runs" / "digits" / "new")
    build(project, *own)
    assert "1 run removed" in words(project / "site")


def test_the_first_build_of_a_site_compared_with_itself_has_nothing_to_say(tmp_path: Path) -> None:
    folder = write_project(tmp_path / "project")
    (folder / "runfolio.toml").write_text('[history]\nagainst = "site"\n')
    build(folder)
    assert 'id="changes"' not in words(folder / "site")
    add_run(folder)
    build(folder)
    assert "1 run added" in words(folder / "site")
    assert build(folder)["written"] == []


def test_only_pages_that_say_it_depend_on_the_earlier_build(project: Path, tmp_path: Path) -> None:
    shutil.copytree(project / "site", tmp_path / "earlier")
    # A page that was not there before is named in the navigation of every page, once.
    build(project, "runs", "--out", "site", "--against", str(tmp_path / "earlier"))
    add_run(project)
    shutil.rmtree(tmp_path / "earlier")
    build(project, "runs", "--out", str(tmp_path / "earlier"))
    build(project, "runs", "--out", "site", "--against", "site")
    report = build(project, "runs", "--out", "site", "--against", str(tmp_path / "earlier"))
    assert {path for path in report["written"] if path.endswith(".html")} <= {"index.html", "history.html"}
    assert "Nothing changed since the previous build." in words(project / "site")


@pytest.mark.parametrize(
    ("make", "said"),
    [
        (lambda path: None, "there is no record of an earlier build here"),
        (lambda path: path.mkdir(), "there is no record of an earlier build here"),
        (lambda path: path.write_text("{"), "this is no record of a build"),
        (lambda path: path.write_text('{"runs": []}'), "this is no record of a build"),
        (lambda path: path.write_text('{"schema": 1, "runs": [3]}'), "this is no record of a build"),
        (lambda path: path.write_text('{"schema": 99}'), "has schema 99, this Runfolio knows 1"),
        (
            lambda path: path.write_bytes(b"PK\x05\x06" + bytes(18)),
            "there is no record of an earlier build here",
        ),
    ],
)
def test_what_is_no_record_is_refused_in_words(project: Path, make: object, said: str) -> None:
    place = project / "earlier"
    make(place)  # type: ignore[operator]
    with pytest.raises(UsageError, match=said):
        read_build_record(place)
    done = run_command(project, "build", "runs", "--against", "earlier")
    assert done.returncode == 2 and said in done.stderr and "Traceback" not in done.stderr


def test_a_record_is_read_as_it_was_written() -> None:
    empty = build_record((), "t", Headlines())
    assert parse_record(record_bytes(empty), "x") == empty
    assert changes(empty, BuildRecord(title="t")).is_empty
