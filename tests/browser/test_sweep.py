"""A sweep's page in a browser: complete without scripts, within its budget, and brushing an axis filters lines and table."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from browsing import ROOT, Open, Site
from playwright.sync_api import expect
from test_accessibility import violations
from test_budgets import files_of, packed

PAGE = "sweeps/surface.html"


@pytest.fixture(scope="session")
def sweep(build_site: Callable[[str, Path], Site]) -> Site:
    return build_site("sweep", ROOT / "examples" / "sweep")


@pytest.mark.parametrize("over", ["file", "http"])
def test_it_opens_without_a_complaint_and_is_reached_from_the_bar_and_from_its_experiment(
    visit: Open, sweep: Site, over: str
) -> None:
    page = visit("experiments/surface.html", site=sweep, over=over)
    page.get_by_role("link", name="As a sweep").click()
    assert page.locator("nav a[aria-current]", has_text="Sweeps").count() == 1
    assert "matter" in page.locator("h1").inner_text()
    page.get_by_role("link", name="configurations and learning curves").click()
    assert page.url.endswith("experiments/surface.html")


def test_it_reads_whole_without_scripts(visit: Open, sweep: Site) -> None:
    page = visit(PAGE, site=sweep, scripts=False)
    assert page.locator("table.importance tbody tr").count() == 5
    assert page.locator("#slices figure svg path.dots").count() >= 5
    assert page.locator("#slices figure svg path.crosses").count() == 5
    assert page.locator(".parallel-lines path").count() == 64
    assert page.locator("table.heat-map td").count() == 25
    assert page.locator("tr[data-run]").count() == 64
    for control in page.locator("main button, select, input").all():
        assert not control.is_visible()
    page.locator("#slices summary", has_text="Data as table").first.click()
    assert page.locator("#slices details table tbody tr").first.is_visible()


def test_it_weighs_what_it_may(sweep: Site) -> None:
    html, files = files_of(sweep, PAGE)
    assert len(html) / 1000 <= 140 and packed(html) <= 40
    scripts = b"".join(path.read_bytes() for path in files if path.suffix == ".js")
    assert packed(scripts) <= 20 and len(files) <= 3


@pytest.mark.parametrize("width", [320, 390, 768, 1440])
def test_nothing_is_wider_than_the_page(visit: Open, sweep: Site, width: int) -> None:
    page = visit(PAGE, site=sweep, width=width)
    assert page.evaluate("document.documentElement.scrollWidth") <= width


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [1280, 390])
def test_it_can_be_used_by_everyone(visit: Open, sweep: Site, scheme: str, width: int) -> None:
    page = visit(PAGE, site=sweep, scheme=scheme, width=width, over="http", bypass_csp=True)
    assert violations(page) == []


def test_dragging_along_an_axis_filters_lines_and_table_and_typing_takes_over(
    visit: Open, sweep: Site
) -> None:
    page = visit(PAGE, site=sweep)
    grip = page.locator(".parallel-grip").first
    grip.scroll_into_view_if_needed()
    box = grip.bounding_box()
    assert box is not None
    middle = box["x"] + box["width"] / 2
    page.mouse.move(middle, box["y"] + 0.2 * box["height"])
    page.wait_for_selector("svg.is-live")
    page.mouse.down()
    page.mouse.move(middle, box["y"] + 0.5 * box["height"], steps=4)
    page.mouse.up()
    expect(page.locator("[data-count]")).to_contain_text(" of 64 runs")
    text = page.locator("[data-filter]").input_value()
    assert text.startswith("params.lr >= ") and " and params.lr <= " in text
    shown = int(page.locator("[data-count]").inner_text().split()[0])
    assert 0 < shown < 64
    expect(page.locator(".parallel-lines path:not(.is-out)")).to_have_count(shown)
    assert page.locator("tr[data-run]:visible").count() == shown
    assert "q=params.lr" in page.url
    page.locator("[data-filter]").fill('activation == "relu"')
    expect(page.locator("[data-count]")).to_have_text("31 of 64 runs")
    assert page.locator(".parallel-brush").count() == 0
    expect(page.locator(".parallel-lines path:not(.is-out)")).to_have_count(31)


def test_a_link_with_a_filter_shows_its_lines(visit: Open, sweep: Site) -> None:
    page = visit(f"{PAGE}#?v=1&q=activation+%3D%3D+%22relu%22", site=sweep)
    page.wait_for_selector(".parallel-lines path.is-out", state="attached")
    expect(page.locator(".parallel-lines path:not(.is-out)")).to_have_count(31)


def test_every_figure_can_be_explored_and_saved(visit: Open, sweep: Site) -> None:
    page = visit(PAGE, site=sweep, over="file")
    figures = page.locator("figure[data-chart]")
    assert figures.count() == page.locator("figure.figure").count() >= 10
    for at in range(figures.count()):
        expect(figures.nth(at).locator("[data-action=explore]")).to_have_count(1)
    page.locator("#fig-slice-0 [data-action=explore]").click()
    page.wait_for_selector("#fig-slice-0 .js-plotly-plot .points path", state="attached")
    shown = page.evaluate(
        "document.querySelector('#fig-slice-0 .js-plotly-plot').data.map((d) => [d.name, d.mode, d.x.length])"
    )
    assert ["usable trials", "markers", 49] in shown and ["failed trials", "markers", 15] in shown
    # As high as the picture was: nothing on the page moves.
    assert page.locator("#fig-slice-0 .live-plot").bounding_box()["height"] < 240  # type: ignore[index]
    page.locator("#fig-slice-4 .menu summary").click()
    with page.expect_download() as download:
        page.locator("#fig-slice-4 [data-action=csv]").click()
    lines = download.value.path().read_text("utf-8").splitlines()
    assert lines[0] == "series,activation,Validation error,low,high"
    # Words, not places beside them.
    assert {line.split(",")[1] for line in lines[1:]} == {"relu", "tanh"}
    assert len([line for line in lines if line.startswith("usable trials,")]) == 49
