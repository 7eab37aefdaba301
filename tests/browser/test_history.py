"""The page of builds in a browser: readable without scripts, at every width, by every reader."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from browsing import ROOT, Open, Site
from test_accessibility import violations
from test_widths import WIDTHS, overflow


@pytest.fixture(scope="session")
def history(build_site: Callable[[str, Path], Site]) -> Site:
    return build_site("history", ROOT / "examples" / "history")


@pytest.mark.parametrize(("scheme", "width"), [("light", 1280), ("dark", 390)])
def test_axe_finds_no_violation(visit: Open, history: Site, scheme: str, width: int) -> None:
    page = visit("history.html", site=history, scheme=scheme, width=width, over="http", bypass_csp=True)
    page.wait_for_timeout(100)
    assert violations(page) == []


def test_no_width_scrolls_sideways(visit: Open, history: Site) -> None:
    page = visit("history.html", site=history)
    for width in WIDTHS:
        page.set_viewport_size({"width": width, "height": 800})
        assert overflow(page) == 0, width


def test_without_scripts_everything_is_there(visit: Open, history: Site) -> None:
    page = visit("history.html", site=history, scripts=False)
    assert "at build 15, lower is better" in page.locator("h1").inner_text()
    assert page.locator("figure svg[data-plot] path.line").count() == 2
    assert page.locator("#table tbody tr").count() == 1
    page.locator("[data-figure-table] summary").first.click()
    assert page.locator("figure table tbody tr").count() == 24


@pytest.mark.parametrize("over", ["file", "http"])
def test_a_history_is_explored_and_saved(visit: Open, history: Site, over: str) -> None:
    page = visit("history.html", site=history, over=over)
    page.locator("#fig-history-0 [data-action=explore]").click()
    page.locator("#fig-history-0 .js-plotly-plot .scatterlayer .trace").first.wait_for()
    shown = page.evaluate(
        "document.querySelector('#fig-history-0 .js-plotly-plot').data.map((d) => [d.name, d.x.length])"
    )
    assert ["measured", 24] in shown and ["level", 48] in shown
    page.locator("#fig-history-0 .menu summary").click()
    with page.expect_download() as download:
        page.locator("#fig-history-0 [data-action=csv]").click()
    lines = download.value.path().read_text("utf-8").splitlines()
    assert lines[0] == "series,build,Time of a count,low,high"
    assert len([line for line in lines if line.startswith("measured,")]) == 24
    assert any(line.startswith("expected,24,,0.84") for line in lines)
