"""TensorBoard's event files: built by hand, and real ones with the numbers that TensorBoard itself gives."""

from __future__ import annotations

import math
import struct
import sys
from pathlib import Path

import numpy as np
import pytest

sys.path.insert(0, str(Path(__file__).parent))

from messages import VERSION, crc32c, event, event_file, frame, message, scalar, tensor, text

from runfolio.catalog import Catalog, read_catalog
from runfolio.model import Run, RunStatus
from runfolio.readers import Reader
from runfolio.readers.crc32c import crc32c as many_sums
from runfolio.readers.tensorboard import KerasReader, TensorBoardReader
from runfolio.readers.tensorboard_records import find_records
from runfolio.testing.reader_contract import ReaderContract, Sample, Tree, write_tree

SAMPLES = Path(__file__).parents[3] / "shared" / "samples"
needs_samples = pytest.mark.skipif(not SAMPLES.is_dir(), reason="no sample files beside this checkout")

NAME = "events.out.tfevents.1600000000.machine.12.0"
HPARAMS = "_hparams_/session_start_info"


def curve(tag: str = "loss", steps: int = 20, offset: float = 0.0) -> list[bytes]:
    return [event(step, 1000.5 + step, scalar(tag, offset + step)) for step in range(steps)]


def start(**settings: object) -> bytes:
    """A session's start as the plugin keeps it; numbers are all floats there."""

    def value(item: object) -> bytes:
        if isinstance(item, bool):
            return message((4, item))
        return message((3, item)) if isinstance(item, str) else message((2, float(str(item))))

    pairs = [(1, message((1, name), (2, value(item)))) for name, item in settings.items()]
    content = message((1, 0), (3, message(*pairs, (5, 990.0))))
    return event(0, 1000.5, tensor(HPARAMS, message((1, 1)), "hparams", content))


def end(status: int) -> bytes:
    content = message((1, 0), (4, message((1, status), (2, 1100.0))))
    return event(0, 1000.5, tensor("_hparams_/session_end_info", message((1, 1)), "hparams", content))


def one(folder: Path, tree: Tree) -> Run:
    (run,) = read(folder, tree).runs
    return run


def read(folder: Path, tree: Tree) -> Catalog:
    return read_catalog([write_tree(folder / "logs", tree)], workers=1)


class TestTensorBoard(ReaderContract):
    reader_class = TensorBoardReader

    @pytest.fixture
    def reader(self) -> Reader:
        return TensorBoardReader()

    @pytest.fixture
    def valid(self) -> Sample:
        events = [*curve(), *curve("val/acc", 3), event(7, 1010.0, scalar("nan", math.nan)), start(lr=0.1)]
        return Sample(
            {f"exp/a/{NAME}": event_file(*events), "exp/b/tfevents": event_file(*curve(steps=9))},
            {"a": {"loss": (20, 19.0), "val/acc": (3, 2.0), "nan": (1, math.nan)}, "b": {"loss": (9, 8.0)}},
        )

    @pytest.fixture
    def broken(self) -> dict[str, Tree]:
        whole = event_file(*curve())
        flipped = bytearray(whole)
        flipped[len(VERSION) + 20] ^= 1
        return {
            "something else of that name": {f"a/{NAME}": b"x" * 100},
            "one byte": {f"a/{NAME}": bytes(flipped)},
            "zeros in the middle": {f"a/{NAME}": whole + bytes(64) + whole},
            "no message": {f"a/{NAME}": whole + frame(b"\x0b\x0b")},
            "settings": {f"a/{NAME}": whole, "a/hparams.yaml": b"a: ["},
        }

    @pytest.fixture
    def foreign(self) -> dict[str, Tree]:
        return {"notes": {"a/about-tfevents.txt": b"how to read them, and so on"}}


