"""Weights & Biases: files built by hand, those of its authors' own tests, with the numbers that their notes state."""

from __future__ import annotations

import json
import math
import struct
import sys
import zlib
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).parent))

from messages import message

from runfolio.catalog import Catalog, read_catalog
from runfolio.model import Run, RunStatus
from runfolio.readers import Reader
from runfolio.readers.wandb import WandbReader
from runfolio.readers.wandb_records import Frames
from runfolio.testing.reader_contract import ReaderContract, Sample, Tree, write_tree

SAMPLES = Path(__file__).parents[3] / "shared" / "samples" / "wandb" / "wandb__wandb"
needs_samples = pytest.mark.skipif(not SAMPLES.is_dir(), reason="no sample files beside this checkout")

PATH = "wandb/run-20260102_030405-abc/run-abc.wandb"
BLOCK = 32_768


def wandb_file(*records: bytes) -> bytes:
    """The records as LevelDB's log frames them."""
    out = bytearray(b":W&B\xe1\xbe\x00")
    for record in records:
        rest, is_first = record, True
        while is_first or rest:
            left = BLOCK - len(out) % BLOCK
            if left < 7:
                out += bytes(left)
                continue
            part, rest = rest[: left - 7], rest[left - 7 :]
            kind = {(True, True): 1, (True, False): 2, (False, False): 3, (False, True): 4}[
                is_first, not rest
            ]
            out += struct.pack("<IHB", zlib.crc32(bytes([kind]) + part), len(part), kind) + part
            is_first = False
    return bytes(out)


def item(key: str | list[str], value: str, number: int = 2) -> bytes:
    keys = [key] if isinstance(key, str) else key
    return message(*((number, part) for part in keys), (16, value))


def row(step: int | None = None, **values: object) -> bytes:
    """A history record; values as JSON."""
    items = [(1, item(name.split("."), json.dumps(value))) for name, value in values.items()]
    return message((2, message(*items, *([] if step is None else [(2, message((1, step)))]))))


def config(**values: object) -> bytes:
    return message((5, message(*((1, item(name, json.dumps(value), 1)) for name, value in values.items()))))


def summary(**values: object) -> bytes:
    return message((3, message(*((1, item(name, json.dumps(value))) for name, value in values.items()))))


def timestamp(seconds: int, nanos: int = 0) -> bytes:
    return message((1, seconds), (2, nanos))


def run_record(**fields: object) -> bytes:
    numbers = {"run_id": 1, "project": 3, "run_group": 6, "job_type": 7, "display_name": 8, "notes": 9}
    known = [
        (numbers[name], value) for name, value in ({"run_id": "abc"} | fields).items() if name in numbers
    ]
    tags = [(10, tag) for tag in fields.get("tags", ())]  # type: ignore[attr-defined]
    rest = [(14, fields["starting_step"])] if "starting_step" in fields else []
    return message(
        (
            17,
            message(*known, *tags, (12, fields.get("sweep", "")), (13, "host"), (17, timestamp(1000)), *rest),
        )
    )


def stats(second: int, **values: object) -> bytes:
    items = [(3, item(name, json.dumps(value), 1)) for name, value in values.items()]
    return message((7, message((2, timestamp(second)), *items)))


def end(code: int = 0, runtime: int = 30) -> bytes:
    return message((18, message((1, code), (2, runtime))))


def read(folder: Path, *records: bytes, more: Tree | None = None) -> Catalog:
    tree = {f"project/{PATH}": wandb_file(*records), **(more or {})}
    return read_catalog([write_tree(folder / "runs", tree)], workers=1)


def one(folder: Path, *records: bytes, more: Tree | None = None) -> Run:
    catalog = read(folder, *records, more=more)
    assert catalog.problems == ()
    (run,) = catalog.runs
    return run


def beside(name: str, body: bytes) -> Tree:
    return {f"project/wandb/run-20260102_030405-abc/files/{name}": body}


