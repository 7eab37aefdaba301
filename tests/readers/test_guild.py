"""Guild AI's run folders: built by hand, and those of its authors' own tests."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).parent))

from messages import event, event_file, scalar

from runfolio.catalog import read_catalog
from runfolio.model import Run, RunStatus
from runfolio.readers import Reader
from runfolio.readers.guild import GuildReader
from runfolio.testing.reader_contract import ReaderContract, Sample, Tree, write_tree

SAMPLES = (
    Path(__file__).parents[3]
    / "shared"
    / "samples"
    / "guild"
    / "guildai__guildai"
    / "guild"
    / "tests"
    / "samples"
)
needs_samples = pytest.mark.skipif(not SAMPLES.is_dir(), reason="no sample files beside this checkout")

ID = "a" * 32
EVENTS = "events.out.tfevents.1600000000.machine.12.0"


def run_tree(folder: str = f"runs/{ID}", **attributes: str) -> dict[str, bytes]:
    told = {"initialized": "1000000000", "started": "1000000000", "exit_status": "0"} | attributes
    tree = {f"{folder}/.guild/attrs/{name}": f"{value}\n".encode() for name, value in told.items() if value}
    curve = event_file(*(event(step, 1001.0 + step, scalar("loss", 1.0 / (step + 1))) for step in range(4)))
    return {
        **tree,
        f"{folder}/.guild/opref": b"guildfile:/home/me/a\\ project 72 mnist train",
        f"{folder}/.guild/{EVENTS}": curve,
        f"{folder}/logs/{EVENTS}": curve,
    }


def one(folder: Path, tree: Tree) -> Run:
    catalog = read_catalog([write_tree(folder, tree)], workers=1)
    assert catalog.problems == ()
    (run,) = catalog.runs
    return run


class TestGuild(ReaderContract):
    reader_class = GuildReader

    @pytest.fixture
    def reader(self) -> Reader:
        return GuildReader()

    @pytest.fixture
    def valid(self) -> Sample:
        tree = {**run_tree(flags="lr: 0.1"), **run_tree("b")}
        numbers = {"loss": (4, 0.25), "logs/loss": (4, 0.25)}
        return Sample(tree, {ID: numbers, "b": numbers})

    @pytest.fixture
    def broken(self) -> dict[str, Tree]:
        return {
            "no operation": {"a/.guild/opref": b"what is this"},
            "no YAML": run_tree(flags="a: ["),
            "damaged events": {**run_tree(), f"runs/{ID}/.guild/{EVENTS}": b"x" * 100},
        }

    @pytest.fixture
    def foreign(self) -> dict[str, Tree]:
        return {"where Guild keeps its runs": {".guild/cache/x": b""}}


def test_what_the_attributes_say(tmp_path: Path) -> None:
    tree = run_tree(
        label="lr=0.1", tags="[a, b]", marked="true", flags="lr: 1e-1\ndata: /data/sets/mnist\nmodel: mlp", stopped="1030500000",
        comments="- {body: why, host: box, user: me, time: 1}", cmd="[python, -m, train, --lr, '0.1']", env="KEY: secret",
        host="box", user="me", vcs_commit="git:abc123*", pip_freeze="[numpy==2.1, '-e x']",
        platform="{python_version: 3.11.7, cpus: 8}",
    )  # fmt: skip
    run = one(tmp_path, {**tree, f"runs/{ID}/model.txt": b"weights"})
    assert (run.run_id, run.name, run.experiment, run.status) == (
        ID,
        "lr=0.1",
        "mnist:train",
        RunStatus.FINISHED,
    )
    assert (run.tags, run.notes) == (("a", "b", "marked"), "why")
    assert {name: value.value for name, value in run.parameters.items()} == {
        "lr": 0.1,
        "data": "mnist",
        "model": "mlp",
    }
    assert run.started_at is not None
    assert (run.started_at.timestamp(), run.duration_s) == (1000, 30.5)
    assert run.metrics["loss"].last_time == 4
    assert run.environment.command == ("python", "-m", "train", "--lr", "0.1")
    assert (run.environment.host, run.environment.user, run.environment.packages) == (
        "box",
        "me",
        {"numpy": "2.1"},
    )
    assert (run.environment.variables, run.environment.hardware.cores) == ({"KEY": "secret"}, 8)
    assert run.git is not None
    assert (run.git.commit, run.git.dirty) == ("abc123", True)
    assert [item.path for item in run.artifacts] == ["model.txt"]
    assert run.name == "lr=0.1"


@pytest.mark.parametrize(
    ("code", "mark", "status"),
    [
        ("0", "", RunStatus.FINISHED),
        ("2", "", RunStatus.FAILED),
        ("-9", "", RunStatus.INTERRUPTED),
        ("", "LOCK", RunStatus.INTERRUPTED),
        ("", "STAGED", RunStatus.RUNNING),
    ],
)
def test_status(tmp_path: Path, code: str, mark: str, status: RunStatus) -> None:
    tree = run_tree(exit_status=code)
    run = one(tmp_path, {**tree, f"runs/{ID}/.guild/{mark}": b"1"} if mark else tree)
    assert (run.status, run.name) == (status, ID[:8])
    assert (run.error == "exit status 2") is (status is RunStatus.FAILED)


def test_the_error_is_the_last_traceback(tmp_path: Path) -> None:
    output = b"step: 1\nTraceback (most recent call last):\nValueError: no\n"
    run = one(tmp_path, {**run_tree(exit_status="1"), f"runs/{ID}/.guild/output": output})
    assert run.error == "Traceback (most recent call last):\nValueError: no"


def test_a_project_may_hold_the_runs_itself(tmp_path: Path) -> None:
    tree = {**run_tree("project/.guild/runs/b"), "project/other.jsonl": b'{"loss": 1}\n'}
    catalog = read_catalog([write_tree(tmp_path, tree)], workers=1)
    assert {run.run_id: run.source.reader for run in catalog.runs} == {"b": "guild", "other": "jsonl"}


def test_source_code_and_what_lies_below_is_no_artifact_and_no_run(tmp_path: Path) -> None:
    more = {
        "train.py": b"x",
        "data.csv": b"step,a\n1,2\n",
        "sub/log.jsonl": b'{"loss": 1}\n',
        ".guild/manifest": b"s train.py 0 train.py\n",
    }
    run = one(tmp_path, {**run_tree(), **{f"runs/{ID}/{name}": body for name, body in more.items()}})
    assert [item.path for item in run.artifacts] == ["data.csv"]


@needs_samples
def test_runs_of_an_early_guild() -> None:
    runs = {run.run_id[:4]: run for run in read_catalog([SAMPLES / "runs"], workers=1).runs}
    assert {name: (run.experiment, str(run.status)) for name, run in runs.items()} == {
        "4280": ("mnist:evaluate", "finished"),
        "3601": ("mnist:train", "running"),
        "7d14": ("mnist:train", "failed"),
    }
    assert runs["3601"].environment.variables == {"FOO": "123", "BAR": "abc"}
    assert runs["4280"].started_at is not None
    assert runs["4280"].started_at.timestamp() == 1506790419


@needs_samples
def test_odd_operations() -> None:
    catalog = read_catalog([SAMPLES / "opref-runs"], workers=1)
    assert {run.run_id: run.experiment for run in catalog.runs} == {
        "guildfile": "test:go",
        "invalid": "opref-runs",
        "package": "fashion:train",
        "with_space": "test:go",
    }
    assert [(problem.slug, problem.run_id) for problem in catalog.problems] == [
        ("broken-guild-run", "invalid")
    ]


def test_what_a_library_logged_in_a_run_of_guild_is_that_run(tmp_path: Path) -> None:
    folder = f"runs/{ID}"
    tree = run_tree() | {
        f"{folder}/hparams.yaml": b"lr: 0.1\n",
        f"{folder}/metrics.csv": b"step,loss\n1,2\n",
        f"{folder}/monitor.csv": b'#{"t_start": 1.0, "env_id": "x"}\nr,l,t\n1,2,3\n',
    }
    assert one(tmp_path, tree).source.reader == "guild"
