"""Overview, compare, audit, problems and the bar over all of them."""

from __future__ import annotations

import math
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from built import START, Shelf, elements, make_run, pages_of, plan, replicates, study_of

from runfolio.analysis.metrics import MetricOptions
from runfolio.model import Problem, Reduction, Run, Severity
from runfolio.pages.audit import MAX_RUNS, audit_context
from runfolio.pages.compare import compare_context
from runfolio.pages.headline import Headlines
from runfolio.pages.home import home_context
from runfolio.pages.options import SiteOptions
from runfolio.pages.page import Link
from runfolio.pages.problems import MAX_SHOWN, problems_context
from runfolio.pages.shell import Shell, shell
from runfolio.pages.study import Study, studies

PLAIN = Shell("Site", (Link("Overview", "index.html"),), False, "")


def several(*names: str, **options: Any) -> tuple[Study, ...]:
    runs = [
        run
        for name in names
        for run in (
            make_run(
                f"{name}-{m}-{s}", {"acc": v + s / 100}, experiment=name, parameters={"model": m, "seed": s}
            )
            for m, v in (("tree", 0.9), ("mlp", 0.5))
            for s in range(3)
        )
    ]
    return studies(runs, SiteOptions(**options))[0]


def marked(page: str) -> list[str]:
    return [a["href"] for tag, a in elements(page) if tag == "a" and a.get("aria-current") == "page"]


def test_the_bar_marks_where_the_reader_is() -> None:
    runs = [*replicates({"a": [0.5, 0.6]}), make_run("x", {"acc": 0.5}, experiment="other")]
    pages = pages_of(plan(runs))
    assert marked(pages["index.html"]) == ["index.html"]
    assert marked(pages["experiments/other.html"]) == ["other.html"]
    assert marked(pages["runs/x.html"]) == ["../experiments/other.html"]
    assert marked(pages["compare.html"]) == ["compare.html"]
    assert marked(pages["problems.html"]) == []


def test_many_experiments_are_reached_through_the_overview() -> None:
    few, many = several("a", "b", "c"), several("a", "b", "c", "d")
    assert [item.label for item in shell(SiteOptions(), few, False).navigation] == [
        "Overview", "a", "b", "c", "Compare", "Audit",
    ]  # fmt: skip
    assert [item.label for item in shell(SiteOptions(), many, False).navigation] == [
        "Overview",
        "Compare",
        "Audit",
    ]


def test_titles_put_the_verdict_first_and_the_project_last() -> None:
    page = pages_of(plan(replicates({"a": [0.5, 0.6]}), title="Project"))["experiments/study.html"]
    assert "<title>acc 0.5500 over 2 runs · Project</title>" in page
    assert shell(SiteOptions(), several("one"), False).title == "one"
    assert shell(SiteOptions(), several("a", "b"), False).title == "Runs"


def test_only_a_build_with_a_date_shows_one() -> None:
    assert shell(SiteOptions(), (), False).built_at == ""
    moment = datetime(2026, 11, 21, 5, 43, tzinfo=UTC)
    assert shell(SiteOptions(built_at=moment), (), False).built_at == "21 Nov 2026, 05:43 UTC"


def test_the_overview_of_one_experiment_gives_its_verdict() -> None:
    found = home_context(several("a"), PLAIN, 0, {}, Headlines())
    assert found.page.headline == "tree beats mlp by 0.400"
    assert [(row.title, row.verdict, row.runs, row.bad) for row in found.experiments] == [("a", "", 6, 0)]
    assert found.experiments[0].top is not None and len(found.experiments[0].top.rows) == 2


def test_the_overview_of_several_counts_them() -> None:
    runs = [*replicates({"a": [0.5, None, math.nan]}), make_run("x", {"acc": 0.5}, experiment="other")]
    found = home_context(studies(runs, SiteOptions())[0], PLAIN, 1, {}, Headlines())
    assert found.page.headline == "2 experiments, 4 runs; 2 of them gave no usable value"
    assert found.problem_words == "1 problem"
    assert [row.verdict for row in found.experiments] == [
        "x: acc 0.5000",
        "acc 0.5000 over 1 run",
    ]


def test_failed_runs_without_any_metric_are_counted() -> None:
    runs = [make_run("a", status="failed", error="x"), make_run("b", status="failed", error="y")]
    found = home_context(studies(runs, SiteOptions())[0], PLAIN, 0, {}, Headlines())
    assert found.page.headline == "2 of 2 runs failed; no result yet"
    assert found.experiments[0].bad == 2
    assert "2 of 2 runs gave no usable value" in pages_of(plan(runs))["experiments/study.html"]


def test_the_latest_runs_come_last_started_first() -> None:
    runs = [
        make_run(f"r{i}", {"acc": 0.5}, started_at=START + timedelta(hours=i % 7, days=i)) for i in range(9)
    ]
    found = home_context(studies(runs, SiteOptions())[0], PLAIN, 0, {}, Headlines())
    assert [item.link.label for item in found.recent] == ["r8", "r7", "r6", "r5", "r4", "r3"]
    assert found.recent[0].started == "29 Nov 2026, 04:43 UTC"


def test_compare_shows_the_leader_beside_the_baseline() -> None:
    found = compare_context(several("a"), PLAIN, {"a": "data/a.js"}, {"a": "series/a.js"})
    (item,) = found.defaults
    assert item.sides == ("mlp", "tree")  # the baseline leads, so the next one stands beside it
    assert [(row.label, row.cells, row.differs) for row in item.settings] == [
        ("model", ("mlp", "tree"), True)
    ]
    assert [(row.cells, row.verdict, row.tone) for row in item.metrics] == [
        (("0.510 ± 0.025", "0.910 ± 0.025"), "worse", "worse")
    ]
    assert found.sources == {"tables": {"a": "data/a.js"}, "curves": {"a": "series/a.js"}}
    assert found.page.headline == "mlp and tree: only model differs"