class TestKeras(ReaderContract):
    reader_class = KerasReader

    @pytest.fixture
    def reader(self) -> Reader:
        return KerasReader()

    @pytest.fixture
    def valid(self) -> Sample:
        both = {name: event_file(*curve("epoch_loss", 9)) for name in ("train", "validation")}
        tree = {f"fit/{name}/{NAME}.v2": body for name, body in both.items()}
        return Sample(
            {**tree, f"fit/{NAME}": event_file(start(lr=0.1), *curve("lr", 2))},
            {
                "fit": {
                    "train/epoch_loss": (9, 8.0),
                    "validation/epoch_loss": (9, 8.0),
                    "lr": (2, 1.0),
                }
            },
        )

    @pytest.fixture
    def broken(self) -> dict[str, Tree]:
        damaged = event_file(*curve()) + bytes(64)
        return {"damage": {f"a/train/{NAME}": damaged, f"a/validation/{NAME}": event_file()}}

    @pytest.fixture
    def foreign(self) -> dict[str, Tree]:
        return {"a data set": {"a/train/1.png": b"png", "a/validation/1.png": b"png"}}


def test_checksums_are_those_of_the_plain_way() -> None:
    body = np.random.default_rng(1).integers(0, 256, 30_000, np.uint8).tobytes()
    spans = [(8, 0), (9, 3), (11, 4), (50, 7), (51, 8), (200, 49), (1000, 2048), (1001, 2049), (9000, 20_001)]
    starts, sizes = np.array(spans).T
    assert many_sums(body, starts, sizes).tolist() == [crc32c(body[at : at + size]) for at, size in spans]


@pytest.mark.parametrize("dtype", ["<f4", "<f8", "<i4", "<i8", "<f2"])
@pytest.mark.parametrize("count", [1, 30])
def test_tensors_in_all_ways(tmp_path: Path, dtype: str, count: int) -> None:
    code = {"<f4": 1, "<f8": 2, "<i4": 3, "<i8": 9, "<f2": 19}[dtype]
    events = []
    for step in range(count):
        body = message((1, code), (2, b""), (4, np.array(step + 3, dtype).tobytes()))
        events.append(event(step * 100, 1001.0 + step, tensor("content", body)))
        typed: list[tuple[int, object]] = {
            "<f4": [(5, struct.pack("<f", step + 3))],
            "<f8": [(6, struct.pack("<d", step + 3))],
            "<i4": [(7, step - 3)],
            "<i8": [(10, step - 3)],
            "<f2": [(13, int(np.array(step + 3, "<f2").view("<u2")))],
        }[dtype]
        events.append(event(step * 100, 1001.0 + step, tensor("typed", message((1, code), (2, b""), *typed))))
    run = one(tmp_path, {f"a/{NAME}": event_file(*events)})
    last = count - 1
    assert (run.metrics["content"].count, run.metrics["content"].last) == (count, last + 3)
    assert run.metrics["typed"].last == (last - 3 if dtype in ("<i4", "<i8") else last + 3)
    assert run.metrics["typed"].last_step == last * 100


def test_other_tensors_are_counted(tmp_path: Path) -> None:
    pair = message((1, 1), (2, message((2, message((1, 2))))), (4, bytes(8)))
    image = message((1, "sample"), (4, message((1, 2), (2, 2), (3, 3), (4, b"png"))))
    events = [event(1, 1001.0, tensor("pr", pair, "pr_curves")), event(1, 1001.0, image, scalar("loss", 2))]
    run = one(tmp_path, {f"a/{NAME}": event_file(*events)})
    assert list(run.metrics) == ["loss"]
    assert "images (`sample`)" in run.notes
    assert "pr curves (`pr`)" in run.notes


def test_times_and_names(tmp_path: Path) -> None:
    run = one(tmp_path, {f"exp/a/{NAME}": event_file(*curve())})
    assert (run.run_id, run.name, run.experiment) == ("a", "a", "exp")
    assert run.started_at is not None
    assert run.started_at.timestamp() == 1000
    assert run.duration_s == 19.5
    assert run.environment.host == "machine"
    assert run.status is RunStatus.FINISHED
    assert one(tmp_path / "top", {NAME: event_file(*curve())}).run_id == "logs"


