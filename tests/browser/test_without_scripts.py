"""With scripts off everything can be read, printed and followed, and no control is shown that would do nothing."""

from __future__ import annotations

import pytest
from browsing import KINDS, Open, Site

PLAIN = {kind: path for kind, path in KINDS.items() if kind != "comparison"}


@pytest.mark.parametrize("kind", PLAIN)
def test_no_dead_control_is_shown(visit: Open, kind: str) -> None:
    page = visit(PLAIN[kind], scripts=False)
    assert page.locator("h1").inner_text().strip()
    for control in page.locator("main button:not([popovertarget]), header button, select, input").all():
        assert not control.is_visible()
    links = page.locator("header a[href], main a[href]")
    assert links.count() >= 4


def test_an_experiment_reads_whole(visit: Open) -> None:
    page = visit(KINDS["experiment"], scripts=False)
    assert page.locator("tr[data-run]").count() == 70
    assert page.locator("table[data-configurations] tbody tr").count() == 14
    charts = page.locator("figure svg[data-plot]")
    assert charts.count() == 5
    for chart in charts.all():
        assert chart.is_visible()
        assert chart.locator("path.line").count() >= 5
        assert chart.locator("title").count() == 1
        assert chart.locator("desc").count() == 1
    figure = page.locator("figure").first
    figure.locator("summary", has_text="Data as table").click()
    assert figure.locator("details table tbody tr").first.is_visible()


def test_a_run_reads_whole(visit: Open) -> None:
    page = visit(KINDS["diverged run"], scripts=False)
    assert page.locator("figure svg[data-plot]").count() == 4
    assert page.locator("#metrics svg.spark").count() == page.locator("#metrics tbody tr").count() == 5
    assert "the loss is not a number" in page.locator("#error").inner_text()
    page.get_by_role("link", name="seed 1").click()
    assert "seed 1" in page.locator("h1").inner_text()


def test_compare_shows_the_default_comparison(visit: Open) -> None:
    page = visit(KINDS["compare"], scripts=False)
    assert "softmax" in page.locator("[data-compare-default] table").inner_text()


def test_every_chart_has_its_numbers_as_a_table(digits: Site) -> None:
    for path, charts in (("experiments/digits.html", 5), ("runs/mlp-hidden64-lr1-seed0.html", 4)):
        text = (digits.folder / path).read_text(encoding="utf-8")
        assert text.count(" data-chart>") == text.count(" data-figure-table>") == charts
