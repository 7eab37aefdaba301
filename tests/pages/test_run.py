"""A run's page: its headline, what differs from the baseline, its neighbours, its artifacts shown without trust."""

from __future__ import annotations

import json
import math
from dataclasses import replace
from typing import Any

import pytest
from built import Shelf, elements, files_of, make_run, pages_of, plan, replicates, sealed, study_of

from runfolio.model import Artifact, Run
from runfolio.pages.artifacts import COPIED_BYTES, HTML_POLICY, TABLE_ROWS, TEXT_CHARACTERS, show_artifact
from runfolio.pages.options import SiteOptions
from runfolio.pages.run import RunContext, run_context, run_headline
from runfolio.pages.series import SeriesStore
from runfolio.pages.shell import shell


def context(runs: list[Run], run_id: str, shelf: Shelf | None = None, **options: Any) -> RunContext:
    study = study_of(runs, **options)
    catalog: Any = shelf or Shelf(tuple(runs))
    frame = shell(SiteOptions(**options), (study,), False)
    return run_context(catalog, SeriesStore(catalog), study, study.by_id[run_id], frame)


def headline(runs: list[Run], run_id: str, **options: Any) -> tuple[str, str]:
    study = study_of(runs, **options)
    return run_headline(study, study.by_id[run_id], study.group_of[run_id])


RUNS = replicates({"tree": [0.9, 0.91, 0.92], "mlp": [0.8, math.nan, None], "svm": [0.7]})


@pytest.mark.parametrize(
    ("run_id", "expected"),
    [
        ("tree-0", "tree-0: acc 0.900, one run of the baseline"),
        ("mlp-0", "mlp-0: acc 0.800, 0.110 below the baseline's mean"),
        ("mlp-1", "mlp-1 diverged by step 0"),
        ("mlp-2", "mlp-2 failed"),
        ("svm-0", "svm-0: acc 0.700, 0.210 below the baseline's mean"),
    ],
)
def test_headlines(run_id: str, expected: str) -> None:
    assert headline(RUNS, run_id)[0] == expected


@pytest.mark.parametrize("status", ["running", "interrupted", "finished"])
def test_a_run_without_the_headline_metric_claims_nothing(status: str) -> None:
    runs = [*RUNS, make_run("odd", {"other": 1.0}, status=status, parameters={"model": "odd"})]
    title, lead = headline(runs, "odd", primary="acc")
    assert title == f"odd {'not logged' if status == 'finished' else status}"
    assert "diverged" not in title + lead and "NaN" not in title + lead


def test_the_last_words_of_a_failure_are_its_lead() -> None:
    assert headline(RUNS, "mlp-2")[1] == "ValueError: no"


def test_a_run_that_stopped_itself_over_its_loss_has_diverged() -> None:
    """The page, the tables and the outcome use one word for it."""
    runs = [
        make_run(
            "a", {"acc": [0.5, 0.1], "loss": [1.0, math.nan]}, status="failed", error="gave up: loss is NaN"
        )
    ]
    assert headline(runs, "a") == ("a diverged by step 1", "gave up: loss is NaN")
    (status, *_) = context(runs, "a").about
    assert (status.label, status.value) == ("Status", "diverged, last step 1")


def test_a_name_stands_once_in_the_title() -> None:
    assert context(RUNS, "mlp-2").page.title == "mlp-2 failed · study"


def test_what_differs_from_the_baseline() -> None:
    runs = [
        make_run("b0", {"acc": 0.5}, parameters={"lr": 0.1, "model": "a", "seed": 0, "only": "x"}),
        make_run("b1", {"acc": 0.6}, parameters={"lr": 0.1, "model": "a", "seed": 1, "only": "x"}),
        make_run("c0", {"acc": 0.7}, parameters={"lr": 0.001, "model": "a", "seed": 0, "new": 3}),
    ]
    found = context(runs, "c0", baseline="lr == 0.1")
    assert [(item.name, item.value, item.baseline) for item in found.differences] == [
        ("lr", "1e-3", "0.1"),
        ("new", "3", "–"),
        ("only", "–", "x"),
    ]
    assert [item.name for item in found.settings] == ["lr", "model", "seed", "new", "only"]
    assert context(runs, "b1", baseline="lr == 0.1").differences == ()


