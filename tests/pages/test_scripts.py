"""Data scripts: what a browser reads back from them is what was measured."""

from __future__ import annotations

import base64
import json
import math
import re
from collections.abc import Sequence
from typing import Any

import numpy as np
import pytest
from built import Shelf, files_of, make_run, plan, replicates, study_of
from hypothesis import given
from hypothesis import strategies as st

from runfolio.analysis.curve import Curve
from runfolio.analysis.select import value_of
from runfolio.catalog.buckets import exact
from runfolio.model import BucketedSeries, Run
from runfolio.pages.encoding import encode, encode_axis
from runfolio.pages.routes import slug
from runfolio.pages.scripts import curves_script, run_series_script, script
from runfolio.pages.table_script import column, metric_parts, table_script

JSON = st.recursive(
    st.none() | st.booleans() | st.floats(allow_nan=False, allow_infinity=False) | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
    max_leaves=8,
)
CALL = re.compile(r'runfolio\.register\(("(?:[^"\\]|\\.)*"),("(?:[^"\\]|\\.)*")\);\n')


def payload(data: bytes, key: str | None = None) -> Any:
    """The value a script registers, read as a browser does: a string literal, then JSON.parse."""
    found = CALL.fullmatch(data.decode("ascii"))
    assert found is not None
    assert key is None or json.loads(found[1]) == key
    return json.loads(json.loads(found[2]), parse_constant=lambda name: pytest.fail(f"{name} is no JSON"))


def numbers(column: Any) -> list[float]:
    if isinstance(column, str):
        return np.frombuffer(base64.b64decode(column, validate=True), "<f4").tolist()
    text, low, high = column
    upper = np.frombuffer(base64.b64decode(text, validate=True), np.uint8).reshape(-1, 3)
    codes = np.pad(upper, ((0, 0), (0, 1))).reshape(-1).view("<u4").tolist()
    odd = {2**24 - 1: math.nan, 2**24 - 2: math.inf, 2**24 - 3: -math.inf}
    return [odd.get(code, low + code * ((high - low) / (2**24 - 8))) for code in codes]


def places(axis: Any) -> list[float]:
    if isinstance(axis, list):
        first, distance, count = axis
        return [first + distance * i for i in range(count)]
    return np.frombuffer(base64.b64decode(axis, validate=True), "<f8").tolist()


def read_table(data: bytes, key: str) -> Any:
    """A table's payload with every column written out, as js/runs.js does."""
    table = payload(data, key)

    def whole(found: Any) -> Any:
        return found if isinstance(found, list) else [found["words"][place] for place in found["at"]]

    for name in ("names", "statuses", "outcomes", "groups", "started", "durations", "tags"):
        table[name] = whole(table[name])
    table["parameters"] = {name: whole(found) for name, found in table["parameters"].items()}
    table["slugs"] = table["slugs"] or table["ids"]
    pairs = zip(table["slugs"], table["digests"], strict=True)
    table["series"] = [f"series/{name}.{digest}.js" for name, digest in pairs]
    return table


def table_of(runs: Sequence[Run]) -> bytes:
    study = study_of(runs)
    return table_script(study, "k", metric_parts(study))


@given(JSON, st.text())
def test_payloads_come_back_whole(value: Any, key: str) -> None:
    assert payload(script(key, value), key) == value


@pytest.mark.parametrize(
    "name", ["</script><script>alert(1)</script>", "<!--", "\u2028\u2029", "\\", '"', "é😀"]
)
def test_names_cannot_leave_their_string(name: str) -> None:
    runs = [make_run(name, {name: 1.0}, parameters={name: name}, tags=(name,), experiment=name)]
    for path, data in files_of(plan(runs)).items():
        if path.endswith(".js"):
            payload(data)
    table = read_table(table_of(runs), f"table:{slug(name)}")
    assert (table["ids"], table["tags"], table["parameters"]) == ([name], [[name]], {name: [name]})


