"""Which runs belong to which build, in which order, and what each metric was in them."""

from __future__ import annotations

import math
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from analysis_runs import run

from runfolio.analysis.builds import HistoryOptions, find_builds, values_over
from runfolio.analysis.group import GroupOptions
from runfolio.analysis.metrics import metric_specs
from runfolio.model import GitState, Run

START = datetime(2026, 1, 1, tzinfo=UTC)


def built(commit: str | None, day: int | None, value: float = 1.0, **more: Any) -> Run:
    parameters = more.pop("parameters", {"model": "a"})
    return run(
        f"{commit}-{day}-{value}-{parameters}",
        parameters,
        {"time_ms": value},
        git=GitState(commit) if commit else None,
        started_at=None if day is None else START + timedelta(days=day),
        **more,
    )


def names(runs: list[Run], **options: Any) -> list[str]:
    found = find_builds(runs, HistoryOptions(**options), GroupOptions())
    return [] if found is None else [build.name for build in found.builds]


A, B, C = ("a" * 40, "b" * 40, "c" * 40)


def test_commits_are_ordered_by_the_start_of_their_earliest_run() -> None:
    runs = [built(A, 5), built(A, 1, 2.0), built(B, 2), built(C, 0), built(None, 3)]
    assert names(runs) == [C, A, B]
    assert names([*runs, built("d" * 40, None)])[-1] == "d" * 40


def test_a_sweep_over_three_commits_is_no_history() -> None:
    sweep = [built(name, day, parameters={"lr": day}) for day, name in enumerate((A, B, C))]
    assert names(sweep) == []
    assert names(sweep, by="commit") == [A, B, C], "asked for, it is"
    assert names([built(A, 0), built(B, 1)]) == []
    assert names([built(A, 0), built(B, 1), built(C, 2)], by="none") == []


def test_a_parameter_that_holds_the_commit_tells_no_configurations_apart() -> None:
    """asv and github-action-benchmark log it beside the settings."""
    runs = [
        built(name, day, parameters={"commit": name[:8], "size": size})
        for day, name in enumerate((A, B, C))
        for size in (1, 2)
    ]
    found = find_builds(runs, HistoryOptions(), GroupOptions())
    assert found is not None
    assert [len(group.run_ids) for group in found.groups] == [3, 3]
    assert found.labels == ("a" * 10, "b" * 10, "c" * 10)


def test_numbers_are_ordered_as_numbers_and_other_names_by_time() -> None:
    numbered = [built(None, 9 - n, parameters={"build": n}) for n in (2, 10, 1)]
    assert names(numbered, by="build") == ["1", "2", "10"]
    tagged = [built(None, day, tags=(f"release:{name}",)) for day, name in ((2, "x"), (1, "y"), (0, "z"))]
    assert names(tagged, by="release") == ["z", "y", "x"]
    assert names([built(None, 0, tags=("release=1",)), built(None, 1, tags=("other",))], by="release") == []


@pytest.mark.parametrize("status", ["failed", "finished"])
def test_a_build_s_value_is_the_mean_of_its_usable_runs(status: str) -> None:
    runs = [
        built(A, 0, 2.0),
        built(A, 0, 4.0),
        built(B, 1, math.nan if status == "finished" else 9.0, status=status),
        built(C, 2, 5.0),
    ]
    found = find_builds(runs, HistoryOptions(), GroupOptions())
    assert found is not None
    (group,) = found.groups
    by_id = {item.run_id: item for item in runs}
    a, b, c = values_over(found, group, by_id, metric_specs(runs, {})["time_ms"])
    assert (a.value, a.n, a.failed) == (3.0, 2, 0)
    assert math.isnan(b.value) and (b.n, b.failed) == (0, 1)
    assert (c.value, c.n) == (5.0, 1)
