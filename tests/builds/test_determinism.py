"""Same inputs, same bytes: whatever the process, the machine's habits or the place."""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest
from building import assert_same, build, tree
from projects import write_project


@pytest.fixture(scope="module")
def expected(tmp_path_factory: pytest.TempPathFactory) -> dict[str, bytes]:
    """The site as the most ordinary build makes it."""
    project = write_project(tmp_path_factory.mktemp("ordinary") / "project")
    build(project, "--workers", "1")
    return tree(project / "site")


@pytest.mark.parametrize(
    ("arguments", "changes"),
    [
        ((), {"PYTHONHASHSEED": "4242"}),
        ((), {"TZ": "Pacific/Kiritimati", "LC_ALL": "tr_TR.UTF-8", "LANG": "tr_TR.UTF-8"}),
        ((), {"TZ": "America/St_Johns", "LC_ALL": "C"}),
        (("--workers", "2"), {"PYTHONHASHSEED": "7"}),
        (("--no-cache",), {"HOME": "/nonexistent", "USER": "somebody", "HOSTNAME": "elsewhere"}),
        (("--no-cache", "--workers", "2"), {"PYTHONOPTIMIZE": "1", "COLUMNS": "20", "NO_COLOR": "1"}),
    ],
)
def test_the_process_does_not_matter(
    arguments: tuple[str, ...], changes: dict[str, str], expected: dict[str, bytes], tmp_path: Path
) -> None:
    project = write_project(tmp_path / "project")
    build(project, "--out", "site", *arguments, **changes)
    assert_same(tree(project / "site"), expected)


def _absolute(folder: Path) -> Path:
    write_project(folder / "project")
    elsewhere = folder / "elsewhere"
    elsewhere.mkdir()
    project = folder / "project"
    build(
        elsewhere,
        str(project / "runs"),
        "--config",
        str(project / "runfolio.toml"),
        "--out",
        str(folder / "out"),
    )
    return folder / "out"


def _roundabout(folder: Path) -> Path:
    project = write_project(folder / "a" / "b c" / "ünder")
    build(project, "../ünder/./runs", "--out", "../elsewhere/deep/site")
    return folder / "a" / "b c" / "elsewhere" / "deep" / "site"


def _reversed_and_touched(folder: Path) -> Path:
    project = write_project(folder / "project", reverse=True)
    for place, path in enumerate(sorted((project / "runs").rglob("*"))):
        os.utime(path, (1_000_000_000 + place * 86_400, 1_500_000_000 - place * 86_400))
    build(project)
    return project / "site"


def _narrow_umask(folder: Path) -> Path:
    project = write_project(folder / "project")
    before = os.umask(0o077)
    try:
        build(project)
    finally:
        os.umask(before)
    return project / "site"


def _linked(folder: Path) -> Path:
    write_project(folder / "real")
    (folder / "project").mkdir()
    (folder / "project" / "runs").symlink_to(folder / "real" / "runs")
    shutil.copy(folder / "real" / "runfolio.toml", folder / "project")
    build(folder / "project")
    return folder / "project" / "site"


@pytest.mark.parametrize("way", [_absolute, _roundabout, _reversed_and_touched, _narrow_umask, _linked])
def test_the_place_does_not_matter(
    way: Callable[[Path], Path], expected: dict[str, bytes], tmp_path: Path
) -> None:
    assert_same(tree(way(tmp_path)), expected)


def test_the_cache_does_not_matter(expected: dict[str, bytes], tmp_path: Path) -> None:
    project = write_project(tmp_path / "project")
    build(project)
    shutil.rmtree(project / "site")
    build(project)  # every run comes from the cache
    assert_same(tree(project / "site"), expected)
    shutil.rmtree(project / ".runfolio")
    assert build(project)["written"] == []  # every run is read again, and no page is made
    shutil.rmtree(project / "site")
    (project / ".runfolio" / "cache.sqlite").write_bytes(b"no database at all" * 100)
    build(project)
    assert_same(tree(project / "site"), expected)


def test_a_moved_project_needs_no_rebuild(expected: dict[str, bytes], tmp_path: Path) -> None:
    project = write_project(tmp_path / "project")
    build(project)
    moved = project.rename(tmp_path / "another name")
    assert build(moved)["written"] == []
    assert_same(tree(moved / "site"), expected)


def test_the_builds_time_is_shown_only_when_it_is_given(expected: dict[str, bytes], tmp_path: Path) -> None:
    project = write_project(tmp_path / "project")
    build(project, SOURCE_DATE_EPOCH="1234567890", TZ="Asia/Kathmandu")
    dated = tree(project / "site")
    assert all(b"13 Feb 2009, 23:31 UTC" in data for path, data in dated.items() if path.endswith(".html"))
    assert not any(b"13 Feb 2009, 23:31 UTC" in data for data in expected.values())
    assert build(project, SOURCE_DATE_EPOCH="1234567890", TZ="UTC")["written"] == []
    data_and_assets = [path for path in expected if not path.endswith(".html")]
    untouched = {path for path in data_and_assets if dated.get(path) == expected[path]}
    assert {path for path in untouched if path.startswith(("series/", "assets/", "data/runs"))}
    build(project)
    assert_same(tree(project / "site"), expected)


def test_nothing_of_this_place_is_in_the_site(expected: dict[str, bytes], tmp_path: Path) -> None:
    unknown = (str(tmp_path.parent).encode(), b"/tmp/", os.fsencode(Path.home()) + b"/")
    found = [path for path, data in expected.items() for text in unknown if text in data]
    assert [path for path in found if not path.startswith("assets/plotly")] == []