class TestWandb(ReaderContract):
    reader_class = WandbReader

    @pytest.fixture
    def reader(self) -> Reader:
        return WandbReader()

    @pytest.fixture
    def valid(self) -> Sample:
        rows = [row(step, loss=1 / (step + 1), **{"val.acc": step}) for step in range(20)]
        records = [
            run_record(),
            *rows,
            row(20, loss=math.nan),
            summary(best=0.5),
            stats(1010, cpu=3.5),
            end(),
        ]
        return Sample(
            {
                PATH: wandb_file(*records),
                "wandb/run-20260102_030405-abc/files/config.yaml": b"lr:\n  value: 0.1\n",
            },
            {
                "abc": {
                    "loss": (21, math.nan),
                    "val/acc": (20, 19.0),
                    "best": (1, 0.5),
                    "system/cpu": (1, 3.5),
                }
            },
        )

    @pytest.fixture
    def broken(self) -> dict[str, Tree]:
        whole = wandb_file(run_record(), row(0, loss=1), row(1, loss=2))
        flipped = bytearray(whole)
        flipped[-3] ^= 1
        return {
            "nothing but damage": {PATH: whole[:7] + b"x" * 500},
            "one byte": {PATH: bytes(flipped)},
            "no message": {PATH: wandb_file(run_record(), b"\x0b\x0b")},
            "settings": {PATH: whole, "wandb/run-20260102_030405-abc/files/config.yaml": b"a: ["},
            "summary": {PATH: whole, "wandb/run-20260102_030405-abc/files/wandb-summary.json": b"{"},
        }

    @pytest.fixture
    def foreign(self) -> dict[str, Tree]:
        return {"text": {"notes.wandb": b"how to use wandb, and so on"}, "empty": {"run-a.wandb": b""}}


def test_identity_and_settings(tmp_path: Path) -> None:
    first = run_record(
        project="p",
        display_name="sunny-1",
        run_group="g",
        job_type="train",
        notes="why",
        tags=["a", "b"],
        sweep="s1",
    )
    late = config(lr=0.1, model={"depth": 3}, _wandb={"t": 1}, data="/data/sets/mnist")
    run = one(tmp_path, first, config(lr=1), late, row(0, loss=1), end())
    assert (run.run_id, run.name, run.experiment, run.group) == ("abc", "sunny-1", "p", "g")
    assert run.tags == ("a", "b", "sweep:s1")
    assert run.notes == "why"
    assert {name: value.value for name, value in run.parameters.items()} == {
        "job_type": "train",
        "lr": 0.1,
        "model.depth": 3,
        "data": "mnist",
    }
    assert run.started_at is not None
    assert (run.started_at.timestamp(), run.duration_s) == (1000, 30)
    assert run.environment.host == "host"


def test_without_a_project_the_folder_above_gives_the_experiment(tmp_path: Path) -> None:
    assert one(tmp_path, run_record(), row(0, loss=1)).experiment == "project"


@pytest.mark.parametrize(
    ("records", "status"),
    [([end()], RunStatus.FINISHED), ([end(1)], RunStatus.FAILED), ([], RunStatus.INTERRUPTED)],
)
def test_status(tmp_path: Path, records: list[bytes], status: RunStatus) -> None:
    assert one(tmp_path, run_record(), row(0, loss=1), *records).status is status


def test_the_error_is_the_last_traceback(tmp_path: Path) -> None:
    def line(text: str) -> bytes:
        return message((13, message((1, 0), (3, text))))

    lines = [
        "Traceback (most recent call last):\n",
        '  File "/home/me/a.py"\n',
        "\x1b[31mValueError: no\x1b[0m\n",
    ]
    run = one(tmp_path, run_record(), line("warming up\n"), *map(line, lines), end(1))
    assert run.error == 'Traceback (most recent call last):\n  File "/home/me/a.py"\nValueError: no'
    assert one(tmp_path / "2", run_record(), end(3)).error == "exit code 3"


@pytest.mark.parametrize("extra", [{}, {"note": "text"}], ids=["numbers only", "with a text"])
def test_steps_and_times(tmp_path: Path, extra: dict[str, object]) -> None:
    rows = [
        row(5, loss=1.0, _timestamp=1007.5, **extra),
        row(None, loss=2.0, _timestamp=1008.5, **extra),
        row(None, loss=3.0, _step=9, _timestamp=1009.5, **extra),
        row(0, early=1.0, _runtime=4.5, **extra),
    ]
    run = one(tmp_path, run_record(), *rows)
    loss = run.metrics["loss"]
    assert (loss.count, loss.last_step, loss.last_time, loss.step_of_minimum) == (3, 9, 9.5, 5)
    assert (run.metrics["early"].last_step, run.metrics["early"].last_time) == (0, 4.5)


