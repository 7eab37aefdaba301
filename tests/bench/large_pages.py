"""What the pages of one experiment with very many runs cost in a browser: `python tests/bench/large_pages.py [--runs N] [--json]`.

Builds a site of generated runs, or takes one that `--site` names, and prints each figure beside its budget. Times are
of this machine; weights and requests are exact.
"""

from __future__ import annotations

import argparse
import json
import re
import statistics
import sys
import tempfile
from pathlib import Path
from typing import Any

from generate import generate
from pages import OBSERVE, UNTIL_DRAWN, load, packed_kb
from playwright.sync_api import BrowserContext, CDPSession, Page, sync_playwright

from runfolio import api

ROOT = Path(__file__).resolve().parents[2]
sys.path[:0] = [str(ROOT / "tests"), str(ROOT / "tests" / "browser")]

from browsing import ARGUMENTS, served  # noqa: E402
from install_browser import find_chromium  # noqa: E402

#: Of every page; the experiment's and the comparison's own ones follow. Of a comparison most is scripts, see decision 6.
FOR_ALL = {"html_kb": 500, "html_gz_kb": 110, "css_gz_kb": 10, "cls": 0.01, "lcp_ms": 500, "blocked_ms": 100}
BUDGETS: dict[str, dict[str, float]] = {
    "home": {"html_kb": 60, "html_gz_kb": 15, "requests": 4, "script_gz_kb": 12},
    "experiment": {"requests": 5, "script_gz_kb": 20},
    "sweep": {"requests": 4, "script_gz_kb": 20},
    "comparison": {"html_kb": 25, "html_gz_kb": 8},
    "shared run": {"html_kb": 25, "html_gz_kb": 8},
    "audit": {"requests": 4, "script_gz_kb": 12},
    "problems": {"requests": 4, "script_gz_kb": 12},
    "acts": {"table_ms": 1000, "scroll_p95_ms": 33, "scroll_cpu_ms": 33, "filter_cpu_ms": 50, "sort_cpu_ms": 150, "filter_key_ms": 50, "sort_ms": 150, "search_key_ms": 50, "heap_mb": 15, "nodes": 6000},
    "files": {"table_mb": 3.3, "table_gz_kb": 650, "largest_mb": 50, "runs_of_pages": 5000},
}  # fmt: skip
#: 95th percentile of the frames, in ms, while the table of runs scrolls by 100,000 px.
SCROLL = """async () => {
    const times = [];
    let last = await new Promise(requestAnimationFrame);
    for (let i = 0; i < 120; i += 1) {
        window.scrollBy(0, 800);
        const now = await new Promise(requestAnimationFrame);
        times.push(now - last);
        last = now;
    }
    return times.sort((a, b) => a - b)[113];
}"""
TYPED = """() => { const box = document.querySelector("%s"); box.value = "%s"; box.dispatchEvent(new Event("input", { bubbles: true })); }"""
SORTED = """() => document.querySelector("[data-runs] th[data-column='duration'] button").click()"""


def addresses(site: Path) -> dict[str, str]:
    """One page of each kind: the runs compared and shown are named in the experiment's page."""
    html = (site / "experiments" / "generated.html").read_text(encoding="utf-8")
    slugs = re.findall(r'<tr data-run="([^"]+)"', html)[:8]
    found = {
        "home": "index.html",
        "experiment": "experiments/generated.html",
        "comparison": f"compare.html#compare?v=1&r={','.join(slugs)}&e=generated",
        "audit": "audit.html",
        "problems": "problems.html",
    }
    if (site / "sweeps" / "generated.html").exists():
        found["sweep"] = "sweeps/generated.html"
    if (site / "run.html").exists():
        found["shared run"] = f"run.html#?v=1&e=generated&r={slugs[0]}"
    return found


class Work:
    """Processor time of the page's main thread, which a busy machine does not stretch as it does times of the clock."""

    def __init__(self, session: CDPSession) -> None:
        self.session = session
        session.send("Performance.enable", {"timeDomain": "threadTicks"})
        self.last = 0.0
        self.since()

    def _metrics(self) -> dict[str, float]:
        return {
            item["name"]: item["value"] for item in self.session.send("Performance.getMetrics")["metrics"]
        }

    def since(self) -> float:
        """Milliseconds since the last call."""
        now = self._metrics()["TaskDuration"] * 1000
        spent, self.last = now - self.last, now
        return spent

    def heap_mb(self) -> float:
        self.session.send("HeapProfiler.collectGarbage")
        return self._metrics()["JSHeapUsedSize"] / 1e6


