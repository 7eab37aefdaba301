"""start(): identity, parameters, what is captured."""

from __future__ import annotations

import argparse
import datetime
import enum
import re
import subprocess
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
import pytest

import runfolio
from runfolio.emit import EmitWarning
from runfolio.emit.capture import PARTS
from runfolio.errors import EmitError


def test_defaults(root: Path, log: type) -> None:
    with runfolio.start(root=root) as run:
        run.log(loss=1)
    about = log(run.path).about
    assert re.fullmatch(r"\d{8}-\d{6}-[0-9a-f]{6}", run.run_id)
    assert run.path == root / "default" / run.run_id
    assert (about["run_id"], about["name"], about["experiment"]) == (run.run_id, run.run_id, "default")
    assert about["status"] == "finished"
    assert about["started_at"] <= about["ended_at"]
    assert about["command"][0].startswith("python")
    assert about["environment"]["packages"]["pytest"] == pytest.__version__
    assert list(about["environment"]["packages"]) == sorted(about["environment"]["packages"])
    assert about["hardware"]["cores"] >= 1
    assert not list(run.path.rglob("*.tmp"))


def test_everything_said(root: Path, log: type) -> None:
    parent = runfolio.start("e", root=root, capture=False)
    with runfolio.start(
        "vision/é",
        "try 1",
        {"lr": 0.1},
        tags=["b", "a", "b"],
        group="g",
        parent=parent,
        root=root,
        run_id="r1",
        capture=False,
    ) as run:
        run.set_parameters({"net": {"depth": 2}}, seed=3)
        run.set_parameters(net={"width": 8})
        run.add_tags("c", "a")
        run.data("train", uri="s3://bucket/train", sha256="0" * 64)
    parent.finish()
    about = log(run.path).about
    assert run.path == root / "vision-é" / "r1"
    assert about["experiment"] == "vision/é"
    assert about["parameters"] == {"lr": 0.1, "net": {"depth": 2, "width": 8}, "seed": 3}
    assert about["tags"] == ["b", "a", "c"]
    assert about["parent"] == parent.run_id
    assert about["group"] == "g"
    assert about["data"] == [{"name": "train", "uri": "s3://bucket/train", "sha256": "0" * 64}]
    assert not {"git", "environment", "hardware", "command"} & set(about)


class Color(enum.Enum):
    RED = "red"


@dataclass
class Config:
    lr: float = 0.1
    layers: list[int] = field(default_factory=lambda: [1, 2])


def test_parameters_of_all_kinds(root: Path, log: type) -> None:
    given = {
        "path": Path("a/b"), "set": {3, 1, 2}, "enum": Color.RED, "config": Config(), "object": object(), "type": int, "none": None,
        "function": datetime.datetime, "nan": float("nan"), "numpy": np.float32(0.5), "array": np.arange(3), "wide": np.zeros((100, 100)),
        "day": datetime.date(2026, 1, 2), 5: True, "huge": 2**70, "surrogate": "\ud800", "lambda": lambda: 0,
    }  # fmt: skip
    with runfolio.start(root=root, parameters=given, capture=False) as run:
        run.set_parameters(argparse.Namespace(batch=32))
        run.set_parameters(Config(lr=2))
    assert log(run.path).about["parameters"] == {
        "path": "a/b", "set": [1, 2, 3], "enum": "red", "config": {"lr": 0.1, "layers": [1, 2]}, "object": "builtins.object",
        "type": "builtins.int", "none": None, "function": "datetime.datetime", "nan": "NaN", "numpy": 0.5, "array": [0, 1, 2],
        "wide": "array (100, 100) float64", "day": "2026-01-02", "5": True, "huge": hex(2**70), "surrogate": "?",
        "lambda": f"{__name__}.test_parameters_of_all_kinds.<locals>.<lambda>", "batch": 32, "lr": 2, "layers": [1, 2],
    }  # fmt: skip


@pytest.mark.parametrize(
    "run_id", ["", "..", "a/b", "a\\b", ".hidden", "a\0", "x" * 300, "tail.", 5, "a:b", "a\nb"]
)
def test_an_id_that_is_no_folder_name_is_refused(root: Path, run_id: object) -> None:
    with pytest.raises(EmitError, match="cannot be the name of a folder") as caught:
        runfolio.start(root=root, run_id=run_id)  # type: ignore[arg-type]
    assert caught.value.error_slug == "run-id"
    assert not root.exists()


@pytest.mark.parametrize("experiment", ["../../up", "..", "/", "a/b", "x" * 1000, "con\0trol", ""])
def test_no_experiment_leaves_the_root(root: Path, log: type, experiment: str) -> None:
    with runfolio.start(experiment, root=root, capture=False) as run:
        run.log(x=1)
    assert run.path.parent.parent == root
    assert log(run.path).about["experiment"] == (experiment or "default")


