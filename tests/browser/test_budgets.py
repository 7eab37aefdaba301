"""What a page of the sample project may cost: the budgets that hold for every build."""

from __future__ import annotations

import gzip
import re
from pathlib import Path

import pytest
from browsing import KINDS, Open, Site

#: HTML in KB, raw and gzipped; script before any interaction, gzipped. An experiment of 60 runs may weigh 150 KB: 70 runs, 175.
BUDGETS = {
    "home": (60, 15, 12),
    "experiment": (175, 40, 20),
    "run": (60, 20, 12),
    "diverged run": (60, 20, 12),
    "compare": (25, 8, 12),
    "findings": (25, 8, 12),
    "finding": (100, 30, 12),
    "audit": (60, 15, 12),
}


OBSERVE = """
window.shift = 0;
window.painted = 0;
new PerformanceObserver((list) => { for (const entry of list.getEntries()) window.shift += entry.value; })
  .observe({ type: "layout-shift", buffered: true });
new PerformanceObserver((list) => { for (const entry of list.getEntries()) window.painted = entry.startTime; })
  .observe({ type: "largest-contentful-paint", buffered: true });
"""


def packed(data: bytes) -> float:
    """KB after gzip, as a server sends it."""
    return len(gzip.compress(data, 6)) / 1000


def files_of(site: Site, path: str) -> tuple[bytes, list[Path]]:
    """A page and the files it asks for by itself."""
    data = (site.folder / path).read_bytes()
    own = re.findall(rb'<(?:link rel="stylesheet" href|script src)="([^"]+)"', data)
    return data, [(site.folder / path).parent / name.decode() for name in own]


@pytest.mark.parametrize("kind", BUDGETS)
def test_weight_of_a_page(digits: Site, kind: str) -> None:
    raw, small, script = BUDGETS[kind]
    html, files = files_of(digits, KINDS[kind])
    assert len(html) / 1000 <= raw
    assert packed(html) <= small
    scripts = [path for path in files if path.suffix == ".js"]
    styles = [path for path in files if path.suffix == ".css"]
    assert (len(scripts), len(styles)) == (1, 1)
    assert packed(scripts[0].read_bytes()) <= script
    assert packed(styles[0].read_bytes()) <= 10


@pytest.mark.parametrize(
    "kind", ["home", "experiment", "run", "diverged run", "findings", "finding", "audit"]
)
def test_a_page_asks_for_four_files_and_stays_where_it_is(visit: Open, digits: Site, kind: str) -> None:
    """Even where the script comes late, on a phone: what it shows has its place from the start."""
    page = visit("404.html", over="http", width=412)
    page.add_init_script(OBSERVE)
    page.route("**/assets/app.*.js", lambda route: (page.wait_for_timeout(300), route.continue_()))
    before = len(visit.requests())  # type: ignore[attr-defined]
    page.goto(digits.address(KINDS[kind], "http"))
    page.wait_for_load_state("networkidle")
    asked = visit.requests()[before:]  # type: ignore[attr-defined]
    assert len({url for url in asked if "/artifacts/" not in url}) <= 4
    assert not any("plotly" in url for url in asked)
    scripts = [url for url in asked if "/assets/" in url and url.endswith(".js")]
    assert len(scripts) <= 1, "further scripts come when a reader reaches for something"
    page.mouse.wheel(0, 1500)
    page.wait_for_timeout(150)
    assert page.locator("[data-search-open]").is_visible()
    assert page.evaluate("shift") <= 0.01
    assert page.evaluate("painted") < 1500


def test_a_comparison_loads_what_it_draws_and_judges_with(visit: Open, digits: Site) -> None:
    """More than the 20 KB once planned: it computes verdicts and draws curves for any choice, in the browser."""
    page = visit(KINDS["comparison"], over="http")
    page.locator("figure svg[data-plot]").first.wait_for()
    asked = {url.rsplit("/", 1)[1] for url in visit.requests() if "/assets/" in url}  # type: ignore[attr-defined]
    scripts = [digits.folder / "assets" / name for name in asked if name.endswith(".js")]
    assert sum(packed(path.read_bytes()) for path in scripts) <= 48
    assert len(visit.requests()) <= 12  # type: ignore[attr-defined]