def test_steps_go_on_where_a_resumed_run_begins(tmp_path: Path) -> None:
    run = one(tmp_path, run_record(starting_step=7), row(None, loss=1), row(None, loss=2))
    assert run.metrics["loss"].last_step == 8


def test_numbers_in_any_order_and_spelling(tmp_path: Path) -> None:
    rows = [row(0, a=1, b=2), row(1, b=3, a=math.inf), row(2, b=-math.inf, a=1e-300), row(3, a=True, b="NaN")]
    run = one(tmp_path, run_record(), *rows, row(4, **{"deep.er.key": 2, "x" * 200: 1}))
    assert (run.metrics["a"].count, run.metrics["a"].last) == (3, 1e-300)
    assert run.metrics["b"].count == 4
    assert math.isnan(run.metrics["b"].last)
    assert run.metrics["deep/er/key"].last == 2
    assert run.metrics["x" * 200].last == 1
    assert "truth values in the history (`a`)" in run.notes


def test_old_keys_and_objects(tmp_path: Path) -> None:
    old = message((2, message((1, item("a", '{"b": 1, "c": {"d": 2}}', 1)), (1, item("_step", "3", 1)))))
    run = one(tmp_path, run_record(), old)
    assert {name: (item.last, item.last_step) for name, item in run.metrics.items()} == {
        "a/b": (1, 3),
        "a/c/d": (2, 3),
    }


def test_summary_and_what_was_removed(tmp_path: Path) -> None:
    removed = message((3, message((2, item("gone", "1")))))
    records = [summary(gone=1, best=0.9, loss=5, note="ok", _runtime=3), removed, row(3, loss=4)]
    more = beside(
        "wandb-summary.json",
        b'{"acc": {"max": 0.75}, "loss": 4, "_step": 3, "h": {"_type": "histogram", "n": 1}}',
    )
    run = one(tmp_path, run_record(), *records, more=more)
    assert {name: item.last for name, item in run.metrics.items()} == {
        "loss": 4,
        "acc/max": 0.75,
        "best": 0.9,
    }
    assert run.metrics["best"].last_step == 3
    assert run.notes == "- note: ok"


def test_system_statistics_are_series(tmp_path: Path) -> None:
    run = one(
        tmp_path, run_record(), stats(1005, cpu=1.5, net={"sent": 3}), stats(1015, cpu=2.5, net={"sent": 4})
    )
    assert run.metrics["system/cpu"].last_time == 15
    assert run.metrics["system/net/sent"].last == 4


def test_media_are_artifacts(tmp_path: Path) -> None:
    image = {"_type": "image-file", "path": "media/images/a.png", "sha256": "0", "format": "png"}
    many = {
        "_type": "images/separated",
        "count": 2,
        "filenames": ["media/images/b.png", "media/images/c.png"],
    }
    histogram = {"_type": "histogram", "bins": [1, 2], "values": [3]}
    names = (
        "media/images/a.png",
        "media/images/b.png",
        "media/images/c.png",
        "model.txt",
        "output.log",
        "wandb-metadata.json",
    )
    more: dict[str, bytes] = {}
    for name in names:
        more.update(beside(name, b"{}"))
    run = one(tmp_path, run_record(), row(2, sample=image, gallery=many, h=histogram, loss=1), more=more)
    assert [(item.name, item.kind, item.path, item.step) for item in run.artifacts] == [
        ("sample", "image", "files/media/images/a.png", 2),
        ("gallery/0", "image", "files/media/images/b.png", 2),
        ("gallery/1", "image", "files/media/images/c.png", 2),
        ("files/model.txt", "text", "files/model.txt", None),
    ]
    assert list(run.metrics) == ["loss"]
    assert "histograms in the history (`h`)" in run.notes


def test_media_that_are_not_there_or_outside_are_left_out(tmp_path: Path) -> None:
    gone = {"_type": "image-file", "path": "../../../secret.png"}
    write_tree(tmp_path / "runs", {"project/secret.png": b"secret"})
    catalog = read(tmp_path, run_record(), row(0, sample=gone, loss=1))
    assert [problem.slug for problem in catalog.problems] == ["missing-artifact"]
    assert catalog.runs[0].artifacts == ()


