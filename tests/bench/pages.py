"""What the pages of the sample project cost in a browser: weights, paint, shifts, and the time of what readers do.

    python tests/bench/pages.py [--json]

Prints each figure beside its budget. Times are of this machine; weights, requests and shifts are exact.
"""

from __future__ import annotations

import argparse
import gzip
import json
import statistics
import sys
import tempfile
from pathlib import Path
from typing import Any

from playwright.sync_api import Page, sync_playwright

from runfolio import api

ROOT = Path(__file__).resolve().parents[2]
sys.path[:0] = [str(ROOT / "tests"), str(ROOT / "tests" / "browser")]

from browsing import ARGUMENTS, KINDS, served  # noqa: E402
from install_browser import find_chromium  # noqa: E402

OBSERVE = """
window.shift = 0;
window.painted = 0;
window.blocked = 0;
const sum = (type, add) => new PerformanceObserver((list) => list.getEntries().forEach(add)).observe({ type, buffered: true });
sum("layout-shift", (entry) => { window.shift += entry.value; });
sum("largest-contentful-paint", (entry) => { window.painted = entry.startTime; });
sum("longtask", (entry) => { window.blocked += Math.max(0, entry.duration - 50); });
"""
#: Milliseconds from a script's change to the second frame after it.
UNTIL_DRAWN = """(act) => new Promise((resolve) => {
    const start = performance.now();
    new Function("return " + act)()();
    requestAnimationFrame(() => requestAnimationFrame(() => resolve(performance.now() - start)));
})"""
#: Milliseconds that one move of the pointer costs, script and layout: the 95th percentile of 60 frames.
CROSSHAIR = """async () => {
    const svg = document.querySelector("figure[data-chart] svg[data-plot]"), box = svg.getBoundingClientRect(), times = [];
    for (let i = 0; i < 60; i += 1) {
        let start = 0;
        requestAnimationFrame(() => { start = performance.now(); });
        svg.dispatchEvent(new PointerEvent("pointermove", { clientX: box.left + 60 + i * (box.width - 200) / 60, clientY: box.top + 60, bubbles: true }));
        await new Promise((resolve) => requestAnimationFrame(() => { svg.getBoundingClientRect(); times.push(performance.now() - start); resolve(); }));
    }
    return times.sort((a, b) => a - b)[56];
}"""
BUDGETS = {
    "home": {"html_kb": 60, "html_gz_kb": 15, "requests": 4, "script_gz_kb": 12, "lcp_ms": 250},
    "experiment": {"html_kb": 175, "html_gz_kb": 40, "requests": 4, "script_gz_kb": 20, "lcp_ms": 300},
    "run": {"html_kb": 60, "html_gz_kb": 20, "requests": 4, "script_gz_kb": 12, "lcp_ms": 250},
    "comparison": {"html_kb": 25, "html_gz_kb": 8, "requests": 12, "script_gz_kb": 20, "lcp_ms": 400},
}
FOR_ALL = {"css_gz_kb": 10, "cls": 0.01, "blocked_ms": 0}
ACTS = {"sort_ms": 150, "filter_key_ms": 50, "crosshair_ms": 4, "explore_ms": 1000}


def packed_kb(data: bytes) -> float:
    """KB after gzip."""
    return len(gzip.compress(data, 6)) / 1000


def load(page: Page, site: Path, address: str, path: str) -> dict[str, float]:
    """Figures of one page, opened once."""
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    page.goto(f"{address}/{path}")
    page.wait_for_load_state("networkidle")
    page.wait_for_timeout(200)
    html = (site / path.partition("#")[0]).read_bytes()
    own = [site / url.removeprefix(f"{address}/") for url in asked if "/assets/" in url]
    return {
        "html_kb": len(html) / 1000,
        "html_gz_kb": packed_kb(html),
        "requests": sum("/artifacts/" not in url for url in asked),
        "script_gz_kb": sum(packed_kb(file.read_bytes()) for file in own if file.suffix == ".js"),
        "css_gz_kb": sum(packed_kb(file.read_bytes()) for file in own if file.suffix == ".css"),
        "lcp_ms": page.evaluate("painted"),
        "cls": page.evaluate("shift"),
        "blocked_ms": page.evaluate("blocked"),
    }


def acts(page: Page) -> dict[str, float]:
    """Milliseconds of what a reader does on the experiment's page, which is open."""
    page.locator("[data-filter]").fill("lr > 0")
    page.wait_for_function("() => document.querySelector('[data-count]').textContent.includes(' of ')")
    typing = """() => { const box = document.querySelector("[data-filter]"); box.value = "seed == %d"; box.dispatchEvent(new Event("input", { bubbles: true })); }"""
    sorting = (
        """() => document.querySelector("[data-runs] th[data-column='parameters.seed'] button").click()"""
    )
    filtered = [page.evaluate(UNTIL_DRAWN, typing % (i % 5)) for i in range(9)]
    page.locator("[data-filter]").fill("")
    ordered = [page.evaluate(UNTIL_DRAWN, sorting) for _ in range(9)]
    page.locator("figure svg[data-plot]").first.hover()
    page.wait_for_function("() => document.querySelector('figure[data-chart]').chart?.traces")
    crosshair = page.evaluate(CROSSHAIR)
    page.evaluate("window.asked = performance.now()")
    page.locator("figure [data-action=explore]").first.click()
    page.locator(".live-plot .main-svg").first.wait_for()
    explored = page.evaluate("performance.now() - asked")
    return {
        "sort_ms": statistics.median(ordered),
        "filter_key_ms": statistics.median(filtered),
        "crosshair_ms": crosshair,
        "explore_ms": explored,
    }


def measure(site: Path, address: str) -> dict[str, dict[str, float]]:
    """Figures of each page, by its kind."""
    found: dict[str, dict[str, float]] = {}
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=find_chromium(), args=list(ARGUMENTS))
        for kind in BUDGETS:
            runs = []
            for _ in range(3):
                context = browser.new_context(viewport={"width": 1280, "height": 900})
                context.add_init_script(OBSERVE)
                page = context.new_page()
                runs.append(load(page, site, address, KINDS[kind]))
                if kind == "experiment":
                    runs[-1] |= acts(page)
                context.close()
            found[kind] = {name: statistics.median(run[name] for run in runs) for name in runs[0]}
        browser.close()
    return found


def show(found: dict[str, dict[str, float]]) -> None:
    for kind, figures in found.items():
        budget: dict[str, Any] = {**FOR_ALL, **BUDGETS[kind], **ACTS}
        print(kind)
        for name, value in figures.items():
            mark = "" if value <= budget[name] else "  over"
            print(f"  {name:<14}{value:>10.3g}   budget {budget[name]}{mark}")


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--json", action="store_true", help="print the figures as JSON")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        site = Path(folder) / "site"
        api.build(out=site, config=ROOT / "examples" / "digits" / "runfolio.toml", use_cache=False)
        with served(site.parent) as address:
            found = measure(site, f"{address}/site")
    if options.json:
        print(json.dumps(found, indent=1))
    else:
        show(found)
    return 0


if __name__ == "__main__":
    sys.exit(main())
