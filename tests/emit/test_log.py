"""log(): what goes in comes out."""

from __future__ import annotations

import math
import threading
import warnings
from decimal import Decimal
from fractions import Fraction
from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

import runfolio
from runfolio.emit import EmitWarning

NUMBERS = st.one_of(
    st.floats(allow_nan=True, allow_infinity=True),
    st.integers(-(2**63), 2**63 - 1),
    st.floats(width=32).map(np.float32),
    st.integers(-(2**31), 2**31 - 1).map(np.int32),
)
NAMES = st.text(st.characters(exclude_categories=("Cs",)), max_size=12)
METRICS = st.recursive(
    st.dictionaries(NAMES, NUMBERS, max_size=4),
    lambda inner: st.dictionaries(NAMES, inner, max_size=3),
    max_leaves=6,
)


def expected(metrics: dict, prefix: str = "") -> dict:
    flat = {}
    for name, value in metrics.items():
        if isinstance(value, dict):
            flat.update(expected(value, f"{prefix}{name}/"))
        else:
            flat[prefix + name] = value.item() if isinstance(value, np.generic) else value
    return flat


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(METRICS, min_size=1, max_size=4))
def test_any_nested_numbers_are_read_back_equal(root: Path, log: type, rows: list[dict]) -> None:
    rows = [{name: value for name, value in row.items() if name not in ("step", "time")} for row in rows]
    with runfolio.start(root=root, capture=False) as run:
        for row in rows:
            run.log(row)
    wanted = [(step, expected(row)) for step, row in enumerate(rows) if expected(row)]
    read = log(run.path).rows()
    assert [row.pop("step") for row in read] == [step for step, _ in wanted]
    for row, (_, values) in zip(read, wanted, strict=True):
        row.pop("time")
        assert list(row) == list(values)
        assert all(same(row[name], values[name]) for name in values)


def same(read: float, given: float) -> bool:
    return (math.isnan(read) and math.isnan(given)) or (read == given and str(read) == str(given))


def test_numbers_of_all_kinds(root: Path, log: type) -> None:
    given = {
        "int": 3, "bool": True, "decimal": Decimal("0.25"), "fraction": Fraction(1, 4), "numpy": np.float64(0.5),
        "numpy_bool": np.True_, "one": np.array([2.5]), "longdouble": np.longdouble(1.5), "large": 2**70, "vast": 10**400,
        "quiet": Decimal("NaN"), "signalling": Decimal("sNaN"), "minus": -(10**400),
    }  # fmt: skip
    with runfolio.start(root=root, capture=False) as run:
        run.log(given)
    (row,) = log(run.path).rows()
    assert math.isnan(row.pop("quiet"))
    assert math.isnan(row.pop("signalling"))
    del row["time"]
    assert row == {
        "step": 0, "int": 3, "bool": 1, "decimal": 0.25, "fraction": 0.25, "numpy": 0.5, "numpy_bool": 1,
        "one": 2.5, "longdouble": 1.5, "large": float(2**70), "vast": math.inf, "minus": -math.inf,
    }  # fmt: skip


class Tensor:
    """As torch's: `item()` gives a number or raises RuntimeError."""

    def __init__(self, *values: float) -> None:
        self.values = values

    def item(self) -> float:
        if len(self.values) != 1:
            raise RuntimeError("a Tensor with 2 elements cannot be converted to Scalar")
        return self.values[0]


def test_what_is_no_number_warns_once_a_metric_and_is_skipped(root: Path, log: type) -> None:
    with runfolio.start(root=root, capture=False) as run, warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        for _ in range(3):
            run.log(
                {
                    "good": Tensor(0.5),
                    "many": Tensor(1, 2),
                    "text": "0.1",
                    "none": None,
                    "deep": {"list": [1]},
                }
            )
    messages = [str(warning.message) for warning in caught]
    assert len(messages) == 4
    assert [
        name in text for name, text in zip(["many", "text", "none", "deep/list"], messages, strict=True)
    ] == [True] * 4
    assert all(warning.filename == __file__ for warning in caught)
    assert [set(row) for row in log(run.path).rows()] == [{"step", "time", "good"}] * 3


def test_steps(root: Path, log: type) -> None:
    with runfolio.start(root=root, capture=False) as run:
        run.log(loss=1)
        run.log({"loss": 2}, step=10)
        run.log({"loss": 3}, acc=1)
        run.log({"loss": 4, "step": 20})
        run.log({"loss": 5}, step=np.int64(7))
        run.log({"loss": 6}, step=8.0)
        with pytest.warns(EmitWarning, match="no whole number"):
            run.log({"loss": 7}, step="x")
        with pytest.warns(EmitWarning, match="time_"):
            run.log({"loss": 8, "time": 5.5})
    rows = log(run.path).rows()
    assert [row["step"] for row in rows] == [0, 10, 11, 20, 7, 8, 9, 10]
    assert rows[2]["acc"] == 1
    assert rows[-1]["time_"] == 5.5
    assert rows[-1]["time"] < 5
    assert all(later["time"] >= earlier["time"] for earlier, later in pairwise(rows))


def test_of_equal_names_the_last_counts(root: Path, log: type) -> None:
    with runfolio.start(root=root, capture=False) as run:
        run.log({"a/b": 1, "a": {"b": 2}}, c=3)
        run.log({"c": 1}, c=2)
    assert log(run.path).values("a/b") == [2]
    assert log(run.path).values("c") == [3, 2]


@pytest.mark.parametrize("wrong", [5, "loss", [("loss", 1)], object()])
def test_misuse_never_raises(root: Path, log: type, wrong: object) -> None:
    circle: dict = {}
    circle["self"] = circle
    with runfolio.start(root=root, capture=False) as run:
        with pytest.warns(EmitWarning, match="lost"):
            run.log(wrong)  # type: ignore[arg-type]
        with pytest.warns(EmitWarning, match="lost"):
            run.log(circle)
        run.log(loss=1)
    assert log(run.path).values("loss") == [1]
    with pytest.warns(EmitWarning, match="the run is over"):
        run.log(loss=2)


def test_names_no_json_or_utf8_can_break(root: Path, log: type) -> None:
    names = ['"', "\n", "\u2028", "\\", "\x00", "</script>", "准确率", "a" * 10_000, "\u202e"]
    with runfolio.start(root=root, capture=False) as run:
        run.log(dict.fromkeys([*names, "\ud800"], 1.0))
        run.log({5: 2.0, None: 3.0})  # type: ignore[dict-item]
    first, second = log(run.path).rows()
    assert list(first)[2:] == [*names, "?"]
    assert list(second)[2:] == ["5", "None"]


def test_many_threads_write_whole_lines(root: Path, log: type) -> None:
    run = runfolio.start(root=root, capture=False)

    def work(thread: int) -> None:
        for step in range(500):
            run.log({f"thread{thread}": step, "padding/long/enough/to/tear": 1 / (step + 1)}, step=step)

    threads = [threading.Thread(target=work, args=(number,)) for number in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    run.finish()
    assert len(log(run.path).rows()) == 4000
    for number in range(8):
        assert log(run.path).values(f"thread{number}") == list(range(500))


def test_threads_share_one_counter(root: Path, log: type) -> None:
    run = runfolio.start(root=root, capture=False)
    threads = [threading.Thread(target=lambda: [run.log(x=1) for _ in range(200)]) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    run.finish()
    assert [row["step"] for row in log(run.path).rows()] == list(range(800))