def test_the_machine_and_the_code(tmp_path: Path) -> None:
    machine = {
        "os": "Linux-6", "python": "3.11.9", "program": "/home/me/train.py", "codePath": "train.py", "args": ["--lr", "1"],
        "email": "me@example.org", "host": "box", "username": "me", "root": "/home/me", "cpu_count": 8,
        "git": {"commit": "abc123", "remote": "x"}, "gpu": "H100", "memory": {"total": 2.0},
    }  # fmt: skip
    more = {
        **beside("wandb-metadata.json", json.dumps(machine).encode()),
        **beside("requirements.txt", b"numpy==2.1\n# x\n-e git+x\n"),
        **beside(
            "config.yaml", b"wandb_version: 1\n_wandb:\n  value: {t: 1}\nlr:\n  desc: null\n  value: 0.5\n"
        ),
        **beside("diff.patch", b"diff"),
    }
    run = one(tmp_path, run_record(), row(0, loss=1), more=more)
    environment = run.environment
    assert environment.command == ("train.py", "--lr", "1")
    assert (environment.host, environment.user, environment.working_directory) == ("box", "me", "/home/me")
    assert environment.packages == {"numpy": "2.1"}
    assert environment.hardware.gpus == ("H100",)
    assert environment.hardware.memory_bytes == 2 * 2**30
    assert run.git is not None
    assert (run.git.commit, run.git.dirty, run.git.diff_path) == ("abc123", True, "files/diff.patch")
    assert {name: value.value for name, value in run.parameters.items()} == {"lr": 0.5}
    assert "example.org" not in repr(run)


def test_alerts_and_data(tmp_path: Path) -> None:
    alert = message((10, message((1, "low"), (2, "loss is low"), (3, "WARN"))))
    used = message((25, message((1, "id"), (2, "dataset"), (3, "mnist:v3"))))
    run = one(tmp_path, run_record(), alert, used)
    assert [(item.title, item.text, item.level) for item in run.alerts] == [("low", "loss is low", "warning")]
    assert [item.name for item in run.data] == ["mnist:v3"]


def test_records_over_several_blocks(tmp_path: Path) -> None:
    big = row(0, text="x" * 100_000, loss=1)
    run = one(tmp_path, run_record(), big, *(row(step, loss=step) for step in range(1, 3000)), end())
    assert (run.metrics["loss"].count, run.metrics["loss"].last) == (3000, 2999)
    assert run.status is RunStatus.FINISHED


def test_cut_off_is_no_problem(tmp_path: Path) -> None:
    whole = wandb_file(run_record(), row(0, loss=1), row(1, text="x" * 40_000, loss=2))
    for cut in (1, 3, 8_000, 20_000):
        tree = {PATH: whole[:-cut]}
        catalog = read_catalog([write_tree(tmp_path / str(cut), tree)], workers=1)
        assert catalog.problems == ()
        assert catalog.runs[0].metrics["loss"].count == 1


def test_a_run_of_which_nothing_was_written_is_there(tmp_path: Path) -> None:
    """The service that writes for the client keeps the first records for itself until there are enough for a block."""
    (run,) = read_catalog([write_tree(tmp_path, {PATH: wandb_file()})], workers=1).runs
    assert (run.run_id, run.status, dict(run.metrics)) == ("abc", RunStatus.INTERRUPTED, {})


def test_damage_costs_what_it_hit_only(tmp_path: Path) -> None:
    records = [run_record(), *(row(step, loss=step) for step in range(4000))]
    body = bytearray(wandb_file(*records))
    _, _, end = list(Frames(bytes(body)).records())[10]
    body[end - 1] ^= 1  # what a chunk holds
    body[BLOCK + 5] ^= 0xFF  # the length of another: the rest of its block is lost
    catalog = read_catalog([write_tree(tmp_path, {PATH: bytes(body)})], workers=1)
    (problem,) = catalog.problems
    assert (problem.slug, " and 1 more" in problem.message) == ("broken-wandb", True)
    loss = catalog.runs[0].metrics["loss"]
    a_block = BLOCK // (len(row(100, loss=100)) + 7)
    assert 4000 - a_block - 10 < loss.count < 4000
    assert loss.last == 3999