def test_neighbours_and_replicates() -> None:
    found = context(RUNS, "tree-1")
    assert (found.previous and found.previous.label, found.following and found.following.label) == (
        "tree-0",
        "tree-2",
    )
    assert [item.label for item in found.siblings] == ["tree-0", "tree-2"]
    assert context(RUNS, "tree-0").previous is None
    assert context(RUNS, "svm-0").following is None


def test_metrics_keep_the_raw_value_beside_the_shown_one() -> None:
    runs = [make_run("a", {"acc": [0.1, 0.123456789], "loss": [math.nan, math.inf]})]
    rows = context(runs, "a").metrics
    assert [(row.name, row.value, row.raw, row.nonfinite) for row in rows] == [
        ("acc", "0.1235", "0.123456789", 0),
        ("loss", "diverged", "inf", 2),
    ]
    assert (rows[1].minimum, rows[1].maximum_step) == ("–", "")


def test_curves_show_the_run_its_replicates_and_the_baseline() -> None:
    runs = replicates({"tree": [[0.1, 0.9], [0.1, 0.8], [0.1, 0.85]], "mlp": [[0.2, 0.5], [0.2, 0.6]]})
    (figure,) = context(runs, "mlp-0").figures
    assert figure.chart.title == "acc"
    assert "1 replicate in grey" in figure.chart.subtitle
    assert "the baseline's mean of 3 runs dashed" in figure.chart.subtitle
    assert set(figure.sources) >= {"series:mlp-0", "series:mlp-1"}


CONTENT: dict[str, tuple[str, str, bytes, str]] = {
    # name: kind, media type, bytes, how it is shown
    "p.png": ("image", "image/png", b"\x89PNG", "image"),
    "p.svg": ("image", "image/svg+xml", b"<svg onload='alert(1)'/>", "image"),
    "page.html": ("html", "text/html; charset=utf-8", b"<script>alert(1)</script>", "frame"),
    "t.csv": ("table", "text/csv", b"a,b\n1,\n2,3,4\n", "table"),
    "t.tsv": ("table", "text/tab-separated-values", b"a\tb\n1\t2\n", "table"),
    "empty.csv": ("table", "text/csv", b"", "text"),
    "f.json": ("figure", "application/json", b'{"data": [{"x": ["</script>"]}], "more": 1}', "figure"),
    "bad.json": ("figure", "application/json", b'{"data": 1}', "text"),
    "deep.json": ("figure", "application/json", b"[" * 100_000, "text"),
    "log.txt": ("text", "text/plain", b"<b>" + b"x" * 30_000, "text"),
    "w.bin": ("model", "application/octet-stream", b"\x00", "link"),
    "s.mp3": ("audio", "audio/mpeg", b"\x00", "media"),
}


def run_with_artifacts() -> tuple[Run, Shelf]:
    items = tuple(
        Artifact(name, kind, media, f"artifacts/{name}", size_bytes=len(data), sha256="0" * 64)
        for name, (kind, media, data, _) in CONTENT.items()
    )
    items += (
        Artifact("gone", "text", "text/plain", "artifacts/gone.txt", size_bytes=1),
        Artifact("huge", "image", "image/png", "artifacts/huge.png", size_bytes=COPIED_BYTES + 1),
        Artifact("far", "model", "x/y", uri="s3://bucket/far"),
    )
    run = sealed(replace(make_run("a", {"acc": 0.5}), artifacts=items))
    kept = {("a", f"artifacts/{name}"): data for name, (_, _, data, _) in CONTENT.items()}
    return run, Shelf((run,), artifacts=kept)


@pytest.mark.parametrize("name", CONTENT)
def test_artifacts_are_shown_as_what_they_are(name: str) -> None:
    run, shelf = run_with_artifacts()
    (item,) = [item for item in run.artifacts if item.name == name]
    assert show_artifact(shelf, run, item, 1).kind == CONTENT[name][3]  # type: ignore[arg-type]


