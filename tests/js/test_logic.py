from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest

from runfolio.catalog.buckets import exact, points_of
from runfolio.pages.scripts import run_series_script

NAN = float("nan")
HASHES = [
    "",
    "#runs",
    "#runs?v=1&q=lr+%3C%3D+3e-3&sort=-metrics.val/acc,name",
    "#fig-m0?v=1&unknown=1&x=time",
    "#?v=1&r=a%2Cb,c&m=100%25",
    "#caf%C3%A9?v=1&q=%22%E2%80%AE%22",
]


def test_fragments_survive_being_read_and_written(logic):
    read_twice = "(all) => all.map((text) => { const once = runfolio.hash.format(runfolio.hash.parse(text)); return [once, runfolio.hash.format(runfolio.hash.parse(once))]; })"
    for text, (once, twice) in zip(HASHES, logic(read_twice, HASHES), strict=True):
        assert once == (text or "#") and twice == once


def test_lists_keep_commas_inside_their_items(logic):
    items = ["a,b", "c d", "e/f", "100%", "ü?&=#+"]
    text = logic("(items) => runfolio.hash.format({ anchor: 'x', query: new Map([['r', items]]) })", items)
    assert logic("(text) => runfolio.hash.parse(text).query.get('r')", text) == items


def test_broken_escapes_are_taken_as_they_are(logic):
    assert logic("() => runfolio.hash.parse('#a?q=%E0%A4%A').query.get('q')") == ["%E0%A4%A"]


def test_a_series_comes_back_as_the_build_wrote_it(logic):
    step, time = np.arange(0.0, 3000.0, 3.0), np.sqrt(np.arange(1000.0))
    values = np.array([np.sin(step / 100), np.where(step % 300 == 0, np.nan, np.exp(-step / 200) * 1e3)])
    script = run_series_script("r", exact(("a", "b"), step, time, values), 300)
    payload = json.loads(json.loads(script.decode().partition(",")[2].removesuffix(");\n")))["metrics"]
    read = "([metrics, name]) => { const found = runfolio.registry.series(metrics, name); return ['step', 'time', 'value'].map((key) => Array.from(found[key], (x) => (Number.isNaN(x) ? null : x))); }"
    for name, row, mask in zip("ab", values, points_of(step, values, 300), strict=True):
        steps, times, found = logic(read, [payload, name])
        assert steps == step[mask].tolist()
        np.testing.assert_allclose(times, time[mask], atol=1e-5)
        np.testing.assert_allclose(
            [NAN if value is None else value for value in found], row[mask], rtol=1e-5, atol=1e-6
        )


@pytest.mark.parametrize("kind", ["number", "text"])
@pytest.mark.parametrize("is_descending", [False, True])
def test_sorting_is_stable_and_missing_comes_last(logic, kind, is_descending):
    values = ["2", "", "1", "10", "2", None, "1"]
    order = logic(
        "([values, kind, isDescending]) => runfolio.sort.order(7, [{ values, kind, isDescending }])",
        [values, kind, is_descending],
    )
    assert order == ([3, 0, 4, 2, 6, 1, 5] if is_descending else [2, 6, 0, 4, 3, 1, 5])


def test_several_keys(logic):
    keys = [
        {"values": ["a", "b", "a"], "kind": "text", "isDescending": False},
        {"values": [1, 2, 3], "kind": "number", "isDescending": True},
    ]
    assert logic("(keys) => runfolio.sort.order(3, keys)", keys) == [2, 0, 1]


CURVES = [
    (list(range(8)), [1.0, 3, 2, 5, 4, 4, 6, 1]),
    (list(range(6)), [1.0, NAN, 2, 5, NAN, 4]),
    ([0, 1, 2, 10, 11, 50], [1.0, 3, 2, 5, 4, 4]),
    ([0, 5], [7.0, 7.0]),
    ([3], [1.0]),
]


@pytest.mark.parametrize("strength", [0.0, 0.6, 0.99])
def test_smoothing_is_that_of_python_and_of_pandas(logic, strength):
    import numpy as np
    import pandas as pd

    from runfolio.analysis.smoothing import smooth, smooth_along

    for steps, values in CURVES:
        found = logic("([x, y, s]) => [...runfolio.series.smooth(x, y, s)]", [steps, values, strength])
        x, y = np.array(steps, dtype=float), np.array(values)
        is_even = len(steps) < 3 or np.ptp(np.diff(x)) == 0
        wanted = smooth(y, strength) if is_even else smooth_along(x, y, strength)
        np.testing.assert_allclose(found, wanted, rtol=1e-12)
        if is_even and strength:
            oracle = pd.Series(values).ewm(alpha=1 - strength, adjust=True, ignore_na=True).mean()
            finite = np.isfinite(y)
            np.testing.assert_allclose(np.array(found)[finite], oracle.to_numpy()[finite], rtol=1e-9)