def test_links_to_the_latest_run_and_logs_are_not_read(tmp_path: Path) -> None:
    runs = write_tree(
        tmp_path / "runs", {PATH: wandb_file(run_record(), row(0, loss=1)), "wandb/debug.log": b"x"}
    )
    (runs / "wandb" / "latest-run").symlink_to("run-20260102_030405-abc")
    write_tree(
        runs / "wandb" / "run-20260102_030405-abc",
        {"logs/a.jsonl": b'{"loss": 1}\n', "files/b.csv": b"step,a\n1,2\n"},
    )
    catalog = read_catalog([runs], workers=1)
    assert [run.source.reader for run in catalog.runs] == ["wandb"]
    assert catalog.problems == ()


@needs_samples
def test_what_the_authors_keep_for_their_own_reader() -> None:
    catalog = read_catalog([SAMPLES / "leet"], workers=1)
    runs = {run.run_id: run for run in catalog.runs}
    tiny = runs["tiny0001"]
    assert (tiny.name, tiny.experiment, tiny.duration_s) == ("single-tiny-run", "leet-fixtures", 300)
    assert {name: item.count for name, item in tiny.metrics.items()} == {
        "train/loss": 50, "train/sine": 50, "eval/step_fn": 50, "best_step": 1,
    }  # fmt: skip
    assert tiny.metrics["train/loss"].last == 0.285
    assert tiny.parameters["optimizer"].value == "adam"
    edge = runs["nanedge1"].metrics
    assert (edge["edge/nan_inf"].count, edge["edge/nan_inf"].nonfinite_count) == (20, 12)
    assert edge["edge/single_point"].count == 1
    assert (runs["empty001"].status, dict(runs["empty001"].metrics)) == (RunStatus.INTERRUPTED, {})
    assert runs["uni00001"].tags == ("标签", "🏷️tag", "ラベル", "café")
    assert runs["sysstats1"].metrics["system/cpu/l:trainer"].count == 60
    assert {run_id: str(runs[run_id].status) for run_id in ("wm1plain", "wm3live", "wm4crash")} == {
        "wm1plain": "finished", "wm3live": "interrupted", "wm4crash": "failed",
    }  # fmt: skip
    assert (
        runs["wm4crash"].error == "Traceback (most recent call last):\nRuntimeError: fixture crash at step 17"
    )
    assert {problem.slug for problem in catalog.problems} == {"broken-wandb", "missing-artifact"}


@needs_samples
def test_damage_and_a_cut_of_known_places() -> None:
    wire = SAMPLES / "leet" / "fixtures" / "wire"
    cut = Frames((wire / "truncated-tail.wandb").read_bytes())
    assert (len(list(cut.records())), cut.damage) == (4, [])
    # LevelDB gives up the rest of the block and reads 2; the next chunk is sound, so nothing but the damage is lost here.
    damaged = Frames((wire / "bad-crc.wandb").read_bytes())
    found = list(damaged.records())
    assert ([start - 7 for _, start, _ in found], damaged.damage) == ([7, 99, 189, 235, 281], [143])


@needs_samples
@pytest.mark.parametrize(
    ("case", "points", "step"),
    [
        ("new_auto_steps", 3, 2),
        ("new_explicit_steps", 3, 10),
        ("new_resume_mode", 3, 2),
        ("new_shared_mode", 2, 1),
        ("old_auto_steps", 3, 2),
        ("old_auto_steps_flat_keys", 3, 2),
        ("old_explicit_steps", 3, 10),
        ("old_resumed_run", 3, 7),
        ("old_shared_mode", 2, 1),
    ],
)
def test_old_and_new_ways_of_keeping_steps(case: str, points: int, step: int) -> None:
    folder = SAMPLES / "tests" / "assets" / "compat_logs" / "synthesized" / f"offline-run-{case}"
    (run,) = read_catalog([folder], workers=1).runs
    assert (run.metrics["x"].count, run.metrics["x"].last_step) == (points, step)
    assert run.status is RunStatus.FINISHED


@needs_samples
def test_odd_steps_and_a_run_of_2021() -> None:
    assets = SAMPLES / "tests" / "assets"
    (odd,) = read_catalog([assets / "compat_logs/synthesized/offline-run-old_bad_step_types"], workers=1).runs
    assert dict(odd.metrics) == {}
    (old,) = read_catalog([assets / "wandb"], workers=1).runs
    assert (old.run_id, old.experiment, old.status) == ("g9dvvkua", "code-toad", RunStatus.FINISHED)
    assert old.metrics["system/network/sent"].last == 260096