def test_negative_and_large_steps(tmp_path: Path) -> None:
    steps = [-5, 0, 127, 128, 2**40] * 3
    events = [event(step, 1001.0, scalar("loss", index)) for index, step in enumerate(steps)]
    loss = one(tmp_path, {NAME: event_file(*events)}).metrics["loss"]
    assert (loss.count, loss.last_step, loss.step_of_minimum) == (5, 2**40, -5)
    assert loss.minimum == 10


def test_many_tags_in_many_shapes(tmp_path: Path) -> None:
    """Every point is there, whether its record was read by itself or beside its likes."""
    events = [
        event(step, 1001.0 + step, *(scalar(f"{'t' * (tag % 5)}{tag}", step * 100 + tag) for tag in tags))
        for step in range(30)
        for tags in ([1], [2], [3, 4], [10, 11, 12], [5] if step % 2 else [6])
    ]
    run = one(tmp_path, {NAME: event_file(*events)})
    counts = {name: item.count for name, item in run.metrics.items()}
    assert counts == {
        **dict.fromkeys(("t1", "tt2", "ttt3", "tttt4", "10", "t11", "tt12"), 30),
        "5": 15,
        "t6": 15,
    }
    assert run.metrics["tt12"].last == 2912
    assert list(run.metrics) == ["t1", "tt2", "ttt3", "tttt4", "10", "t11", "tt12", "t6", "5"]


def test_the_later_file_counts_after_a_restart(tmp_path: Path) -> None:
    later = event_file(*(event(step, 2000.0 + step, scalar("loss", 100.0)) for step in range(10, 15)))
    tree = {f"a/{NAME}": event_file(*curve()), "a/events.out.tfevents.1600000999.machine.13.1": later}
    catalog = read(tmp_path, tree)
    (run,) = catalog.runs
    assert (run.metrics["loss"].count, run.metrics["loss"].last, run.metrics["loss"].maximum) == (20, 19, 100)
    assert [problem.slug for problem in catalog.problems] == ["repeated-steps"]


def test_a_restart_that_says_so_drops_what_it_logs_again(tmp_path: Path) -> None:
    restart = message((1, 2000.0), (2, 10), (7, message((1, 1))))
    again = event_file(restart, event(10, 2001.0, scalar("loss", 100.0)))
    catalog = read(tmp_path, {f"a/{NAME}": event_file(*curve()), f"a/{NAME}.later": again})
    (run,) = catalog.runs
    assert (run.metrics["loss"].count, run.metrics["loss"].last) == (11, 100)
    assert catalog.problems == ()


def test_cut_off_is_no_problem(tmp_path: Path) -> None:
    whole = event_file(*curve())
    for cut in (1, 5, 20, 40):
        catalog = read(tmp_path / str(cut), {NAME: whole[:-cut]})
        assert catalog.problems == ()
        assert catalog.runs[0].metrics["loss"].count == 19


def test_damage_costs_what_it_hit_only(tmp_path: Path) -> None:
    whole = event_file(*curve())
    records = find_records(whole)
    for place, lost in ((records.starts[5] + 2, 1), (records.starts[5] - 12, 1), (records.starts[5] - 1, 1)):
        body = bytearray(whole)
        body[int(place)] ^= 1
        catalog = read(tmp_path / str(place), {NAME: bytes(body)})
        (problem,) = catalog.problems
        assert f"byte {int(records.starts[5]) - 12}" in problem.message
        assert catalog.runs[0].metrics["loss"].count == 20 - lost


def test_settings_and_status(tmp_path: Path) -> None:
    events = [start(lr=0.001, model="mlp", augment=True), *curve(), end(2)]
    run = one(tmp_path, {f"a/{NAME}": event_file(*events), "a/hparams.yaml": b"depth: 3\nlr: 1\n"})
    assert {name: item.value for name, item in run.parameters.items()} == {
        "augment": True,
        "depth": 3,
        "lr": 0.001,
        "model": "mlp",
    }
    assert run.status is RunStatus.FAILED
    assert run.duration_s == 100


