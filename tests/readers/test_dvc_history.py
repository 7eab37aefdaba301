"""Runs in the history of a repository, told by git itself."""

from __future__ import annotations

import os
import shutil
import subprocess
from pathlib import Path

import pytest

from runfolio.catalog.history import git_history
from runfolio.errors import ReadError
from runfolio.readers import Reading
from runfolio.readers.dvc_history import read_history
from runfolio.testing.reader_contract import write_tree

pytestmark = pytest.mark.skipif(shutil.which("git") is None, reason="there is no git")


def git(folder: Path, *arguments: str) -> str:
    own = {
        "GIT_AUTHOR_NAME": "a",
        "GIT_AUTHOR_EMAIL": "a@example.org",
        "GIT_COMMITTER_NAME": "a",
        "GIT_COMMITTER_EMAIL": "a@example.org",
        "GIT_COMMITTER_DATE": "2026-01-02T03:04:05+00:00",
        "GIT_CONFIG_GLOBAL": os.devnull,
    }
    done = subprocess.run(
        ["git", *arguments], cwd=folder, env=os.environ | own, capture_output=True, text=True, check=True
    )
    return done.stdout.strip()


def commit(folder: Path, message: str, **files: str) -> str:
    write_tree(
        folder,
        {name.replace("__", "/").replace("_tsv", ".tsv"): text.encode() for name, text in files.items()},
    )
    git(folder, "add", "--all")
    git(folder, "commit", "--quiet", "--allow-empty", "--message", message)
    return git(folder, "rev-parse", "HEAD")


def loss(value: float) -> str:
    return f"step\tloss\n0\t1\n1\t{value}\n"


@pytest.fixture
def repository(tmp_path: Path) -> Path:
    folder = tmp_path / "digits"
    folder.mkdir()
    git(folder, "init", "--quiet", "--initial-branch=main")
    return folder


def test_a_run_for_each_revision_that_changed_its_metrics(repository: Path) -> None:
    path = "dvclive__plots__metrics__loss_tsv"
    commit(repository, "Begin", README="x")
    first = commit(repository, "Two layers", **{path: loss(0.5), "dvclive__params.yaml": "lr: 0.1\n"})
    commit(repository, "Words", README="y")
    write_tree(repository, {"net.bin.dvc": b"outs:\n- md5: 63f4\n  path: net.bin\n"})
    second = commit(repository, "Three layers", **{path: loss(0.25), "dvclive__plots__images__a.png": "x"})
    git(repository, "checkout", "--quiet", "--detach")
    tried = commit(repository, "dvc: commit experiment", **{path: loss(0.125)})
    git(repository, "update-ref", "refs/exps/ab/cdef/lazy-fox", tried)
    git(repository, "update-ref", "refs/exps/exec/EXEC_HEAD", second)
    git(repository, "checkout", "--quiet", "main")
    found = [item for item in read_history(repository / "dvclive") if isinstance(item, Reading)]
    assert [item.run.name for item in found] == ["Two layers", "Three layers", "lazy-fox"]
    assert [item.run.git.commit for item in found if item.run.git] == [first, second, tried]
    assert [item.run.run_id for item in found] == [f"digits-{item[:10]}" for item in (first, second, tried)]
    assert [float(item.rows[0].values[0, -1]) for item in found] == [0.5, 0.25, 0.125]
    assert {item.run.experiment for item in found} == {"digits"}
    assert found[0].run.parameters["lr"].value == 0.1
    assert found[0].run.started_at is not None
    assert found[0].run.started_at.isoformat() == "2026-01-02T03:04:05+00:00"
    assert [[data.uri for data in item.run.data] for item in found] == [[], ["md5:63f4"], ["md5:63f4"]]
    assert len({item.run.fingerprint for item in found}) == len({item.run.source.part for item in found}) == 3
    assert git(repository, "status", "--porcelain") == ""


def test_several_folders_and_a_range(repository: Path) -> None:
    first = commit(repository, "One", a__dvclive__plots__metrics__loss_tsv=loss(0.5))
    commit(repository, "Two", b__live__plots__metrics__loss_tsv=loss(0.25))
    found = [item for item in read_history(repository, f"{first}..HEAD") if isinstance(item, Reading)]
    assert [(item.run.name, item.run.experiment) for item in found] == [("Two", "live")]
    assert len(list(read_history(repository))) == 2


