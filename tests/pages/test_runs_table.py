"""The table of runs: which rows, how they stand out, what a missing value looks like."""

from __future__ import annotations

import math
from typing import Any

import pytest
from built import elements, make_run, pages_of, plan, replicates, study_of
from hypothesis import given, settings
from hypothesis import strategies as st

from runfolio.analysis.metrics import MetricOptions
from runfolio.analysis.where import parse_where, vocabulary
from runfolio.model import Goal, Run
from runfolio.pages.runs_table import FIRST_ROWS, RunsTable, ordered_runs, runs_table


def table(runs: list[Run], **options: Any) -> RunsTable:
    return runs_table(study_of(runs, **options), "data/study.js", {})


def column(found: RunsTable, name: str) -> list[Any]:
    place = [item.name for item in found.columns].index(name)
    return [row.cells[place] for row in found.rows]


@pytest.mark.parametrize(("goal", "best"), [(Goal.MAXIMIZE, 1.0), (Goal.MINIMIZE, 0.0)])
def test_long_tables_hold_the_best_rows(goal: Goal, best: float) -> None:
    runs = [make_run(f"r{place}", {"m": place / 599}, parameters={"lr": place}) for place in range(600)]
    found = table(runs, metrics={"m": MetricOptions(goal=goal)})
    assert (len(found.rows), found.total) == (FIRST_ROWS, 600)
    values = [float(cell.raw) for cell in column(found, "metrics.m")]
    assert values[0] == best
    assert values == sorted(values, reverse=goal is Goal.MAXIMIZE)
    page = pages_of(plan(runs, metrics={"m": MetricOptions(goal=goal)}))["experiments/study.html"]
    assert 'data-total="600"' in page
    assert "The best 200 of 600 runs stand here" in page


def test_up_to_the_limit_every_row_is_there() -> None:
    runs = [make_run(f"r{place}", {"acc": place / 500}) for place in range(500)]
    found = table(runs)
    assert (len(found.rows), found.total) == (500, 500)


def test_runs_without_a_usable_value_come_last_in_the_order_they_started() -> None:
    runs = replicates({"a": [None, 0.5, math.nan, 0.9], "b": [0.7]})
    ids = [run.run_id for run in ordered_runs(study_of(runs))]
    assert ids == ["a-3", "b-0", "a-1", "a-0", "a-2"]


@settings(max_examples=60, deadline=None)
@given(
    st.lists(st.floats(-1e6, 1e6) | st.just(math.nan) | st.none(), min_size=1, max_size=12),
    st.sampled_from(Goal),
)
def test_heat_and_best_follow_the_values(values: list[Any], goal: Goal) -> None:
    found = table(replicates({"a": values}), primary="acc", metrics={"acc": MetricOptions(goal=goal)})
    if not any(item.name == "metrics.acc" for item in found.columns):
        return
    cells = column(found, "metrics.acc")
    heats = [cell.heat for cell in cells]
    assert all(0 <= heat <= 4 for heat in heats)
    assert heats == sorted(heats, reverse=True)  # rows are best first
    marked = [cell for cell in cells if cell.is_best]
    finite = [float(cell.raw) for cell in cells if cell.raw]
    if goal is Goal.NONE or len(set(finite)) < 2:
        assert marked == [] and not any(heats)
    else:
        best = max(finite) if goal is Goal.MAXIMIZE else min(finite)
        assert {float(cell.raw) for cell in marked} == {best}


def test_one_wild_run_leaves_the_steps_to_the_others() -> None:
    values = [0.80, 0.82, 0.84, 0.86, 0.88, 0.90, -1e6]
    cells = column(table(replicates({"a": values})), "metrics.acc")
    heats = [cell.heat for cell in cells]
    assert set(heats[:6]) == {4, 3, 2}
    assert heats[6] == 1


def test_missing_and_diverged_cells() -> None:
    runs = [
        make_run("a", {"acc": 0.5, "loss": 1.0}, parameters={"lr": 0.1}),
        make_run("b", {"acc": math.nan}, parameters={"lr": 0.2, "x": "y"}),
        make_run("c", {"acc": 0.25, "loss": math.inf}, parameters={"lr": 0.3}, duration_s=None),
    ]
    found = table(runs)
    assert [row.slug for row in found.rows] == ["a", "c", "b"]
    assert [(cell.text, cell.raw) for cell in column(found, "metrics.acc")][2] == ("diverged", "")
    assert [cell.text for cell in column(found, "metrics.loss")] == ["1", "diverged", "–"]
    assert [cell.text for cell in column(found, "parameters.x")] == ["–", "–", "y"]
    assert [cell.text for cell in column(found, "duration")] == ["1:00", "–", "1:00"]
    assert [row.is_bad for row in found.rows] == [False, False, True]
    assert [cell.text for cell in column(found, "status")] == ["", "", "diverged"]


def test_no_status_column_where_all_ended_well() -> None:
    assert "status" not in [item.name for item in table([make_run("a", {"acc": 1.0})]).columns]


def test_digits_are_shared_by_every_metric_column() -> None:
    runs = replicates({"a": [0.91, 0.9234, 0.9], "b": [0.5, 0.51234, 0.52]})
    cells = column(table(runs), "metrics.acc")
    assert len({len(cell.text.partition(".")[2]) for cell in cells}) == 1


def test_hostile_names_stay_text() -> None:
    name = "<img src=x onerror=alert(1)>\"'`"
    runs = [make_run(name, {"acc": 0.5}, parameters={name: name, "seed": 1}, tags=(name,), experiment=name)]
    runs += [make_run("plain", {"acc": 0.25}, parameters={name: "x", "seed": 2}, experiment=name)]
    for path, page in pages_of(plan(runs)).items():
        for tag, attributes in elements(page):
            assert tag not in ("img", "iframe"), path
            assert not any(name.startswith("on") or name == "style" for name in attributes), path


@settings(max_examples=60, deadline=None)
@given(
    st.lists(
        st.dictionaries(
            st.sampled_from(["model", "name", "status", "acc", "a b"]), st.text(max_size=30) | st.floats(0, 1)
        ),
        min_size=1,
        max_size=5,
    ),
    st.floats(allow_nan=True),
)
def test_the_example_in_the_filter_box_can_be_read(parameters: list[dict[str, Any]], value: float) -> None:
    runs = [make_run(f"r{i}", {"acc": value, "b`": 1.0}, parameters=own) for i, own in enumerate(parameters)]
    study = study_of(runs)
    found = table(runs).example
    where = parse_where(found, known=vocabulary(runs, study.specs))
    if found != 'run.status == "finished"':
        assert any(where.matches(run) for run in runs)


def test_constant_settings_are_said_once() -> None:
    found = table([make_run(f"r{i}", {"acc": 0.5}, parameters={"lr": 0.001, "seed": i}) for i in range(3)])
    assert found.same == (("lr", "1e-3"),)
    assert [item.name for item in found.columns][:2] == ["name", "parameters.seed"]
