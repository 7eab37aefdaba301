"""The page of builds, as a reader gets it: steps, ranges and refusals, from the runs to the sentence."""

from __future__ import annotations

import html
import json
import re
from datetime import timedelta
from typing import Any

import numpy as np
import pytest
from built import START, make_run, pages_of, plan

from runfolio.analysis.builds import HistoryOptions
from runfolio.analysis.metrics import MetricOptions
from runfolio.analysis.steps import find_steps
from runfolio.model import GitState, Run


def commit(build: int) -> str:
    return f"{build:02d}" + "e" * 38


def builds(values: Any, metric: str = "loss", **more: Any) -> list[Run]:
    return [
        make_run(
            f"{metric}-b{at}-{more.get('parameters')}",
            {metric: float(value)},
            git=GitState(commit(at)),
            started_at=START + timedelta(hours=at),
            **{"parameters": {"lr": 0.1}, **more},
        )
        for at, value in enumerate(values)
    ]


def page(runs: list[Run], **options: Any) -> str:
    text = pages_of(plan(runs, **options))["history.html"]
    return html.unescape(re.sub(r"\s+", " ", text))


def noise(*levels: float, each: int = 8, seed: int = 1) -> Any:
    return np.repeat(levels, each) + 0.05 * np.random.default_rng(seed).standard_normal(each * len(levels))


def test_a_step_is_told_with_its_builds_and_levels() -> None:
    text = page(builds(noise(1.0, 2.0)))
    assert re.search(rf"<h1>loss rose by [01]\.\d+ at build {commit(8)[:10]}, lower is better</h1>", text)
    assert f"between {commit(7)[:10]} and {commit(8)[:10]}; 8 builds before, 8 after" in text
    assert "after selecting the step" in text
    assert '<a href="history.html" aria-current="page">History</a>' in text


@pytest.mark.parametrize(
    ("values", "says"),
    [
        ([1.0, 1.0, 1.0, 1.0, 9.0, 9.0, 9.0], "7 builds so far; steps are looked for from 8 on"),
        ([*noise(1.0, each=12), 9.0], "outside the range expected from the last 12; one build, unconfirmed"),
        ([1.0] * 10 + [2.0], "differs from the last 10, which are all the same; one build, unconfirmed"),
        (noise(1.0, each=20), "No step was found in 1 history"),
    ],
)
def test_what_one_build_or_too_few_cannot_show_is_not_said(values: Any, says: str) -> None:
    text = page(builds(values))
    assert says in text
    assert not re.search(r"regress|significant| worse|\bbetter than", text, re.I)
    assert not re.search("rose|fell by", text, re.I)


def test_correlated_builds_give_a_possible_change_and_no_headline() -> None:
    random = np.random.default_rng(3)
    drift = np.cumsum(random.standard_normal(60))
    text = page(builds(drift))
    assert "Possible change only: neighbouring builds are correlated." in text
    assert "<h1>No step was found in 1 history</h1>" in text


def test_of_two_hundred_quiet_benchmarks_and_a_loud_one_the_loud_one_stands_first() -> None:
    runs = []
    random = np.random.default_rng(0)
    for at in range(20):
        metrics = {f"bench{i:03d}_ms": 1 + 0.1 * random.standard_normal() for i in range(200)}
        metrics["loud_ms"] = (1.0 if at < 10 else 3.0) + 0.1 * random.standard_normal()
        runs.append(
            make_run(f"b{at}", metrics, git=GitState(commit(at)), started_at=START + timedelta(hours=at))
        )
    for at, run in enumerate(runs):
        assert run.started_at == START + timedelta(hours=at)
    text = page(runs, history=HistoryOptions(by="commit"))
    assert re.search(
        rf"<h1>loud_ms rose by 2\.0\d*[^<;]* at build {commit(10)[:10]}, lower is better</h1>", text
    )
    assert text.count("<figure") == 12 and "201 histories over 20 builds" in text
    assert "5% are expected to be false" in text


def test_steps_below_the_threshold_are_not_told() -> None:
    options = {"metrics": {"loss": MetricOptions(threshold=5.0)}}
    assert "No step was found" in page(builds(noise(1.0, 2.0)), **options)


def test_isolated_builds_are_marked_and_missing_ones_counted() -> None:
    values = [*noise(1.0, each=20)]
    values[9] = 7.0
    text = page([*builds(values)[:15], *builds(values)[16:], *builds([3.0] * 21, "other")[20:]])
    assert 'class="cut' in text and "A cross marks a build" in text
    assert "without a value" in text


def test_without_builds_there_is_no_history() -> None:
    site = plan([make_run("a", {"loss": 1.0}), make_run("b", {"loss": 2.0})])
    pages = pages_of(site)
    assert "history.html" not in pages
    assert "History" not in pages["index.html"]


def text_of(runs: list[Run], path: str, **options: Any) -> str:
    return html.unescape(re.sub(r"\s+", " ", pages_of(plan(runs, **options))[path]))


@pytest.mark.parametrize("path", ["index.html", "experiments/study.html"])
def test_an_experiment_that_only_builds_tell_apart_says_what_moved_not_which_build_is_best(path: str) -> None:
    text = text_of(builds(noise(1.0, 2.0)), path)
    assert re.search(r"<h1>loss rose by [01]\.\d+ at build 08eeeeeeee, lower is better</h1>", text)
    assert "between builds 07eeeeeeee and 08eeeeeeee" in text and "in build 15eeeeeeee, the latest" in text
    assert "svg" in text and "leads at" not in text


