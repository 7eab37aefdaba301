"""A page's inputs cover its content: whatever changes a byte changes a key. Every change is made alone, both ways."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import pytest
from built import START, Shelf, make_run, pages_of, plan, replicates, sealed, summary

from runfolio.analysis.group import GroupOptions
from runfolio.analysis.metrics import MetricOptions
from runfolio.model import Alert, Artifact, Problem, Run, RunStatus, Severity, parameter
from runfolio.pages.options import ExperimentOptions

Runs = list[Run]


def base_runs() -> Runs:
    values = {
        "tree": [0.9, 0.91, 0.93],
        "mlp": [[0.1, 0.7], [0.2, 0.71], [0.1, 0.73]],
        "svm": [0.5, None, 0.52],
    }
    runs = replicates(values)
    runs.append(make_run("other", {"loss": [3.0, 1.0]}, experiment="second", parameters={"lr": 0.1}))
    return runs


def changed(runs: Runs, run_id: str, **changes: Any) -> Runs:
    """The runs, one of them changed."""
    return [sealed(replace(run, **changes)) if run.run_id == run_id else run for run in runs]


def with_parameter(runs: Runs, run_id: str, name: str, value: Any) -> Runs:
    (run,) = [run for run in runs if run.run_id == run_id]
    return changed(runs, run_id, parameters={**run.parameters, name: parameter(value)})


CHANGES: dict[str, Callable[[Runs], Runs]] = {
    "metric": lambda runs: changed(runs, "mlp-1", metrics={"acc": summary([0.2, 0.9])}),
    "metric of the baseline": lambda runs: changed(runs, "tree-0", metrics={"acc": summary([0.4])}),
    "more digits": lambda runs: changed(runs, "tree-0", metrics={"acc": summary([0.90000001])}),
    "new metric": lambda runs: changed(
        runs, "mlp-0", metrics={"acc": summary([0.1, 0.7]), "loss": summary([2.0, 1.0])}
    ),
    "no metric": lambda runs: changed(runs, "mlp-2", metrics={}),
    "not finite": lambda runs: changed(runs, "mlp-2", metrics={"acc": summary([0.5, float("nan")])}),
    "parameter": lambda runs: with_parameter(runs, "mlp-1", "lr", 0.3),
    "other group": lambda runs: with_parameter(runs, "mlp-1", "model", "tree"),
    "seed": lambda runs: with_parameter(runs, "mlp-1", "seed", 17),
    "status": lambda runs: changed(runs, "mlp-1", status=RunStatus.FAILED, error="KeyError: x"),
    "running": lambda runs: changed(runs, "mlp-1", status=RunStatus.RUNNING),
    "name": lambda runs: changed(runs, "mlp-1", name="renamed"),
    "name of the baseline": lambda runs: changed(runs, "tree-1", name="renamed"),
    "note": lambda runs: changed(runs, "mlp-1", notes="*new*"),
    "tags": lambda runs: changed(runs, "mlp-1", tags=("baseline",)),
    "alert": lambda runs: changed(runs, "mlp-1", alerts=(Alert("hot"),)),
    "artifact": lambda runs: changed(
        runs, "mlp-1", artifacts=(Artifact("plot", "image", "image/png", "artifacts/p.png", size_bytes=3),)
    ),
    "start": lambda runs: sorted(
        changed(runs, "mlp-1", started_at=datetime(2027, 1, 1, tzinfo=UTC)),
        key=lambda run: (run.experiment, run.started_at or START, run.run_id),
    ),
    "duration": lambda runs: changed(runs, "mlp-1", duration_s=3600.0),
    "run gone": lambda runs: [run for run in runs if run.run_id != "mlp-1"],
    "baseline gone": lambda runs: [run for run in runs if not run.run_id.startswith("tree")],
    "experiment gone": lambda runs: [run for run in runs if run.experiment != "second"],
    "one more": lambda runs: [*runs, make_run("late", {"acc": 0.99}, parameters={"model": "net", "seed": 0})],
    "moved": lambda runs: [
        replace(run, experiment="third") if run.experiment == "second" else run for run in runs
    ],
    "another id": lambda runs: [
        replace(run, run_id="mlp-9") if run.run_id == "mlp-1" else run for run in runs
    ],
    "swapped": lambda runs: [runs[1], runs[0], *runs[2:]],
    "parent": lambda runs: changed(runs, "mlp-1", parent_id="late"),
    "run log's group": lambda runs: changed(runs, "mlp-1", group="first"),
}

OPTIONS: dict[str, dict[str, Any]] = {
    "title": {"title": "A site"},
    "description": {"description": "All of it."},
    "primary": {"primary": "loss"},
    "baseline": {"baseline": 'model == "svm"'},
    "goal": {"metrics": {"acc": MetricOptions(unit="%", scale=100.0)}},
    "groups": {"groups": GroupOptions(ignore=("model",))},
    "experiment": {"experiments": {"study": ExperimentOptions(title="The study")}},
    "disclose": {"disclose": frozenset(["host"])},
    "rows": {"max_runs_in_table": 2},
    "pages": {"max_run_pages": 3},
    "built": {"built_at": START},
}


def assert_keys_tell(first: Any, second: Any) -> None:
    """Equal inputs, equal bytes: for every page and file that both plans have."""
    old, new = pages_of(first), pages_of(second)
    keys = {page.path: (page.page_id, page.template, page.inputs) for page in first.pages}
    silent = [
        page.path
        for page in second.pages
        if keys.get(page.path) == (page.page_id, page.template, page.inputs)
        and old[page.path] != new[page.path]
    ]
    assert silent == []
    files = {file.path: (file.inputs, file.build()) for file in first.files}
    stale = [
        file.path
        for file in second.files
        if file.path in files and files[file.path][0] == file.inputs and files[file.path][1] != file.build()
    ]
    assert stale == []


@pytest.mark.parametrize("case", CHANGES)
def test_no_change_of_a_run_goes_unseen(case: str) -> None:
    before = base_runs()
    assert_keys_tell(plan(before), plan(CHANGES[case](before)))


@pytest.mark.parametrize("case", CHANGES)
@pytest.mark.parametrize("most", [2, 6])
def test_no_change_goes_unseen_where_runs_share_a_page(case: str, most: int) -> None:
    before = base_runs()
    assert_keys_tell(plan(before, max_run_pages=most), plan(CHANGES[case](before), max_run_pages=most))


@pytest.mark.parametrize("case", OPTIONS)
def test_no_option_goes_unseen(case: str) -> None:
    assert_keys_tell(plan(base_runs()), plan(base_runs(), **OPTIONS[case]))


def test_a_parent_that_comes_later_is_linked() -> None:
    runs = changed(base_runs(), "mlp-1", parent_id="late")
    first = plan(runs)
    second = plan([*runs, make_run("late", {"acc": 0.99}, parameters={"model": "net", "seed": 0})])
    assert_keys_tell(first, second)
    assert 'href="late.html"' in pages_of(second)["runs/mlp-1.html"]


def test_problems_of_a_run_that_comes_later_are_linked() -> None:
    found = (Problem("torn-line", Severity.WARNING, "a line is torn", "late/metrics.jsonl", "late"),)
    first = plan(Shelf(tuple(base_runs()), found))
    second = plan(Shelf((*base_runs(), make_run("late")), found))
    assert_keys_tell(first, second)
    assert 'href="runs/late.html"' in pages_of(second)["problems.html"]


def test_one_more_run_leaves_most_run_pages_alone() -> None:
    """Only pages that show it change: its replicates', its neighbours', and the site's own."""
    runs = [
        make_run(f"{model}-{seed}", {"acc": 0.5 + seed / 100}, parameters={"model": model, "seed": seed})
        for model in "abcdef"
        for seed in range(4)
    ]
    one = make_run("f-4", {"acc": 0.51}, parameters={"model": "f", "seed": 4})
    first, second = plan(runs), plan([*runs, one])
    keys = {page.path: page.inputs for page in first.pages}
    changed_pages = {page.path for page in second.pages if keys.get(page.path) != page.inputs}
    run_pages = {path for path in changed_pages if path.startswith("runs/")}
    assert run_pages <= {f"runs/f-{seed}.html" for seed in range(5)}
    assert "404.html" not in changed_pages and "problems.html" not in changed_pages


def test_same_plan_same_keys_and_bytes() -> None:
    first, second = plan(base_runs()), plan(base_runs())
    assert [page.inputs for page in first.pages] == [page.inputs for page in second.pages]
    assert pages_of(first) == pages_of(second)


def test_no_path_is_planned_twice() -> None:
    site = plan(base_runs())
    paths = [item.path for item in (*site.pages, *site.files)]
    assert len(set(paths)) == len(paths)


def test_an_empty_site_has_all_its_pages() -> None:
    pages = pages_of(plan([]))
    assert sorted(pages) == [
        "404.html",
        "audit.html",
        "compare.html",
        "index.html",
        "methods.html",
        "problems.html",
    ]
    assert "No runs yet" in pages["index.html"]
