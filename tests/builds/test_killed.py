"""A build that is killed, and two builds at once: the site stays readable, and the next build ends at the same bytes."""

from __future__ import annotations

import contextlib
import os
import random
import shutil
import signal
import subprocess
import time
from pathlib import Path

import pytest
from building import RUNFOLIO, assert_same, build, environment, tree
from generate import generate
from projects import write_project

KILLS = 4


def start(project: Path, *arguments: str, apart: bool = False) -> subprocess.Popen[str]:
    """A build at work; `apart` from this process's group."""
    return subprocess.Popen(
        [*RUNFOLIO, "build", *(arguments or ("runs", "--out", "site"))],
        cwd=project,
        env=environment(),
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        start_new_session=apart,
        preexec_fn=hear_interrupts,
    )


def hear_interrupts() -> None:
    """What a shell starts in the background ignores Ctrl-C, and so would all that it starts."""
    signal.signal(signal.SIGINT, signal.SIG_DFL)


def kill_when(builder: subprocess.Popen[str], site: Path, files: int) -> bool:
    """True when the build was killed while it worked, after it had brought so many files to the site."""
    while builder.poll() is None and sum(path.is_file() for path in site.rglob("*")) < files:
        time.sleep(0.001)
    builder.kill()
    builder.communicate()
    return builder.returncode == -signal.SIGKILL


def unfinished_pages(site: Path) -> list[str]:
    return [path.name for path in site.rglob("*.html") if not path.read_bytes().rstrip().endswith(b"</html>")]


@pytest.fixture(scope="module")
def project(tmp_path_factory: pytest.TempPathFactory) -> Path:
    project = tmp_path_factory.mktemp("killed")
    generate(project / "runs", 60, metrics=3, steps=30)
    return project


@pytest.fixture(scope="module")
def expected(project: Path) -> dict[str, bytes]:
    build(project, "runs", "--out", "clean")
    return tree(project / "clean")


def test_first_builds_that_are_killed(project: Path, expected: dict[str, bytes]) -> None:
    draw = random.Random(2)
    kills = 0
    for _ in range(KILLS):
        shutil.rmtree(project / "site", ignore_errors=True)
        kills += kill_when(start(project), project / "site", draw.randrange(1, len(expected) - 5))
        assert unfinished_pages(project / "site") == []
        build(project)
        assert_same(tree(project / "site"), expected)
    assert kills >= KILLS // 2


@pytest.mark.parametrize("whole_group", [False, True], ids=["the build alone", "its processes too"])
def test_builds_that_are_interrupted(
    project: Path, expected: dict[str, bytes], tmp_path: Path, whole_group: bool
) -> None:
    """Ctrl-C in a terminal reaches every process of a build; a supervisor's reaches one."""
    draw = random.Random(4)
    site, codes = tmp_path / "site", []
    for _ in range(KILLS // 2):
        builder = start(project, "runs", "--out", str(site), "--workers", "3", "--no-cache", apart=True)
        wanted = draw.randrange(1, len(expected) - 5)
        while builder.poll() is None and sum(path.is_file() for path in site.rglob("*")) < wanted:
            time.sleep(0.001)
        with contextlib.suppress(ProcessLookupError):
            (os.killpg if whole_group else os.kill)(builder.pid, signal.SIGINT)
        _, told = builder.communicate(timeout=60)
        codes.append(builder.returncode)
        if builder.returncode:
            assert told == "\n\nInterrupted. What was finished stays; the next build goes on from there.\n"
            assert unfinished_pages(site) == []
        with pytest.raises(ProcessLookupError):
            os.killpg(builder.pid, 0)
        found = build(project, "runs", "--out", str(site))
        assert found["unchanged"] > 0
        assert_same(tree(site), expected)
        shutil.rmtree(site)
    assert set(codes) <= {0, 130}
    assert 130 in codes


def test_rebuilds_that_are_killed_again_and_again(project: Path, expected: dict[str, bytes]) -> None:
    """Every build is killed a little later; the site below it alternates between two titles."""
    build(project)
    (project / "other.toml").write_text('title = "Another"\n')
    draw = random.Random(3)
    kills = 0
    for turn in range(KILLS):
        config = ("--config", "other.toml") if turn % 2 == 0 else ()
        builder = start(project, "runs", "--out", "site", *config)
        time.sleep(0.4 + draw.random())
        builder.kill()
        builder.communicate()
        kills += builder.returncode == -signal.SIGKILL
        assert unfinished_pages(project / "site") == []
        found = tree(project / "site")
        assert {path for path in expected if path.endswith(".html")} <= set(found)
    assert kills >= 1
    build(project)
    assert_same(tree(project / "site"), expected)


def test_two_builds_of_one_site_at_once(tmp_path: Path) -> None:
    project = write_project(tmp_path / "project")
    build(project, "--out", "clean", "--no-cache")
    builders = [start(project), start(project)]
    for builder in builders:
        _, errors = builder.communicate(timeout=120)
        assert builder.returncode == 0, errors
    assert_same(tree(project / "site"), tree(project / "clean"))
    assert build(project)["written"] == []


def test_two_sites_of_the_same_runs_at_once(tmp_path: Path) -> None:
    project = write_project(tmp_path / "project")
    builders = [start(project, "runs", "--out", name) for name in ("one", "two")]
    for builder in builders:
        _, errors = builder.communicate(timeout=120)
        assert builder.returncode == 0, errors
    assert_same(tree(project / "one"), tree(project / "two"))