def test_nearest_point_and_interpolation(logic):
    assert logic("() => [-5, 0, 1.4, 1.6, 9].map((x) => runfolio.series.nearest([0, 1, 2, 5], x))") == [
        0, 0, 1, 2, 3,
    ]  # fmt: skip
    assert logic("() => [0, 3.5, 5].map((x) => runfolio.series.at([0, 2, 5], [0, 2, 8], x))") == [0, 5, 8]
    assert logic("() => Number.isNaN(runfolio.series.at([0, 2], [0, 1], 3))")


def test_differences_stay_in_the_common_range(logic):
    a, b = {"x": [0, 10, 20], "y": [0, 10, 20]}, {"x": [5, 15, 25], "y": [0, 0, 0]}
    found = logic("([a, b]) => runfolio.series.difference(a, b)", [a, b])
    assert found == {"x": [5, 10, 15, 20], "y": [5, 10, 15, 20]}


def test_labels_stand_apart_inside_the_frame(logic):
    places = logic("() => runfolio.plot.spread([10, 11, 100, 12, 290], 0, 300)")
    assert sorted(places) == pytest.approx([10, 25, 40, 100, 290]) and min(places) >= 0


def test_search_ranks_titles_before_texts(logic):
    entries = [
        {"title": t, "text": x}
        for t, x in (("other", "run"), ("a run", ""), ("run", ""), ("runner", ""), ("x", ""))
    ]
    found = logic("(e) => runfolio.search.rank(e, 'run').map((each) => each.title)", entries)
    assert found == ["run", "runner", "a run", "other"]


def test_visits_tell_what_is_new_once_a_build(logic):
    old = {"site": "s", "runs": 3, "experiments": {"a": 3}}
    new = {"site": "s", "runs": 16, "experiments": {"a": 5, "b": 11}}
    say = "([before, now]) => runfolio.visits.sentence(before, now)"
    assert logic(say, [None, new]) == "" and logic(say, [new, new]) == ""
    assert logic(say, [old, new]) == "Since your last visit: 13 new runs (2 in a, 11 in b)."
    remember = "([old, now]) => { let s = runfolio.visits.remember(null, old); s = runfolio.visits.remember(s, now); return runfolio.visits.remember(s, now); }"
    assert logic(remember, [old, new]) == {"now": new, "before": old}


def test_csv_quotes_what_must_be_quoted(logic):
    assert logic('() => runfolio.exporting.csv(["a"], [["x,y"], ["say \\"hi\\""], [null], [0.1]])') == (
        'a\r\n"x,y"\r\n"say ""hi"""\r\n\r\n0.1\r\n'
    )
    text = logic("() => runfolio.exporting.json(['v'], [[NaN], [-Infinity], [1]])")
    assert [row["v"] for row in json.loads(text)] == ["NaN", "-Infinity", 1]


def test_a_permutation_test_agrees_with_python(logic):
    from runfolio.analysis.permutation import permutation_p

    for a, b in (
        ([1, 2, 3, 4, 5.5], [4, 5, 6, 7, 8]),
        ([1.0, 1.1, 1.2, 1.3, 1.4, 1.5], [1.05, 1.1, 1.3, 1.2, 9]),
    ):
        found = logic("([a, b]) => runfolio.statistics.permutationP(a, b)", [a, b])
        assert found == pytest.approx(permutation_p(a, b), abs=1e-9)


def test_shared_cases_are_current():
    import importlib.util

    path = Path(__file__).parent / "make_cases.py"
    spec = importlib.util.spec_from_file_location("make_cases", path)
    make = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(make)
    for name, cases in make.FILES.items():
        assert (make.FOLDER / name).read_text(encoding="utf-8") == make.text_of(cases()), (
            f"run python {path} to write {name} again"
        )


def test_a_stretch_of_an_axis_is_told_in_the_filter_language(logic):
    axis = {"name": "params.lr", "low": 1e-4, "high": 1.0, "scale": "log", "words": []}
    term = "([axis, a, b]) => runfolio.parallel.term(axis, a, b)"
    assert logic(term, [axis, 0.75, 0.25]) == "params.lr >= 0.001 and params.lr <= 0.1"
    level = {"name": 'metrics["val/acc"]', "low": -1, "high": 3, "scale": "linear", "words": []}
    assert logic(term, [level, 0, 0.5]) == 'metrics["val/acc"] >= -1 and metrics["val/acc"] <= 1'
    words = {
        "name": "params.model",
        "low": -0.6,
        "high": 2.6,
        "scale": "linear",
        "words": ['"a"', '"b"', "true"],
    }
    assert logic(term, [words, 0.4, 1]) == 'params.model in ("b", true)'
    assert logic(term, [words, 0.25, 0.3]) == ""