@given(
    st.sampled_from([1.0, 1e-30, 1e30]),
    st.lists(st.floats(-1e6, 1e6) | st.sampled_from([math.nan, math.inf, -math.inf])),
)
def test_columns_keep_seven_digits(unit: float, values: list[float]) -> None:
    column = np.array(values, dtype=float) * unit
    back = np.array(numbers(encode(column)))
    np.testing.assert_array_equal(np.isfinite(back), np.isfinite(column))
    np.testing.assert_array_equal(back[~np.isfinite(back)], column[~np.isfinite(column)])
    known = column[np.isfinite(column)]
    typical = np.median(np.abs(known)) if known.size else 0.0
    # Each to seven digits of itself or, where that is coarser, of what is typical for the column.
    allowed = np.maximum(np.abs(known), 256 * typical) * 1e-7 + 1e-38
    assert (np.abs(back[np.isfinite(back)] - known) <= allowed).all()


@given(st.floats(0.001, 1000), st.integers(2, 6))
def test_a_falling_loss_keeps_its_small_values(start: float, decades: int) -> None:
    column = start * np.logspace(0, -decades, 300)
    np.testing.assert_allclose(numbers(encode(column)), column, rtol=1e-5)


@given(st.lists(st.floats(allow_nan=False) | st.integers(-(2**53), 2**53), unique=True))
def test_axes_keep_every_digit(values: list[float]) -> None:
    values = sorted(map(float, values))
    assert places(encode_axis(np.array(values))) == values


def test_an_even_axis_is_three_numbers() -> None:
    assert encode_axis(np.arange(3.0, 1000.0, 2.0)) == [3.0, 2.0, 499]
    assert isinstance(encode_axis(np.array([0.0, 1.0, 3.0])), str)


def test_what_neither_form_can_hold_is_infinite() -> None:
    assert numbers(encode(np.array([1.7e308, -1.7e308]))) == [math.inf, -math.inf]
    assert numbers(encode(np.array([1e300, 1e200, 1.0]))) == [math.inf, math.inf, 1.0]


def series(metric: str, step: list[float], time: list[float], value: list[float]) -> BucketedSeries:
    arrays = [np.array(item, dtype=float) for item in (step, time, value)]
    return BucketedSeries(metric, *arrays, *arrays, np.ones(len(step)), True)


def test_steps_of_a_run_are_said_once() -> None:
    found = payload(
        run_series_script(
            "Run",
            [
                series("loss", [0, 1], [0, 2], [3.0, math.nan]),
                series("acc", [0, 1], [0, 2], [0.5, 0.75]),
                series("lr", [0, 5], [math.nan, math.nan], [1, 2]),
                series("late", [0, 1], [0, 3], [1, 2]),
            ],
        ),
        f"series:{slug('Run')}",
    )["metrics"]
    assert numbers(found["loss"]["value"])[0] == 3.0 and math.isnan(numbers(found["loss"]["value"])[1])
    assert found["acc"].keys() == {"value", "same"} and found["acc"]["same"] == "loss"
    assert found["lr"].keys() == {"value", "step"}
    assert numbers(found["late"]["time"]) == [0.0, 3.0]


def test_a_thinned_metric_says_which_steps_it_has() -> None:
    step = np.arange(1000.0)
    values = np.random.default_rng(1).normal(size=(2, 1000))
    values[0, 777], values[1, 3] = 99.0, -99.0
    found = payload(run_series_script("r", exact(("a", "b"), step, step * 2, values), 400))["metrics"]
    assert found["b"]["same"] == "a"
    assert places(found["a"]["step"]) == step.tolist()
    for name, row, extreme in (("a", values[0], 777), ("b", values[1], 3)):
        bits = np.unpackbits(np.frombuffer(base64.b64decode(found[name]["kept"]), np.uint8), count=1000)
        at = np.flatnonzero(bits)
        assert 200 < len(at) <= 400
        assert {0, 999, extreme} <= set(at.tolist())
        np.testing.assert_allclose(numbers(found[name]["value"]), row[at], atol=1e-4)
    whole = payload(run_series_script("r", exact(("a",), step, step, values[:1]), 1000))["metrics"]["a"]
    assert "kept" not in whole