def test_builds_that_a_parameter_names_are_not_ranked_in_the_headline() -> None:
    runs = [
        make_run(f"b{at}-{seed}", {"loss": float(value)}, parameters={"build": at, "seed": seed})
        for at, value in enumerate(noise(1.0, 2.0))
        for seed in range(2)
    ]
    text = text_of(runs, "index.html", history=HistoryOptions(by="build"))
    assert "at build 8, lower is better" in text and "is best" not in text


def test_few_builds_give_the_latest_value_and_no_step() -> None:
    text = text_of(builds([1.0, 3.0, 2.0]), "index.html")
    assert re.search("<h1>loss is 2[.0]* in build 02eeeeeeee, the latest</h1>", text)


def test_configurations_measured_at_several_commits_are_still_compared() -> None:
    runs = [*builds(noise(1.0, 1.0)), *builds(noise(2.0, 2.0), parameters={"lr": 0.5})]
    assert "the latest</h1>" not in text_of(runs, "index.html")


def test_durations_of_a_history_share_one_unit_that_shows_its_steps() -> None:
    text = page(builds([0.120 + 0.0001 * (at % 3) for at in range(8)] + [0.124 + 0.0001 * (at % 3) for at in range(6)],
                       "parse_seconds"), metrics={"parse_seconds": MetricOptions(unit="s", is_time=True)})  # fmt: skip
    assert re.search(r"Rose by 4\.0\d* ms at build 08e+ \(120\.1\d* ms → 124\.1\d* ms\)", text)
    assert re.search(r"Expected for it: 123\.\d+ to 124\.\d+ ms, the band at the end", text)


def test_the_range_expected_is_told_where_one_may_be_given_and_drawn_as_a_band() -> None:
    text = page(builds(noise(1.0, each=12)))
    assert "the band at the end (95% prediction interval from 11 builds)" in text
    assert text.count('class="band') == 1
    for values in ([1.0] * 12, noise(1.0, each=7)):
        text = page(builds(values))
        assert "prediction interval" not in text and 'class="band' not in text


def test_the_data_file_says_what_the_page_says() -> None:
    """Points, steps with the builds around them, the range, and what is not known; every number as it was logged."""
    values = [*noise(1.0, 2.0)]
    runs = builds(values)
    site = plan(runs)
    file = next(item for item in site.files if item.path == "data/history.json")
    found = json.loads(file.build(), parse_constant=pytest.fail)
    (history,) = found["histories"]
    expected = find_steps([float(value) for value in values])
    assert (found["schema"], found["changes"]) == (1, None)
    assert [point["build"] for point in history["points"]] == [commit(at) for at in range(16)]
    assert [point["value"] for point in history["points"]] == pytest.approx(values)
    assert {(point["runs"], point["failed"]) for point in history["points"]} == {(1, 0)}
    (step,) = history["steps"]
    assert (step["after"], step["build"], step["builds_before"], step["builds_after"]) == (
        commit(7),
        commit(8),
        8,
        8,
    )
    (known,) = expected.steps
    assert (step["old"], step["new"], step["low"], step["high"]) == pytest.approx(
        (known.old, known.new, known.low, known.high)
    )
    assert expected.latest is not None
    assert (history["latest"]["low"], history["latest"]["high"]) == pytest.approx(
        (expected.latest.low, expected.latest.high)
    )
    assert (history["latest"]["builds"], history["by"], history["refusal"]) == (7, "commit", None)


def test_the_data_file_has_refusals_and_builds_without_a_value() -> None:
    runs = [*builds([1.0, 2.0, 3.0]), *builds([1.0, 2.0, 3.0, 4.0], "other")[3:]]
    file = next(item for item in plan(runs).files if item.path == "data/history.json")
    (history,) = json.loads(file.build(), parse_constant=pytest.fail)["histories"]
    assert history["refusal"] == "history too short: 3 builds, 8 needed"
    assert (history["steps"], history["latest"], history["points"][3]["value"]) == ([], None, "NaN")


def test_without_builds_there_is_no_data_file() -> None:
    assert "data/history.json" not in [item.path for item in plan([make_run("a", {"loss": 1.0})]).files]


def of_three(*means: float) -> list[Run]:
    return [
        make_run(
            f"b{at}-{seed}",
            {"loss": mean + (seed - 1) * 0.01},
            parameters={"seed": seed},
            git=GitState(commit(at)),
            started_at=START + timedelta(hours=at),
        )
        for at, mean in enumerate(means)
        for seed in range(3)
    ]


@pytest.mark.parametrize(
    ("means", "says"),
    [
        ([1.0] * 9 + [1.5], "worse by 0.50"),
        ([1.0] * 10, "no clear difference: the difference is between"),
    ],
)
def test_the_last_two_builds_are_compared_where_each_has_three_runs(means: list[float], says: str) -> None:
    text = page(of_three(*means))
    assert f"Build {commit(9)[:10]} against build {commit(8)[:10]}: {says}" in text
    assert "against build" not in page(builds(means))