def test_what_pytorch_writes_beside_belongs_to_the_run(tmp_path: Path) -> None:
    session = event_file(start(lr=0.1), *curve("hparam/acc", 1))
    run = one(tmp_path, {f"a/{NAME}": event_file(*curve()), f"a/1622543341.25/{NAME}": session})
    assert (run.run_id, run.parameters["lr"].value) == ("a", 0.1)
    assert sorted(run.metrics) == ["hparam/acc", "loss"]


def test_several_sessions_of_one_writer_are_runs(tmp_path: Path) -> None:
    tree = {f"a/{index}.5/{NAME}": event_file(start(lr=index), *curve("acc", 1, index)) for index in range(3)}
    catalog = read(tmp_path, {**tree, f"a/{NAME}": event_file()})
    assert {run.run_id: run.metrics["acc"].last for run in catalog.runs} == {"0.5": 0, "1.5": 1, "2.5": 2}
    assert {run.experiment for run in catalog.runs} == {"a"}


def test_texts_are_notes_and_arguments_are_parameters(tmp_path: Path) -> None:
    events = [
        event(1, 1001.0, text("remark/text_summary", "first")),
        event(2, 1002.0, text("remark/text_summary", "second")),
        event(0, 1001.0, text("args/text_summary", '{"lr": 0.5, "nested": {"a": 1}}')),
        event(0, 1001.0, text("long", "x" * 10_000)),
    ]
    run = one(tmp_path, {NAME: event_file(*events)})
    assert "**remark**\n\nsecond" in run.notes
    assert "first" not in run.notes
    assert len(run.notes) < 5_000
    assert {name: item.value for name, item in run.parameters.items()} == {"lr": 0.5, "nested.a": 1}


def test_the_rest_of_the_folder_is_looked_at(tmp_path: Path) -> None:
    tree = {
        f"a/{NAME}": event_file(*curve()),
        "a/other.jsonl": b'{"acc": 1}\n',
        f"a/b/{NAME}": event_file(*curve()),
    }
    assert {run.run_id for run in read(tmp_path, tree).runs} == {"a", "other", "b"}


@needs_samples
@pytest.mark.parametrize(
    ("run_id", "metrics"),
    [
        ("run_1", {"lax/foo": (110, 1.4174270629882812), "lax/bar_2": (110, 1.4685683250427246)}),
        ("run_3", {"lax/foo": (130, 3.657553195953369), "lax/bar_4": (130, 3.6224522590637207)}),
    ],
)
def test_pytorch_samples(run_id: str, metrics: dict[str, tuple[int, float]]) -> None:
    catalog = read_catalog([SAMPLES / "tensorboard" / "janosh__tensorboard-reducer"], workers=1)
    assert len(catalog.runs) == 9
    (run,) = (run for run in catalog.runs if run.run_id.startswith(run_id) and run.experiment == "lax")
    assert {name: (run.metrics[name].count, run.metrics[name].last) for name in metrics} == metrics
    double = next(run for run in catalog.runs if run.experiment == "duplicate_steps")
    assert double.metrics["dup_steps/foo"].count == 200
    strict = next(run for run in catalog.runs if run.experiment == "strict")
    assert (strict.metrics["strict/foo"].count, strict.metrics["strict/foo"].last_step) == (100, 495)


@needs_samples
def test_keras_of_tensorflow_1() -> None:
    (run,) = read_catalog([SAMPLES / "tensorboard" / "wandb__wandb"], workers=1).runs
    assert {item.count for item in run.metrics.values()} == {17}
    assert len(run.metrics) == 6
    assert run.metrics["batch_loss"].last == 2.932505594799295e-05
    assert run.metrics["batch_loss"].last_step == 16
