"""Comet's offline archives, of today and of the first versions."""

from __future__ import annotations

import io
import json
import zipfile
from pathlib import Path

import pytest

from runfolio.catalog import read_catalog
from runfolio.model import RunStatus
from runfolio.readers import Reader
from runfolio.readers.comet import CometReader
from runfolio.testing.reader_contract import ReaderContract, Sample, Tree, write_tree

START = 1_700_000_000_000


def archive(**members: str) -> bytes:
    sink = io.BytesIO()
    with zipfile.ZipFile(sink, "w", zipfile.ZIP_DEFLATED) as target:
        for name, text in members.items():
            target.writestr(name.replace("_json", ".json"), text)
    return sink.getvalue()


def experiment(**fields: object) -> str:
    content = {
        "offline_id": "abc",
        "project_name": "digits",
        "start_time": START,
        "stop_time": START + 2500,
        "tags": ["base", "base"],
    }
    return json.dumps(content | fields)


def metric(name: str, value: object, step: int | None, **payload: object) -> dict[str, object]:
    inner = {"metricName": name, "metricValue": value, "step": step, "epoch": 0}
    return {"type": "metric_msg", "payload": {"metric": inner, "local_timestamp": START + 1500, **payload}}


def parameter(name: str, value: object) -> dict[str, object]:
    return {
        "type": "parameter_msg",
        "payload": {"param": {"paramName": name, "paramValue": value, "step": None}},
    }


def other(key: str, value: object) -> dict[str, object]:
    return {"type": "log_other", "payload": {"key": key, "value": value}}


MESSAGES = (
    other("Name", "mlp"),
    other("hasNestedParams", True),
    other("dataset", "digits"),
    parameter("lr", 0.1),
    parameter("net|width", 8),
    parameter("data", "/data/me/digits"),
    parameter("curr_step", 1),
    metric("loss", 0.5, 1, context="train"),
    metric("loss", "NaN", 2, context="train"),
    metric("acc", 0.9, None),
    metric("process duration", 3, 2),
    {"type": "installed_packages", "payload": {"installed_packages": ["numpy==1.26", "x==2"]}},
    {
        "type": "git_metadata",
        "payload": {"git_metadata": {"parent": "abc", "branch": "refs/heads/main", "user": "me"}},
    },
    {
        "type": "system_details",
        "payload": {"hostname": "box", "user": "me", "env": {"TOKEN": "s"}, "command": ["train.py", "--lr"]},
    },
)


def lines(*messages: dict[str, object]) -> str:
    return "".join(json.dumps(message) + "\n" for message in messages)


class TestComet(ReaderContract):
    reader_class = CometReader

    @pytest.fixture
    def reader(self) -> Reader:
        return CometReader()

    @pytest.fixture
    def valid(self) -> Sample:
        old = {
            "type": "ws_msg",
            "payload": {
                "metric": {"metricName": "loss", "metricValue": 2},
                "log_other": {"key": "Name", "val": "x"},
            },
        }
        return Sample(
            {
                ".cometml-runs/abc.zip": archive(
                    experiment_json=experiment(), messages_json=lines(*MESSAGES)
                ),
                "old.zip": archive(experiment_json=experiment(offline_id=None), messages_json=lines(old)),
            },
            {"abc": {"train_loss": (2, float("nan")), "acc": (1, 0.9)}, "old": {"loss": (1, 2.0)}},
        )

    @pytest.fixture
    def broken(self) -> dict[str, Tree]:
        whole = archive(experiment_json=experiment(), messages_json=lines(*MESSAGES))
        return {
            "a cut archive": {"a.zip": whole[:-30]},
            "a line": {
                "a.zip": archive(experiment_json=experiment(), messages_json=lines(*MESSAGES) + "{oh\n")
            },
            "the experiment": {"a.zip": archive(experiment_json="{", messages_json="")},
        }

    @pytest.fixture
    def foreign(self) -> dict[str, Tree]:
        return {
            "another archive": {"a.zip": archive(data="1")},
            "other messages": {"a.zip": archive(experiment_json="{}", messages_json="{}")},
            "no archive": {"a.zip": b"messages.json"},
        }


def test_all_fields(tmp_path: Path) -> None:
    body = archive(experiment_json=experiment(), messages_json=lines(*MESSAGES))
    (run,) = read_catalog([write_tree(tmp_path, {".cometml-runs/abc.zip": body})], workers=1).runs
    assert (run.name, run.experiment, run.status) == ("mlp", "digits", RunStatus.FINISHED)
    assert (run.duration_s, run.tags) == (2.5, ("base",))
    assert {name: value.value for name, value in run.parameters.items()} == {
        "lr": 0.1,
        "net.width": 8,
        "data": "digits",
        "other.dataset": "digits",
    }
    assert (run.metrics["train_loss"].last_step, run.metrics["train_loss"].last_time) == (2, 1.5)
    assert run.git is not None and (run.git.commit, run.git.branch) == ("abc", "main")
    environment = run.environment
    assert (environment.host, environment.user, environment.variables) == ("box", "me", {"TOKEN": "s"})
    assert environment.packages == {"numpy": "1.26", "x": "2"}
    assert environment.command == ("train.py", "--lr")


def test_an_error_of_the_script(tmp_path: Path) -> None:
    fields = {"customer_error_reported": True, "customer_error_message": "ValueError('no good')"}
    body = archive(experiment_json=experiment(**fields), messages_json="")
    (run,) = read_catalog([write_tree(tmp_path, {"a.zip": body})], workers=1).runs
    assert (run.status, run.error) == (RunStatus.FAILED, "ValueError('no good')")
