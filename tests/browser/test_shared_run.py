"""run.html shows the runs that have no page of their own: from disk and from a server, on a phone, and what it says when it cannot."""

from __future__ import annotations

import re
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest
from browsing import CASES, Open, Site
from playwright.sync_api import Page
from test_accessibility import violations

SHARED = "run.html#?v=1&e=sweep&r=gated-0.1-0"
OWN = "run.html#?v=1&e=sweep&r=gated-0.1-2"


@pytest.fixture
def site(case: Callable[[str], Site]) -> Site:
    return case("shared-runs")


def shown(page: Page) -> Page:
    page.locator("[data-run-view]:visible").wait_for()
    return page


@pytest.mark.parametrize("over", ["file", "http"])
def test_any_run_is_shown_from_the_sites_data(visit: Open, site: Site, over: str) -> None:
    page = shown(visit(SHARED, site=site, over=over))
    assert (
        page.locator("h1").inner_text()
        == "gated at 0.1, seed 0: val/acc 0.866, 0.161 above the baseline's mean"
    )
    assert page.title() == f"{page.locator('h1').inner_text()} · Shared runs"
    assert page.locator(".lead").inner_text() == "One of 3 runs of gated, lr 0.1."
    assert page.locator("#differences tbody tr").all_inner_texts() == ["model\tplain\tgated"]
    assert page.locator("#settings dd").all_inner_texts() == ["gated", "0.1", "0"]
    rows = page.locator("#metrics tbody tr").all_inner_texts()
    assert [row.split("\t") for row in rows] == [
        ["loss", "0.409", "0.409", "50", "1.601", "0"],
        ["val/acc", "0.866", "0.347", "0", "0.866", "50"],
    ]
    assert page.locator("figure svg[data-plot]").count() == 2
    assert page.locator("#curves figcaption").first.inner_text() == (
        "This run, 2 replicates in grey, the baseline's mean dashed."
    )
    ends = page.locator("#fig-m0 .end-label").all_text_contents()
    assert [text for text in ends if text.startswith("this run 0.866")]
    assert page.locator("[data-run-notice]").is_hidden()


def test_the_numbers_are_those_of_the_runs_own_page(visit: Open, site: Site) -> None:
    page = shown(visit(OWN, site=site))
    here = [page.locator(where).all_inner_texts() for where in ("h1", ".lead", "#settings dd", "#metrics td")]
    page.get_by_role("link", name="This run has a page of its own").click()
    page.wait_for_url("**/runs/gated-0.1-2.html")
    there = [page.locator(where).all_inner_texts() for where in ("h1", ".lead", "#settings dd")]
    cells = [
        page.locator(f"#metrics tr td:nth-child({place})").all_inner_texts() for place in (3, 4, 5, 6, 7)
    ]
    assert here[:3] == there
    assert sorted(here[3]) == sorted(text for column in cells for text in column)


def test_links_lead_to_the_own_page_or_to_the_shared_one(visit: Open, site: Site) -> None:
    page = visit("experiments/sweep.html", site=site)
    links = page.locator("#runs tbody th a")
    hrefs = [links.nth(i).get_attribute("href") or "" for i in range(links.count())]
    assert sorted(href for href in hrefs if href.startswith("../runs/")) == [
        f"../runs/{name}.html" for name in ("gated-0.1-2", "plain-0.1-0", "plain-0.1-1")
    ]
    assert sum(href.startswith("../run.html#?v=1&e=sweep&r=") for href in hrefs) == 6
    page.locator("#runs tbody th a", has_text="gated at 0.01, seed 2").click()
    assert shown(page).locator("h1").inner_text() == "gated at 0.01, seed 2 diverged"
    page.get_by_role("link", name="‹ previous").click()
    page.locator("h1", has_text="gated at 0.01, seed 1").wait_for()
    page.keyboard.press("[")
    page.locator("h1", has_text="gated at 0.01, seed 0").wait_for()
    page.get_by_role("button", name="Search").click()
    page.locator("dialog[data-search] input").fill("plain at 0.1, seed 2")
    page.locator("dialog[data-search] a").first.click()
    page.locator("h1", has_text="plain at 0.1, seed 2: val/acc").wait_for()


def test_compared_runs_lead_to_the_shared_page(visit: Open, site: Site) -> None:
    page = visit("compare.html#compare?v=1&e=sweep&r=gated-0.1-0,gated-0.1-2", site=site)
    heads = page.locator(".compare-table thead a")
    heads.first.wait_for()
    assert [heads.nth(i).get_attribute("href") for i in (0, 1)] == [SHARED, "runs/gated-0.1-2.html"]


