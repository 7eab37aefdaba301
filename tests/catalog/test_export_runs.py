"""Exports to other trackers, read back by small parsers of their formats. The real clients read them in `make test-clients`."""

from __future__ import annotations

import json
import math
import struct
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st

from runfolio import api
from runfolio.catalog.export_mlflow import _names
from runfolio.catalog.tfevents import _checksums, _varint, first_event, records, scalar_events
from runfolio.testing.factories import write_run

sys.path.insert(0, str(Path(__file__).parents[1] / "clients" / "exports"))

from runs import facts, make


def crc32c(body: bytes) -> int:
    """Bit by bit, as the definition has it."""
    crc = 0xFFFFFFFF
    for byte in body:
        crc ^= byte
        for _ in range(8):
            crc = crc >> 1 ^ (0x82F63B78 if crc & 1 else 0)
    return crc ^ 0xFFFFFFFF


def masked(body: bytes) -> int:
    crc = crc32c(body)
    return ((crc >> 15 | crc << 17) + 0xA282EAD8) & 0xFFFFFFFF


def payloads(body: bytes) -> Iterator[bytes]:
    """The records of a file, each checksum verified."""
    while body:
        length, mark = struct.unpack_from("<QI", body)
        assert mark == masked(body[:8])
        payload = body[12 : 12 + length]
        assert struct.unpack_from("<I", body, 12 + length) == (masked(payload),)
        yield payload
        body = body[16 + length :]


def number_at(body: bytes, at: int) -> tuple[int, int]:
    value = shift = 0
    while True:
        byte = body[at]
        value |= (byte & 0x7F) << shift
        at, shift = at + 1, shift + 7
        if byte < 0x80:
            return value, at


def fields(body: bytes) -> dict[int, list[Any]]:
    """A message of protocol buffers: field → its values."""
    found: dict[int, list[Any]] = {}
    at = 0
    while at < len(body):
        key, at = number_at(body, at)
        value: Any
        if key & 7 == 0:
            value, at = number_at(body, at)
        elif key & 7 == 2:
            size, at = number_at(body, at)
            value, at = body[at : at + size], at + size
        else:
            form, size = ("<d", 8) if key & 7 == 1 else ("<f", 4)
            (value,), at = struct.unpack_from(form, body, at), at + size
        found.setdefault(key >> 3, []).append(value)
    return found


def test_checksums_are_those_of_castagnoli() -> None:
    assert crc32c(b"123456789") == 0xE3069283
    bodies = [b"", b"a", b"123456789", b"a", bytes(range(256)), b"12345678\xff"]
    assert _checksums(bodies) == [struct.pack("<I", masked(body)) for body in bodies]


@given(st.integers(-(2**63), 2**64 - 1))
def test_numbers_are_packed_as_protocol_buffers_have_them(number: int) -> None:
    assert number_at(_varint(number), 0) == (number % 2**64, len(_varint(number)))


@settings(max_examples=50)
@given(
    st.text(st.characters(exclude_categories=("Cs",))),
    st.lists(st.tuples(st.integers(-5, 2**40), st.floats()), max_size=9),
)
def test_scalars_come_back(tag: str, rows: list[tuple[int, float]]) -> None:
    steps, values = [step for step, _ in rows], np.array([value for _, value in rows], dtype=float)
    events = [first_event(1.5), *scalar_events(tag, np.arange(len(rows)) + 0.25, steps, values)]
    first, *rest = map(fields, payloads(records(events)))
    assert first == {1: [1.5], 3: [b"brain.Event:2"]}
    with np.errstate(over="ignore"):
        singles = values.astype(np.float32).astype(float)
    for index, event in enumerate(rest):
        (value,) = (fields(value) for summary in event[5] for value in fields(summary)[1])
        assert (event[1], event[2], value[1]) == ([index + 0.25], [steps[index] % 2**64], [tag.encode()])
        np.testing.assert_equal(value[2][0], singles[index])
    assert len(rest) == len(rows)


def test_tensorboard_holds_settings_and_end(tmp_path: Path) -> None:
    result = api.export_to(make(tmp_path / "runs"), tmp_path / "logs", "tensorboard")
    assert [path.relative_to(tmp_path / "logs").as_posix() for path in result.written] == [
        "näme- x/a-1",
        "näme- x/child",
        "other/killed",
    ]
    (file,) = (tmp_path / "logs" / "näme- x" / "a-1").iterdir()
    plugins = {}
    for event in map(fields, payloads(file.read_bytes())):
        for value in (fields(value) for summary in event.get(5, ()) for value in fields(summary)[1]):
            if 9 in value:
                (plugin,) = fields(value[9][0])[1]
                assert fields(plugin)[1] == [b"hparams"]
                plugins[value[1][0].decode()] = fields(fields(plugin)[2][0])
    (start,) = plugins["_hparams_/session_start_info"][3]
    given = {fields(pair)[1][0].decode(): fields(fields(pair)[2][0]) for pair in fields(start)[1]}
    assert given["lr"] == {2: [0.001]} and given["ok"] == {4: [1]} and given["none"] == {1: [0]}
    assert given["opt.name"] == {3: [b"adam"]} and fields(start)[4] == [b"g"]
    (end,) = plugins["_hparams_/session_end_info"][4]
    assert fields(end)[1] == [1]


