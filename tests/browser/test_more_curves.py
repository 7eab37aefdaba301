"""A run with many metrics: the first are charts, each has a word-sized curve, and the others become charts on request."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from browsing import Open, Site

from runfolio.testing.factories import curve_rows, write_run

METRICS = ("loss", "val/acc", "val/f1", "grad", "lr", "system/cpu")


@pytest.fixture(scope="module")
def many(build_site: Callable[[str, Path], Site], tmp_path_factory: pytest.TempPathFactory) -> Site:
    project = tmp_path_factory.mktemp("many")
    for seed in range(3):
        for setting in ("a", "b"):
            rows = curve_rows(40, METRICS, seed=seed)
            write_run(
                project / "runs" / "e" / f"{setting}{seed}", rows, parameters={"model": setting, "seed": seed}
            )
    return build_site("many-metrics", project)


def test_every_metric_has_a_curve_and_the_first_are_charts(visit: Open, many: Site) -> None:
    page = visit("runs/b1.html", site=many, scripts=False)
    assert page.locator("figure[data-chart]").count() == 4
    assert page.locator("#metrics tbody tr svg.spark").count() == len(METRICS)
    assert page.locator("[data-draw]:visible").count() == 0


@pytest.mark.parametrize("over", ["file", "http"])
def test_the_others_become_charts_on_request(visit: Open, many: Site, over: str) -> None:
    page = visit("runs/b1.html", site=many, over=over)
    buttons = page.locator("[data-draw]")
    assert buttons.count() == len(METRICS) - 4
    name = buttons.first.get_attribute("data-metric")
    buttons.first.click()
    figure = page.locator("figure[data-chart]").nth(4)
    figure.locator("svg path.line").first.wait_for()
    assert figure.locator(".figure-title").inner_text() == name
    assert figure.locator("svg path.line").count() == 4, "this run, two replicates, the baseline's mean"
    assert (
        figure.locator("svg path.line.c-focus").count()
        == figure.locator("svg path.line.c-baseline").count()
        == 1
    )
    assert buttons.count() == len(METRICS) - 5
    page.keyboard.press("ArrowRight")
    figure.locator(".readout-value").first.wait_for()