def test_what_cannot_be_started_is_an_error_with_a_hint(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    cases = {
        "run-folder": {"root": tmp_path / "file"},
        "capture-part": {"capture": ("gti",)},
        "parameters": {"parameters": [1, 2]},
    }
    for slug, arguments in cases.items():
        with pytest.raises(EmitError) as caught:
            runfolio.start(**{"root": tmp_path / "runs", **arguments})  # type: ignore[arg-type]
        assert caught.value.error_slug == slug
        assert caught.value.hint
    assert not (tmp_path / "runs").exists()


def test_a_broken_or_newer_run_file_is_not_resumed(root: Path) -> None:
    folder = root / "default" / "a"
    folder.mkdir(parents=True)
    for content, message in [("{torn", "broken"), ("[]", "broken"), ('{"schema": 99}', "schema 99")]:
        (folder / "run.json").write_text(content)
        with pytest.raises(EmitError, match=message) as caught:
            runfolio.start(root=root, run_id="a", resume=True)
        assert caught.value.error_slug == "run-resume"
        assert (folder / "run.json").read_text() == content


@pytest.fixture
def repository(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("GIT_CONFIG_GLOBAL", "/dev/null")
    monkeypatch.chdir(tmp_path)
    (tmp_path / "train.py").write_text("lr = 0.1\n")
    for command in [
        "init -q -b trunk",
        "add train.py",
        "-c user.name=n -c user.email=e@example.org commit -q -m first",
    ]:
        subprocess.run(["git", *command.split()], check=True, cwd=tmp_path)
    return tmp_path


def test_git_is_captured(repository: Path, root: Path, log: type) -> None:
    clean = runfolio.start(root=root)
    clean.finish()
    (repository / "train.py").write_text("lr = 0.2\n")
    dirty = runfolio.start(root=root)
    dirty.finish()
    without = runfolio.start(root=root, capture=set(PARTS) - {"diff"})
    without.finish()
    head = subprocess.run(
        ["git", "rev-parse", "HEAD"], capture_output=True, text=True, check=True
    ).stdout.strip()
    assert log(clean.path).about["git"] == {"commit": head, "branch": "trunk", "dirty": False}
    assert log(dirty.path).about["git"] == {
        "commit": head,
        "branch": "trunk",
        "dirty": True,
        "diff": "artifacts/git.diff",
    }
    assert "+lr = 0.2" in (dirty.path / "artifacts" / "git.diff").read_text()
    assert log(without.path).about["git"] == {"commit": head, "branch": "trunk", "dirty": True}


def test_without_git_there_is_no_git(
    root: Path, log: type, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("PATH", "")
    with runfolio.start(root=root) as run:
        run.log(x=1)
    assert "git" not in log(run.path).about


def test_parts_can_be_chosen_and_variables_are_kept_by_list_only(
    root: Path, log: type, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("MY_TOKEN", "secret-value")
    monkeypatch.setenv("MY_SETTING", "on")
    with runfolio.start(root=root, capture=["environment"], variables=["MY_SETTING"]) as run:
        run.log(x=1)
    about = log(run.path).about
    assert about["environment"]["variables"] == {"MY_SETTING": "on"}
    assert "packages" not in about["environment"]
    assert not {"git", "hardware", "command"} & set(about)
    with runfolio.start(root=root) as everything:
        pass
    assert "secret-value" not in (everything.path / "run.json").read_text()


def test_data_of_a_path_has_its_digest(root: Path, log: type, tmp_path: Path) -> None:
    (tmp_path / "set" / "inner").mkdir(parents=True)
    (tmp_path / "set" / "a.csv").write_bytes(b"abc")
    (tmp_path / "set" / "inner" / "b.csv").write_bytes(b"")
    with runfolio.start(root=root, capture=False) as run:
        run.data("file", tmp_path / "set" / "a.csv", uri="data:a")
        run.data("folder", tmp_path / "set")
        run.data("folder", tmp_path / "set")
        with pytest.warns(EmitWarning, match=r"data\('gone'\) is lost: No such file"):
            run.data("gone", tmp_path / "gone")
    file, folder = log(run.path).about["data"]
    assert file == {
        "name": "file",
        "uri": "data:a",
        "sha256": "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad",
    }
    assert len(folder["sha256"]) == 64


def test_the_monitor_samples_beside_the_steps(python, root: Path, log: type) -> None:
    python("""
with runfolio.start(root=root, run_id="a", capture=False, monitor=0.02) as run:
    for step in range(10): run.log(loss=step); time.sleep(0.02)
""")
    read = log(root / "default" / "a")
    samples = [row for row in read.rows() if "system/memory_bytes" in row]
    assert len(samples) >= 3
    assert all(
        "step" not in row and row["system/memory_bytes"] > 1e6 and row["system/cpu_percent"] >= 0
        for row in samples
    )
    assert [row["step"] for row in read.rows() if "loss" in row] == list(range(10))