def test_compare_without_anything_to_compare_says_how() -> None:
    found = compare_context(studies([make_run("a", {"acc": 1.0})], SiteOptions())[0], PLAIN, {}, {})
    assert found.defaults == ()
    assert (found.page.headline, "press Compare" in found.page.lead) == ("Compare runs", True)


def test_audit_counts_runs_files_and_endings() -> None:
    values = {"a": [0.5, None, math.nan]}
    runs = [*replicates(values), make_run("run", {"acc": 1.0}, status="running"),
            make_run("cut", {"acc": 1.0}, status="interrupted")]  # fmt: skip
    options = SiteOptions(metrics={"acc": MetricOptions(reduction=Reduction.MAXIMUM, threshold=0.01)})
    found = audit_context(studies(runs, options)[0], PLAIN, 2, ("runs",))
    assert found.page.headline == "Every number on this site comes from 5 files of 5 runs"
    assert found.page.lead == (
        "2 of 5 runs ended normally, 1 failed, 1 was interrupted, 1 diverged, 1 was still running. "
        "2 problems found in the inputs."
    )
    first = found.rows[0]
    assert (first.path, first.files, first.size) == ("study/a-0", 1, "10 B")
    (definition,) = found.definitions
    assert (definition.goal, definition.threshold) == ("higher is better", "0.01")
    assert "selected, so optimistic" in definition.reduction
    assert [item.label for item in found.baselines] == ["a"]


def test_audit_lists_no_more_than_it_says() -> None:
    runs = [make_run(f"r{i:04d}", {"acc": 0.5}) for i in range(MAX_RUNS + 1)]
    found = audit_context(studies(runs, SiteOptions())[0], PLAIN, 0, ("runs",))
    assert (len(found.rows), found.total) == (MAX_RUNS, MAX_RUNS + 1)


def problem(slug: str, severity: Severity, message: str = "m", run_id: str = "") -> Problem:
    return Problem(slug, severity, message, "a/b.jsonl:3", run_id, "mend it")


def test_problems_come_by_weight_then_kind() -> None:
    found = problems_context(
        (
            problem("z-note", Severity.NOTE),
            problem("b-warning", Severity.WARNING, run_id="a"),
            problem("a-warning", Severity.WARNING, run_id="gone"),
            problem("y-error", Severity.ERROR),
        ),
        PLAIN,
        {"a": "runs/a.html"},
    )
    assert [(kind.severity, kind.slug) for kind in found.kinds] == [
        ("error", "y-error"), ("warning", "a-warning"), ("warning", "b-warning"), ("note", "z-note"),
    ]  # fmt: skip
    assert found.page.headline == "1 error, 2 warnings, 1 note in the inputs"
    assert found.kinds[1].rows[0].run is None
    assert found.kinds[2].rows[0].run == Link("a", "runs/a.html")


def test_many_problems_of_a_kind_are_counted_and_cut() -> None:
    found = problems_context(
        tuple(problem("x", Severity.NOTE, str(i)) for i in range(MAX_SHOWN + 5)), PLAIN, {}
    )
    assert (len(found.kinds[0].rows), found.kinds[0].total) == (MAX_SHOWN, MAX_SHOWN + 5)


def test_no_problems_is_said() -> None:
    found = problems_context((), PLAIN, {})
    assert found.page.headline == "No problems in the inputs" and found.page.lead


def test_problems_are_linked_from_every_page_and_never_change_with_their_number() -> None:
    runs = tuple(replicates({"a": [0.5, 0.6]}))
    found = problem("x", Severity.NOTE)
    one, two = plan(Shelf(runs, (found,))), plan(Shelf(runs, (found, problem("y", Severity.NOTE))))
    for page in pages_of(one).values():
        assert "Problems found in the inputs" in page
    (old,) = [page.inputs for page in one.pages if page.path == "runs/a-0.html"]
    (new,) = [page.inputs for page in two.pages if page.path == "runs/a-0.html"]
    assert old == new


def test_an_experiment_that_is_only_configured_is_a_problem() -> None:
    from runfolio.pages.options import ExperimentOptions

    site = plan(replicates({"a": [0.5]}), experiments={"ghost": ExperimentOptions()})
    assert [(item.slug, item.severity) for item in site.problems] == [
        ("unknown-experiment", Severity.WARNING)
    ]


def test_a_sites_baseline_that_one_experiment_cannot_use_is_a_note() -> None:
    runs: list[Run] = [
        *replicates({"a": [0.5], "b": [0.6]}),
        make_run("x", {"acc": 0.5}, experiment="other", parameters={"lr": 0.1}),
    ]
    site = plan(runs, baseline='model == "b"')
    assert [(item.slug, item.severity) for item in site.problems] == [("baseline-unused", Severity.NOTE)]
    study = study_of(replicates({"a": [0.5], "b": [0.6]}), baseline='model == "b"')
    assert study.baseline is not None and study.baseline.label == "b"


@pytest.mark.parametrize("count", [1, 2, 3, 4])
def test_the_overview_shows_fewer_rows_for_more_experiments(count: int) -> None:
    found = home_context(several(*"abcd"[:count]), PLAIN, 0, {}, Headlines())
    assert [row.top is not None for row in found.experiments] == [count < 4] * count