def test_what_is_no_repository_is_named(tmp_path: Path, repository: Path) -> None:
    commit(repository, "One", README="x")
    for folder, revisions in (
        (tmp_path, "HEAD"),
        (tmp_path / "nowhere", "HEAD"),
        (repository, "no-such"),
        (repository, "-x"),
    ):
        with pytest.raises(ReadError, match="history") as caught:
            list(read_history(folder, revisions))
        assert caught.value.hint
    assert list(read_history(repository)) == []


PIPELINE = """\
stages:
  train:
    cmd: python train.py
    metrics: [scores.json: {cache: false}]
    plots: [curve.csv]
"""


def write(repository: Path, message: str, files: dict[str, str]) -> str:
    write_tree(repository, {name: text.encode() for name, text in files.items()})
    return commit(repository, message)


def test_a_run_for_each_revision_that_changed_what_stages_wrote(repository: Path) -> None:
    write(repository, "Begin", {"dvc.yaml": PIPELINE, "params.yaml": "lr: 0.1\n"})
    first = write(repository, "One", {"scores.json": '{"val": {"loss": 0.5}}'})
    write(repository, "Settings alone", {"params.yaml": "lr: 0.2\n"})
    write(repository, "A broken pipeline", {"dvc.yaml": "stages: [\n"})
    second = write(
        repository, "Two", {"dvc.yaml": PIPELINE, "curve.csv": "step,loss\n0,2\n1,1\n", "more.txt": "x"}
    )
    found = [item for item in read_history(repository) if isinstance(item, Reading)]
    # Where the pipeline cannot be read there are no metrics: the next that can brings them back.
    assert [item.run.name for item in found] == ["One", "Two"]
    assert [item.run.run_id for item in found] == [f"digits-{item[:10]}" for item in (first, second)]
    assert [item.run.parameters["lr"].value for item in found] == [0.1, 0.2]
    assert [[name for block in item.rows for name in block.names] for item in found] == [
        ["val/loss"],
        ["val/loss", "curve/loss"],
    ]


def test_both_kinds_of_one_commit_and_of_several_folders_are_runs_of_their_own(repository: Path) -> None:
    live = {f"{side}/net/dvclive/plots/metrics/loss.tsv": loss(0.5) for side in ("a", "b")}
    stages = {"a/net/dvc.yaml": PIPELINE, "a/net/scores.json": '{"acc": 0.75}'}
    sha = write(repository, "All", live | stages)
    catalog = git_history(repository)
    assert {run.run_id for run in catalog.runs} == {
        f"net-{sha[:10]}",
        f"net-{sha[:10]}-2",
        f"net-{sha[:10]}-3",
    }
    assert len({run.source.part for run in catalog.runs}) == 3
    assert sorted(name for run in catalog.runs for name in run.metrics) == ["acc", "loss", "loss"]


def test_what_only_the_cache_holds_is_read_where_it_is_there(repository: Path, tmp_path: Path) -> None:
    digest = "0123456789abcdef0123456789abcdef"
    lock = f"stages:\n  train:\n    outs:\n    - path: curve.csv\n      md5: {digest}\n"
    write(repository, "One", {".gitignore": ".dvc/\n", "w/dvc.yaml": PIPELINE, "w/dvc.lock": lock})
    assert list(read_history(repository)) == []
    for place in (".dvc/cache/files/md5", "w/.dvc/cache"):
        write_tree(repository, {f"{place}/{digest[:2]}/{digest[2:]}": b"step,loss\n0,2\n1,1\n"})
        (found,) = (item for item in read_history(repository) if isinstance(item, Reading))
        assert found.rows[0].names == ("curve/loss",)
        shutil.rmtree(repository / place)
    outside = write_tree(tmp_path / "outside", {digest[2:]: b"step,loss\n0,2\n1,1\n"})
    (repository / ".dvc/cache").mkdir(parents=True, exist_ok=True)
    (repository / ".dvc/cache" / digest[:2]).symlink_to(outside)
    assert list(read_history(repository)) == []


def test_a_digest_that_is_none_leads_nowhere(repository: Path) -> None:
    lock = "stages:\n  train:\n    outs:\n    - path: curve.csv\n      md5: ../../../../secret\n"
    write(repository, "One", {"dvc.yaml": PIPELINE, "dvc.lock": lock, "secret": "step,loss\n0,2\n1,1\n"})
    assert list(read_history(repository)) == []
