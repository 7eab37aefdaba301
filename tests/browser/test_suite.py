"""A suite's figures in a browser: they read without scripts, fit, can be explored and taken away, and follow no control of curves."""

from __future__ import annotations

import csv
import io
import json
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest
from browsing import ROOT, Open, Site
from playwright.sync_api import Page, expect
from test_accessibility import violations

PAGE = "experiments/classifiers.html"
FIGURES = ("profile", "improvement", "ranks")


@pytest.fixture(scope="session")
def suite(build_site: Callable[[str, Path], Site], tmp_path_factory: pytest.TempPathFactory) -> Site:
    """The example, with ranks asked for."""
    project = tmp_path_factory.mktemp("project") / "suite"
    shutil.copytree(ROOT / "examples" / "suite", project)
    with (project / "runfolio.toml").open("a") as config:
        config.write('\n[suite]\nranks = "nemenyi"\n')
    return build_site("suite-ranks", project)


def saved(page: Page, figure: str, kind: str) -> bytes:
    if not page.locator(f"#fig-{figure} [data-action={kind}]").is_visible():
        page.locator(f"#fig-{figure} .menu summary").click()
    with page.expect_download() as download:
        page.locator(f"#fig-{figure} [data-action={kind}]").click()
    return download.value.path().read_bytes()


def test_they_read_without_scripts(visit: Open, suite: Site) -> None:
    page = visit(PAGE, site=suite, scripts=False)
    for figure in FIGURES:
        assert page.locator(f"#fig-{figure} svg path.line").count() >= 4
        assert page.locator(f"#fig-{figure} svg desc").text_content()
        assert not page.locator(f"#fig-{figure} [data-action=explore]").is_visible()
    page.locator("#fig-improvement summary", has_text="Data as table").click()
    assert page.locator("#fig-improvement details table tbody tr").count() == 6
    expect(page.locator("#fig-improvement details table")).to_contain_text("no clear difference")


@pytest.mark.parametrize("width", [320, 390, 768, 1440])
def test_nothing_is_wider_than_the_page(visit: Open, suite: Site, width: int) -> None:
    page = visit(PAGE, site=suite, width=width)
    assert page.evaluate("document.documentElement.scrollWidth") <= width


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_everybody_can_use_them(visit: Open, suite: Site, scheme: str) -> None:
    assert violations(visit(PAGE, site=suite, scheme=scheme, over="http", bypass_csp=True)) == []


@pytest.mark.parametrize("over", ["file", "http"])
def test_they_become_live_figures_with_the_numbers_of_the_picture(
    visit: Open, suite: Site, over: str
) -> None:
    page = visit(PAGE, site=suite, over=over)
    for figure in FIGURES:
        page.locator(f"#fig-{figure} [data-action=explore]").click()
        page.wait_for_selector(
            f"#fig-{figure} .js-plotly-plot .scatterlayer .trace path, #fig-{figure} .points path",
            state="attached",
        )
    data = page.evaluate(
        "document.querySelector('#fig-ranks .js-plotly-plot').data.map((d) => [d.name, d.mode, d.x])"
    )
    dots = next(x for name, mode, x in data if mode == "markers")
    assert sorted(dots) == sorted(
        x[0] for name, mode, x in data if name in ("fourier", "mlp", "boosting", "logistic")
    )
    bands = page.evaluate(
        "document.querySelector('#fig-profile .js-plotly-plot').data.filter((d) => d.fill).length"
    )
    assert bands >= 4
    names = page.evaluate(
        "document.querySelector('#fig-improvement .js-plotly-plot').layout.annotations.map((a) => a.text)"
    )
    assert len(names) == 6 and any(name.startswith("mlp over boosting 0.") for name in names)


def test_they_can_be_taken_away(visit: Open, suite: Site) -> None:
    page = visit(PAGE, site=suite)
    rows = list(csv.reader(io.StringIO(saved(page, "improvement", "csv").decode())))
    assert rows[0] == ["pair", "probability", "low", "high", "in words"] and len(rows) == 7
    profile = list(csv.reader(io.StringIO(saved(page, "profile", "csv").decode())))
    assert profile[0] == ["series", "Test accuracy", "share of runs", "low", "high"]
    assert {row[0] for row in profile[1:]} == {"fourier", "mlp", "boosting", "logistic"}
    assert all(0 <= float(row[2]) <= 1 for row in profile[1:])
    picture = saved(page, "improvement", "svg").decode()
    # Dots are strokes without length: without round caps nobody would see them.
    assert 'stroke-linecap="round"' in picture and "mlp over boosting" in picture
    assert json.loads(saved(page, "ranks", "json"))["layout"]["xaxis"]["ticktext"] == ["4", "3", "2", "1"]


def test_controls_of_curves_leave_them_alone(visit: Open, suite: Site) -> None:
    page = visit(f"{PAGE}#?v=1&y=log&s=0.9", site=suite)
    page.wait_for_selector("#curves [data-drawn]", state="attached")
    assert page.locator("#beyond [data-drawn]").count() == 0


def test_a_profile_is_read_by_the_pointer_and_rows_are_not(visit: Open, suite: Site) -> None:
    page = visit(PAGE, site=suite)
    page.locator("#fig-profile svg").focus()
    page.keyboard.press("ArrowRight")
    expect(page.locator("#fig-profile .readout-title")).to_contain_text("Test accuracy")
    assert page.locator("#fig-improvement svg[tabindex]").count() == 0