def test_what_is_not_copied_is_only_named() -> None:
    run, shelf = run_with_artifacts()
    gone, huge, far = (show_artifact(shelf, run, item, 1) for item in run.artifacts[-3:])  # type: ignore[arg-type]
    assert (gone.kind, huge.kind, far.kind) == ("link", "link", "link")
    assert (huge.href, far.href, far.uri) == ("", "", "s3://bucket/far")


def test_tables_and_texts_are_cut() -> None:
    run, shelf = run_with_artifacts()
    rows = b"n\n" + b"".join(b"%d\n" % number for number in range(500))
    shelf.artifacts = {**shelf.artifacts, ("a", "artifacts/t.csv"): rows}
    views = {item.name: show_artifact(shelf, run, item, 1) for item in run.artifacts}  # type: ignore[arg-type]
    table = views["t.csv"].table
    assert table is not None and len(table.rows) == TABLE_ROWS and views["t.csv"].is_cut
    assert len(views["log.txt"].text) == TEXT_CHARACTERS and views["log.txt"].is_cut
    assert json.loads(views["f.json"].figure_json).keys() == {"data", "layout"}


def test_ragged_rows_are_filled() -> None:
    run, shelf = run_with_artifacts()
    (item,) = [item for item in run.artifacts if item.name == "t.csv"]
    table = show_artifact(shelf, run, item, 1).table  # type: ignore[arg-type]
    assert table is not None and table.rows == (("1", ""), ("2", "3"))


def test_a_page_trusts_no_artifact() -> None:
    _, shelf = run_with_artifacts()
    site = plan(shelf)
    page = pages_of(site)["runs/a.html"]
    frames = [attributes for tag, attributes in elements(page) if tag == "iframe"]
    assert [(frame["sandbox"], frame["referrerpolicy"]) for frame in frames] == [
        ("allow-scripts", "no-referrer")
    ]
    (policy,) = [
        a["content"] for tag, a in elements(page) if a.get("http-equiv") == "Content-Security-Policy"
    ]
    assert "frame-src 'self'" in policy and "unsafe" not in policy
    assert "<b>x" not in page and "alert(1)" not in page
    copies = [file for file in site.files if file.path.startswith("artifacts/")]
    html = next(file.build() for file in copies if file.path.endswith(".html"))
    assert html.startswith(HTML_POLICY) and b"default-src 'none'" in HTML_POLICY
    assert next(file.build() for file in copies if file.path.endswith(".png")) == b"\x89PNG"
    assert not any("huge" in file.path for file in copies)


def test_pages_without_html_artifacts_allow_no_frame() -> None:
    assert "frame-src" not in pages_of(plan([make_run("a", {"acc": 0.5})]))["runs/a.html"]


def test_hostile_texts_of_a_run_stay_text() -> None:
    bad = "<script>alert(1)</script>"
    run = make_run("a", {bad: [1.0, 2.0]}, name=bad, parameters={bad: bad}, tags=(bad,), notes=bad, error=bad,
                   group=bad, parent_id=bad, status="failed")  # fmt: skip
    site = plan([run])
    for path, page in pages_of(site).items():
        assert "<script>alert" not in page, path
        bodies = [attributes for tag, attributes in elements(page) if tag == "script"]
        assert all("src" in item or item.get("type") == "application/json" for item in bodies), path
    assert files_of(site)


def test_the_mean_of_a_large_baseline_comes_from_the_experiments_curves() -> None:
    runs = replicates({"a": [[0.1, 0.5]] * 50, "b": [[0.1, 0.6]]})
    site = plan(runs, baseline='model == "a"')
    html = pages_of(site)["runs/b-0.html"]
    assert "mean_of" not in html and "series/a-" not in html and html.count("<figure") == 1
    (curves,) = [file.path for file in site.files if file.path.startswith("series/study-groups.")]
    assert f'"curves:study":"{curves}"' in html.replace(" ", "")
    assert "the baseline's mean of 50 runs dashed" in html.replace("&#39;", "'")
    few = pages_of(plan(replicates({"a": [[0.1, 0.5]] * 5, "b": [[0.1, 0.6]]}), baseline='model == "a"'))
    assert "mean_of" in few["runs/b-0.html"]