@pytest.mark.parametrize(
    ("address", "words"),
    [
        ("run.html#?v=1&e=sweep&r=gated-0.1-9", "The run gated-0.1-9 is not in this build of sweep. Nearest: gated at 0.1, seed 0,"),
        ("run.html#?v=1&e=sweep&r=%3Cb%3Ezzz", "The run <b>zzz is not in this build of sweep."),
        ("run.html#?v=1&e=gone&r=gated-0.1-0", "The experiment gone is not in this build."),
        ("run.html", "The address names no run: choose one in a table of runs."),
    ],
)  # fmt: skip
def test_a_stale_address_is_named(visit: Open, site: Site, address: str, words: str) -> None:
    page = visit(address, site=site)
    page.locator("[data-run-notice]:visible").wait_for()
    assert page.locator("[data-run-notice]").inner_text().startswith(words)
    assert page.locator("h1").inner_text() == "One run of many"
    assert page.get_by_role("link", name="sweep", exact=True).last.is_visible()


def test_the_nearest_run_can_be_opened(visit: Open, site: Site) -> None:
    page = visit("run.html#?v=1&e=sweep&r=gated-0.1-9", site=site)
    page.locator("[data-run-notice] a").first.click()
    assert shown(page).locator("h1").inner_text().startswith("gated at 0.1, seed 0")
    page.go_back()
    page.locator("[data-run-standing]:visible").wait_for()


def test_without_scripts_the_page_says_what_it_needs(visit: Open, site: Site) -> None:
    page = visit(SHARED, site=site, scripts=False)
    text = page.locator("main").inner_text()
    assert "Showing a run here needs scripts." in text
    page.get_by_role("link", name="data/runs.csv").wait_for()
    assert page.get_by_role("link", name="sweep", exact=True).last.is_visible()


@pytest.mark.parametrize(
    ("scheme", "width"), [("light", 1280), ("dark", 390), ("dark", 1280), ("light", 390)]
)
@pytest.mark.parametrize("address", [SHARED, OWN, "run.html#?v=1&e=sweep&r=gone"])
def test_axe_finds_no_violation(visit: Open, site: Site, address: str, scheme: str, width: int) -> None:
    page = visit(address, site=site, scheme=scheme, width=width, over="http", bypass_csp=True)
    page.locator("[data-run-view]:visible, [data-run-notice]:visible").first.wait_for()
    page.locator("[data-run-standing]" if "gone" in address else "figure svg[data-plot]").first.wait_for()
    assert violations(page) == []
    assert page.evaluate("document.documentElement.scrollWidth") <= width


def test_a_series_that_is_gone_costs_the_curves_only(visit: Open, site: Site, tmp_path: Path) -> None:
    copy = Site(tmp_path / "copy", site.http)
    shutil.copytree(site.folder, copy.folder)
    (gone,) = (copy.folder / "series").glob("gated-0.1-0.*.js")
    gone.unlink()
    page = shown(visit(SHARED, site=copy))
    assert "could not be loaded. The curves need it" in page.locator("[data-run-notice]").inner_text()
    assert page.locator("#metrics tbody tr").all_inner_texts() == ["loss\t0.409", "val/acc\t0.866"]
    assert page.locator("#curves").is_hidden()
    visit.faults(copy).clear()  # type: ignore[attr-defined]


def test_hostile_runs_are_text_on_the_shared_page(
    visit: Open, build_site: Callable[[str, Path], Site], tmp_path: Path
) -> None:
    shutil.copytree(CASES / "hostile" / "runs", tmp_path / "runs")
    for file in (tmp_path / "runs").rglob("run.json"):
        # A value of 10,000 equal letters takes seconds to search for secrets, and is cut on pages anyhow.
        file.write_bytes(re.sub(rb"(\w)\1{500,}", rb"\1" * 500, file.read_bytes()))
    (tmp_path / "runfolio.toml").write_text("[site]\nmax_run_pages = 1\n")
    site = build_site("hostile-shared", tmp_path)
    page = visit("experiments/exp.html", site=site, width=390)
    links = page.locator("#runs tbody th a")
    hrefs = [links.nth(place).get_attribute("href") or "" for place in range(links.count())]
    shared = [href.removeprefix("../") for href in hrefs if "run.html" in href]
    assert len(shared) > 10
    page.goto(site.address(shared[0]))
    shown(page)
    turn = "(hash) => { document.querySelector('[data-run-side]').replaceChildren(); location.hash = hash; }"
    for address in [*shared[1:], shared[0]]:
        page.evaluate(turn, address.partition("#")[2])
        page.locator("[data-run-side] #about").wait_for()
        assert page.locator("h1").inner_text().strip()
        assert page.evaluate("window.hacked") is None
        assert page.locator("main img, main script:not([type])").count() == 0
        assert page.evaluate("document.documentElement.scrollWidth") <= 390, address
        text = page.locator("main").inner_text().split()
        assert not [word for word in ("undefined", "NaN", "[object") if word in text], address