def acts(page: Page, context: BrowserContext) -> dict[str, float]:
    """Milliseconds of what a reader does with the table of runs of the experiment's page, which is open."""
    page.evaluate("window.asked = performance.now()")
    page.locator("#runs").scroll_into_view_if_needed()
    page.locator("[data-filter]").fill("seed >= 0")
    page.locator(".chip").wait_for()
    opened = page.evaluate("performance.now() - asked")
    work = Work(context.new_cdp_session(page))
    typed = [page.evaluate(UNTIL_DRAWN, TYPED % ("[data-filter]", f"seed == {i % 5}")) for i in range(9)]
    filter_cpu = work.since() / 9
    page.locator("[data-filter]").fill("")
    work.since()
    ordered = [page.evaluate(UNTIL_DRAWN, SORTED) for _ in range(9)]
    sort_cpu = work.since() / 9
    page.evaluate("document.querySelector('#runs thead').scrollIntoView()")
    work.since()
    scrolled = page.evaluate(SCROLL)
    scroll_cpu = work.since() / 120
    heap = work.heap_mb()
    page.evaluate("window.scrollTo(0, 0)")
    page.locator("[data-search-open]").click()
    box = "dialog[data-search] input"
    page.locator(box).fill("setting 1")
    page.locator("dialog[data-search] a").first.wait_for()
    searched = [page.evaluate(UNTIL_DRAWN, TYPED % (box, f"seed {i % 5}")) for i in range(9)]
    return {
        "table_ms": opened,
        "scroll_p95_ms": scrolled,
        "scroll_cpu_ms": scroll_cpu,
        "filter_cpu_ms": filter_cpu,
        "sort_cpu_ms": sort_cpu,
        "filter_key_ms": statistics.median(typed),
        "sort_ms": statistics.median(ordered),
        "search_key_ms": statistics.median(searched),
        "heap_mb": heap,
        "nodes": page.evaluate("document.querySelectorAll('*').length"),
    }


def files(site: Path) -> dict[str, float]:
    """Sizes of the data behind the pages."""
    table = next(path for path in (site / "data").glob("generated.*.js")).read_bytes()
    return {
        "table_mb": len(table) / 1e6,
        "table_gz_kb": packed_kb(table),
        "largest_mb": max(path.stat().st_size for path in site.rglob("*") if path.is_file()) / 1e6,
        "runs_of_pages": len(list((site / "runs").glob("*.html"))),
    }


def measure(site: Path, address: str) -> dict[str, dict[str, float]]:
    """Figures of each page, of what a reader does, and of the files."""
    found: dict[str, dict[str, float]] = {}
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=find_chromium(), args=list(ARGUMENTS))
        for kind, path in addresses(site).items():
            context = browser.new_context(viewport={"width": 1280, "height": 900})
            context.add_init_script(OBSERVE)
            page = context.new_page()
            found[kind] = load(page, site, address, path)
            if kind == "experiment":
                found["acts"] = acts(page, context)
            context.close()
        browser.close()
    return found | {"files": files(site)}


def show(found: dict[str, dict[str, float]]) -> None:
    for kind, figures in found.items():
        budget: dict[str, Any] = {**FOR_ALL, **BUDGETS[kind]}
        print(kind)
        for name, value in figures.items():
            limit = f"   budget {budget[name]}" if name in budget else ""
            over = "  over" if name in budget and value > budget[name] else ""
            print(f"  {name:<14}{value:>10.4g}{limit}{over}")


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--runs", type=int, default=10_000)
    parser.add_argument("--metrics", type=int, default=10)
    parser.add_argument("--steps", type=int, default=50)
    parser.add_argument("--pages", type=int, default=5_000, help="runs with a page of their own")
    parser.add_argument("--site", type=Path, help="a site of generated runs that is built already")
    parser.add_argument("--json", action="store_true", help="print the figures as JSON")
    given = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        site = given.site or Path(folder) / "site"
        if given.site is None:
            generate(Path(folder) / "runs", given.runs, metrics=given.metrics, steps=given.steps)
            config = Path(folder) / "runfolio.toml"
            config.write_text(f"[site]\nmax_run_pages = {given.pages}\n", encoding="utf-8")
            api.build(out=site, config=config, use_cache=False)
        with served(site.parent) as address:
            found = measure(site, f"{address}/{site.name}")
    if given.json:
        print(json.dumps(found, indent=1))
    else:
        show(found)
    return 0


if __name__ == "__main__":
    sys.exit(main())