def test_group_curves_come_back() -> None:
    mean = np.array([1.0, 2.0])
    curve = Curve(np.array([0.0, 1.0]), mean, mean * math.nan, mean + 1, np.array([2.0, 3.0]), ("a", "b"))
    found = payload(curves_script("study", {"g": {"acc": curve}}), "curves:study")["groups"]["g"]["acc"]
    assert places(found["step"]) == [0, 1]
    assert {name: numbers(found[name]) for name in ("value", "high", "n")} == {
        "value": [1, 2], "high": [2, 3], "n": [2, 3],
    }  # fmt: skip
    assert all(map(math.isnan, numbers(found["low"])))


def test_the_table_has_one_entry_a_run_in_every_column() -> None:
    runs = replicates({"a": [0.5, math.nan, None], "b": [math.inf]})
    runs.append(make_run("odd", {"acc": -math.inf}, parameters={"model": None, "big": 10**30, "x": math.inf},
                         started_at=None, duration_s=None))  # fmt: skip
    study = study_of(runs)
    table = read_table(table_of(runs), "table:study")
    flat = [table[name] for name in ("ids", "slugs", "names", "statuses", "outcomes", "groups", "started",
                                     "durations", "tags", "series")]  # fmt: skip
    columns = [*flat, *table["parameters"].values(), *table["metrics"].values()]
    assert {len(column) for column in columns} == {len(runs)}
    assert table["metrics"]["acc"] == [0.5, "NaN", None, "Infinity", "-Infinity"]
    assert table["outcomes"][:3] == ["ok", "diverged", "failed"]
    assert table["parameters"]["x"][-1] == "Infinity"
    assert set(table["groups"]) == set(table["group_labels"])
    assert table["started"][0] == "2026-11-21T03:43:00Z" and table["started"][-1] is None
    spec = study.specs["acc"]
    assert table["metrics"]["acc"][0] == value_of(runs[0], spec)
    assert table["specs"]["acc"]["goal"] == "maximize"


@given(st.lists(st.none() | st.booleans() | st.integers(0, 2) | st.sampled_from([0.0, -0.0, 1.0, "1", "a"])))
def test_columns_come_back_with_their_types(values: list[Any]) -> None:
    found = json.loads(json.dumps(column(values)))
    whole = found if isinstance(found, list) else [found["words"][place] for place in found["at"]]
    assert list(map(repr, whole)) == list(map(repr, values))


def test_scripts_that_pages_name_are_planned() -> None:
    site = plan(replicates({"a": [[0.1, 0.5], [0.2, 0.6]], "b": [[0.1, 0.3]]}))
    table = next(
        read_table(d, "table:study") for p, d in files_of(site).items() if p.startswith("data/study.")
    )
    assert set(table["series"]) <= {file.path for file in site.files}


def test_a_runs_script_is_named_after_what_was_read() -> None:
    runs = replicates({"a": [[0.1, 0.5]]})
    first = {file.path for file in plan(Shelf(tuple(runs))).files}
    more = replicates({"a": [[0.1, 0.6]]})
    second = {file.path for file in plan(Shelf(tuple(more))).files}
    assert len({path for path in first | second if path.startswith("series/a-0.")}) == 2


def test_metrics_that_one_script_cannot_hold_lie_in_further_ones(monkeypatch: pytest.MonkeyPatch) -> None:
    names = [f"m{place}" for place in range(9)]
    runs = [make_run(f"r{at}", dict.fromkeys(names, at + 0.5), parameters={"lr": at}) for at in range(4)]
    monkeypatch.setattr("runfolio.pages.table_script.MOST_VALUES", 4 * 2)
    site = plan(runs, primary="m8")
    files = files_of(site)
    (table,) = (read_table(d, "table:study") for p, d in files.items() if p.startswith("data/study."))
    assert table["primary"] == "m8"
    assert list(table["metrics"]) == ["m8", "m0", "m1", "m2", "m3"], "those of the page's columns"
    assert [part["metrics"] for part in table["further"]] == [["m4", "m5"], ["m6", "m7"]]
    for place, part in enumerate(table["further"], 1):
        found = payload(files[part["src"]], f"metrics:study/{place}")
        assert found == {name: [0.5, 1.5, 2.5, 3.5] for name in part["metrics"]}
    assert set(table["specs"]) == set(names)