def test_mlflow_holds_every_value(tmp_path: Path) -> None:
    source = make(tmp_path / "runs")
    result = api.export_to(source, tmp_path / "mlruns", "mlflow")
    assert result.refused == ()
    wanted = facts(source)
    by_id = {(folder / "tags" / "runfolio.run_id").read_text(): folder for folder in result.written}
    assert by_id.keys() == wanted.keys()
    for run_id, folder in by_id.items():
        run, said = wanted[run_id], yaml.safe_load((folder / "meta.yaml").read_text(encoding="utf-8"))
        assert said["run_name"] == run["name"]
        assert said["status"] == {"finished": 3, "failed": 4, "interrupted": 5}[run["status"]]
        assert said["start_time"] == round(1000 * run["start"])
        assert said["artifact_uri"] == (folder / "artifacts").as_uri()
        above = yaml.safe_load((folder.parent / "meta.yaml").read_text(encoding="utf-8"))
        assert (above["name"], above["experiment_id"]) == (run["experiment"], folder.parent.name)
        metrics = {}
        for path in sorted((folder / "metrics").rglob("*")):
            if path.is_file():
                rows = [line.split(" ") for line in path.read_text().splitlines()]
                metrics[path.relative_to(folder / "metrics").as_posix()] = [
                    [int(step), value] for _, value, step in rows
                ]
        assert metrics == {name.replace(":", "_"): rows for name, rows in run["metrics"].items()}
    first = by_id["a-1"]
    assert (first / "params" / "opt.betas").read_text() == "[0.9, 0.99]"
    assert (first / "tags" / "mlflow.note.content").read_text() == "**bold**\n\nlines"
    assert (first / "tags" / "two words").read_text() == "true"
    assert (first / "artifacts" / "deep" / "t.txt").read_bytes() == b"text"
    assert (by_id["child"] / "tags" / "mlflow.parentRunId").read_text() == "a-1"
    assert (first / "metrics" / "loss").read_text().splitlines()[5] == "1795232582120 nan 5"


def test_names_of_mlflow_are_paths_that_cannot_leave_nor_collide() -> None:
    names = [
        "loss",
        "loss/train",
        "a:b",
        "a;b",
        "../x",
        "/abs",
        "a//b",
        "",
        ".",
        "tail/",
        " pad ",
        "x/y/z",
        "x/y",
    ]
    found = _names(names)
    assert len(set(found.values())) == len(names)
    for name in found.values():
        parts = name.split("/")
        assert all(part and part.strip(".") for part in parts), name
        assert not any(other.startswith(f"{name}/") for other in found.values()), name
    assert found["loss/train"] == "loss/train" and found["x/y/z"] == "x/y/z"


@pytest.mark.parametrize("form", ["mlflow", "tensorboard"])
def test_nothing_is_overwritten(tmp_path: Path, form: str) -> None:
    source = make(tmp_path / "runs")
    first = api.export_to(source, tmp_path / "out", form, where='experiment == "other"')
    assert len(first.written) == 1
    before = {path: path.read_bytes() for path in (tmp_path / "out").rglob("*") if path.is_file()}
    again = api.export_to(source, tmp_path / "out", form)
    assert len(again.written) == 2
    assert [error.error_slug for error in again.refused] == ["export-exists"]
    assert {path: path.read_bytes() for path in before} == before


def test_a_run_that_cannot_be_written_leaves_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    source = make(tmp_path / "runs")
    monkeypatch.setattr(
        Path, "write_bytes", lambda *_: (_ for _ in ()).throw(OSError(28, "No space left on device"))
    )
    for form in ("mlflow", "tensorboard"):
        result = api.export_to(source, tmp_path / form, form)
        assert {error.error_slug for error in result.refused} == {"export-failed"}
        assert [path for path in (tmp_path / form).rglob("*") if path.is_file()] == []


def test_the_same_runs_give_the_same_bytes(tmp_path: Path) -> None:
    source = write_run(tmp_path / "runs" / "r", [{"step": 1, "loss": math.inf}], parameters={"lr": 1})
    sets = []
    for name in ("a", "b"):
        api.export_to(source.parent, tmp_path / name, "tensorboard")
        sets.append(
            {
                p.relative_to(tmp_path / name): p.read_bytes()
                for p in (tmp_path / name).rglob("*")
                if p.is_file()
            }
        )
    assert sets[0] == sets[1]
    assert json.dumps(sorted(map(str, sets[0]))) == '["runs/r/events.out.tfevents.1795232580.runfolio"]'
