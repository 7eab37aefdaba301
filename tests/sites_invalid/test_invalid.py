"""Every folder beside this file is a project that cannot be built, with what the command says to that.

`expected.txt` holds the exit code and then everything on standard error; `arguments.txt` those of `runfolio build`. A
project without a folder `runs` gets one with a single run.
"""

from __future__ import annotations

import os
import shutil
from pathlib import Path

import pytest
from building import run_command, tree

from runfolio.testing.factories import curve_rows, write_run

HERE = Path(__file__).parent
CASES = sorted(folder.name for folder in HERE.iterdir() if (folder / "expected.txt").is_file())
#: Set to write what the commands say now into the expected.txt files; look at the difference before it is kept.
ACCEPT = bool(os.environ.get("RUNFOLIO_ACCEPT"))


@pytest.mark.parametrize("case", CASES)
def test_a_mistake_is_told_in_full(case: str, tmp_path: Path) -> None:
    project = tmp_path / "project"
    shutil.copytree(HERE / case, project, ignore=shutil.ignore_patterns("expected.txt", "arguments.txt"))
    if not (project / "runs").exists():
        parameters = {"lr": 0.1, "learning_rate": 0.1}
        write_run(project / "runs" / "digits" / "a", curve_rows(3), parameters=parameters)
    before = tree(project)
    arguments = HERE / case / "arguments.txt"
    done = run_command(project, "build", *(arguments.read_text().split() if arguments.exists() else ()))
    told = f"exit {done.returncode}\n{done.stderr}"
    if ACCEPT:
        (HERE / case / "expected.txt").write_text(told, encoding="utf-8")
    assert told == (HERE / case / "expected.txt").read_text(encoding="utf-8")
    assert done.returncode in (1, 2, 3)
    after = tree(project)
    assert {path: after.get(path) for path in before} == before


def test_every_folder_is_a_case() -> None:
    folders = {folder.name for folder in HERE.iterdir() if folder.is_dir() and folder.name != "__pycache__"}
    assert folders == set(CASES)
