"""Logs of Inspect: zip files and JSON, ended and not, of the first version and of today."""

from __future__ import annotations

import io
import json
import zipfile
from pathlib import Path
from typing import Any

import pytest

from runfolio.catalog import read_catalog
from runfolio.model import RunStatus
from runfolio.readers import Reader
from runfolio.readers.inspect_log import InspectReader
from runfolio.readers.zip_file import ZipMembers
from runfolio.testing.reader_contract import ReaderContract, Sample, Tree, write_tree

NAME = "2024-05-29T12-38-43+00-00_sums_abc"
CLIENT_FILES = Path(__file__).parents[1] / "clients" / "inspect" / "files"


def header(**fields: object) -> dict[str, Any]:
    return {
        "version": 2,
        "status": "success",
        "eval": {
            "created": "2024-05-29T12:38:43+00:00",
            "task": "me/sums",
            "task_args": {"level": 2},
            "model": "openai/gpt-4",
            "model_args": {"cache": "/data/me/cache", "long": ["x" * 2000]},
            "dataset": {"name": "sums", "location": "/data/me/sums.json"},
            "config": {"epochs": 2},
            "revision": {"type": "git", "commit": "abc", "dirty": True, "origin": "git@example.org:me/x.git"},
            "packages": {"inspect_ai": "0.3.1"},
            "tags": ["base"],
        },
        "plan": {"steps": [{"solver": "generate"}], "config": {"seed": 7}},
        "results": {
            "total_samples": 3,
            "scores": [
                {"name": "match", "metrics": {"accuracy": {"name": "accuracy", "value": 0.5}}},
                {"name": "judge", "reducer": "mean", "metrics": {"mean": {"value": 0.25}}},
                {"name": "judge", "reducer": "max", "metrics": {"mean": {"value": 0.75}}},
            ],
        },
        "stats": {
            "started_at": "2024-05-29T12:38:43+00:00",
            "completed_at": "2024-05-29T12:39:43+00:00",
            "model_usage": {"a": {"input_tokens": 3}, "b": {"input_tokens": 4}},
        },
    } | fields


def archive(**members: object) -> bytes:
    sink = io.BytesIO()
    with zipfile.ZipFile(sink, "w", zipfile.ZIP_DEFLATED) as target:
        for name, value in members.items():
            target.writestr(name, json.dumps(value))
    return sink.getvalue()


def ended(**fields: object) -> bytes:
    return archive(
        **{"_journal/start.json": header(), "samples/1_epoch_1.json": {}, "header.json": header(**fields)}
    )


def as_text(**fields: object) -> bytes:
    return json.dumps(header(**fields) | {"samples": [{"id": 1, "input": "x"}]}).encode()


METRICS = {
    "match/accuracy": (1, 0.5),
    "judge/mean/mean": (1, 0.25),
    "judge/max/mean": (1, 0.75),
    "total_samples": (1, 3.0),
    "input_tokens": (1, 7.0),
}


class TestInspect(ReaderContract):
    reader_class = InspectReader

    @pytest.fixture
    def reader(self) -> Reader:
        return InspectReader()

    @pytest.fixture
    def valid(self) -> Sample:
        first = {"scorer": {"name": "match"}, "metrics": {"accuracy": {"value": float("nan")}}}
        return Sample(
            {
                f"logs/{NAME}.eval": ended(),
                "logs/2024-05-29T12-38-43+00-00_sums_def.json": as_text(results=first, stats={}),
            },
            {NAME: METRICS, "2024-05-29T12-38-43+00-00_sums_def": {"match/accuracy": (1, float("nan"))}},
        )

    @pytest.fixture
    def broken(self) -> dict[str, Tree]:
        return {
            "a cut archive": {f"{NAME}.eval": ended()[:-40]},
            "an odd header": {f"{NAME}.eval": archive(**{"header.json": {"eval": 3}})},
            "cut JSON": {f"{NAME}.json": as_text()[:-20]},
        }

    @pytest.fixture
    def foreign(self) -> dict[str, Tree]:
        return {
            "another archive": {"x.eval": archive(other={"a": 1})},
            "no archive": {"x.eval": b"eval 1 2 3"},
            "another JSON": {"2024-05-29T12-38-43_x.json": b'{"eval": 0.5, "loss": 1}'},
        }


def test_all_fields(tmp_path: Path) -> None:
    (run,) = read_catalog([write_tree(tmp_path, {f"{NAME}.eval": ended()})], workers=1).runs
    assert (run.experiment, run.status, run.duration_s) == ("sums", RunStatus.FINISHED, 60)
    assert {name: value.value for name, value in run.parameters.items()} == {
        "model": "openai/gpt-4",
        "solver": "generate",
        "seed": 7,
        "task_args.level": 2,
        "model_args.cache": "cache",
        "config.epochs": 2,
    }
    assert run.tags == ("base",)
    assert run.git is not None and (run.git.commit, run.git.dirty) == ("abc", True)
    assert [(item.name, item.uri) for item in run.data] == [("sums", None)]


@pytest.mark.parametrize(
    ("body", "status", "error"),
    [
        (
            archive(**{"_journal/start.json": header(status=None) | {"status": "started"}}),
            RunStatus.RUNNING,
            None,
        ),
        (ended(status="cancelled"), RunStatus.INTERRUPTED, None),
        (ended(status="error", error={"message": "no good", "traceback": ""}), RunStatus.FAILED, "no good"),
    ],
)
def test_how_an_evaluation_ended(body: bytes, status: RunStatus, error: str | None, tmp_path: Path) -> None:
    (run,) = read_catalog([write_tree(tmp_path, {f"{NAME}.eval": body})], workers=1).runs
    assert (run.status, run.error) == (status, error)


def test_zstandard_is_read_whatever_the_python_and_only_up_to_a_limit() -> None:
    log = next(path for path in sorted(CLIENT_FILES.iterdir()) if path.suffix == ".eval")
    members = ZipMembers(log.read_bytes())
    assert members.sizes["header.json"].compress_type == 93
    assert json.loads(members.read("header.json", 1_000_000))["version"] == 2
    with pytest.raises(ValueError, match="bytes"):
        members.read("header.json", 10)
