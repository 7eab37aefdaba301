"""The site works by double click and from a sub-path of a server: no console error, no request outside, all parts at work."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from browsing import KINDS, ROOT, Open, Site
from playwright.sync_api import Locator, Page

from runfolio import api
from runfolio.pages.export_tables import board_table
from runfolio.pages.table_text import csv_text, latex_text, markdown_text

PLACES = ("file", "http")
POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self' "
    "'sha256-47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU='; img-src 'self' data: blob:; "
    "font-src 'self'; base-uri 'none'; form-action 'none'"
)


@pytest.mark.parametrize("over", PLACES)
def test_every_kind_of_page_opens_without_a_complaint(visit: Open, digits: Site, over: str) -> None:
    page = visit("index.html", over=over)
    for path in KINDS.values():
        page.goto(digits.address(path, over))
        assert page.locator("h1").count() == 1
        assert page.title().endswith(" · Handwritten digits")
        assert page.locator("[data-search-open]").is_visible()


def test_every_page_carries_the_strict_policy(visit: Open, digits: Site) -> None:
    page = visit("index.html", scripts=False)
    for path in KINDS.values():
        page.goto(digits.address(path))
        found = page.locator("meta[http-equiv=Content-Security-Policy]").get_attribute("content")
        assert found is not None
        own = {part.split()[0]: set(part.split()[1:]) for part in found.split(";") if part.split()}
        allowed = {part.split()[0]: set(part.split()[1:]) for part in POLICY.split(";")}
        assert own.keys() - {"frame-src"} == allowed.keys()
        assert all(own[name] <= allowed[name] for name in allowed)
        assert own.get("frame-src", set()) <= {"'self'"}


def test_an_injected_script_is_refused(visit: Open) -> None:
    page = visit(KINDS["problems"])
    refused = page.evaluate(
        """() => new Promise((resolve) => {
            document.addEventListener("securitypolicyviolation", (event) => resolve(event.effectiveDirective));
            const script = document.createElement("script");
            script.textContent = "window.stolen = true";
            document.body.append(script);
        })"""
    )
    assert refused.startswith("script-src")
    assert page.evaluate("window.stolen") is None
    visit.faults().clear()  # type: ignore[attr-defined]  # the refusal itself is an error on the console


@pytest.mark.parametrize("over", PLACES)
def test_filter_sort_and_select_lead_to_a_comparison(visit: Open, over: str) -> None:
    page = visit(KINDS["experiment"], over=over)
    rows = page.locator("[data-runs] tbody tr[data-run]:visible")
    assert rows.count() == 70
    page.locator("[data-filter]").fill('model == "kernel" and seed < 2')
    page.wait_for_function("() => document.querySelector('[data-count]').textContent === '4 of 70 runs'")
    assert rows.count() == 4
    page.locator('[data-runs] th[data-column="parameters.seed"] button').click()
    seeds = rows.locator("td:nth-child(8)").all_inner_texts()
    assert seeds == sorted(seeds)
    page.locator("[data-filter]").fill("lr = = 3")
    assert page.locator(".filter-error:visible").inner_text()
    page.locator("[data-filter]").fill("tinyfromer")
    page.get_by_role("button", name="Clear filter").click()
    assert rows.count() == 70
    for index in (0, 1):
        rows.locator("[data-select]").nth(index).check()
    page.locator("[data-selection]").get_by_role("button", name="Compare").click()
    page.wait_for_url("**/compare.html#compare?*")
    page.locator(".compare-table").wait_for()
    assert page.locator(".compare-table thead th").count() == 2
    assert page.locator("figure svg[data-plot]").count() >= 1
    assert page.title().endswith("Handwritten digits")


@pytest.mark.parametrize("over", PLACES)
def test_explore_draws_a_live_chart_that_offers_no_way_out(visit: Open, over: str) -> None:
    page = visit(KINDS["experiment"], over=over)
    assert not any("plotly" in url for url in visit.requests())  # type: ignore[attr-defined]
    figure = page.locator("figure[data-chart]").first
    before = figure.locator("rect.plot").bounding_box()
    figure.get_by_role("button", name="Explore").click()
    live = figure.locator(".live-plot")
    live.locator(".scatterlayer .trace path.js-line").nth(4).wait_for(state="attached")
    assert live.locator("[data-title*=loud], [data-title*=hare], .modebar-btn--logo").count() == 0
    assert page.evaluate("document.querySelector('.live-plot')._context.showSendToCloud") is False
    after = live.locator(".nsewdrag").bounding_box()
    assert before is not None and after is not None
    assert abs(before["width"] - after["width"]) < 8, "Explore changes nothing but abilities"
    assert abs(before["height"] - after["height"]) < 8
    figure.get_by_role("button", name="Picture").click()
    assert figure.locator("svg[data-plot]").is_visible()


@pytest.mark.parametrize("kind", ["home", "run"])
@pytest.mark.parametrize("over", PLACES)
def test_search_leads_to_a_page(visit: Open, over: str, kind: str) -> None:
    page = visit(KINDS[kind], over=over)
    page.get_by_role("button", name="Search").click()
    page.locator("dialog[data-search] input").fill("forest depth 12, seed 3")
    page.locator("dialog[data-search] a").first.click()
    page.wait_for_url("**/runs/forest-depth12-seed3.html*")
    assert "forest depth 12, seed 3" in page.locator("h1").inner_text()


@pytest.mark.parametrize("over", PLACES)
def test_the_theme_switch_lasts(visit: Open, over: str) -> None:
    page = visit(KINDS["run"], over=over)
    paper = page.evaluate("getComputedStyle(document.body).backgroundColor")
    switch = page.locator("[data-theme-switch]")
    for _ in range(2):
        switch.click()
        if page.locator("html").get_attribute("data-theme") == "dark":
            break
    assert page.evaluate("getComputedStyle(document.body).backgroundColor") != paper
    page.reload()
    assert page.locator("html").get_attribute("data-theme") == "dark"


def test_the_crosshair_reads_every_line_and_is_linked(visit: Open) -> None:
    page = visit(KINDS["experiment"])
    first, second = page.locator("figure[data-chart]").nth(0), page.locator("figure[data-chart]").nth(1)
    first.scroll_into_view_if_needed()
    plot = first.locator("rect.plot")
    box = plot.bounding_box()
    assert box is not None
    page.mouse.move(box["x"] + box["width"] / 2, box["y"] + 20)
    page.wait_for_function("() => document.querySelector('figure[data-chart]').chart?.traces")
    page.mouse.move(box["x"] + box["width"] / 2 + 5, box["y"] + 20)
    readout = first.locator("[data-readout]")
    page.wait_for_function("() => document.querySelectorAll('.crosshair').length >= 2")
    for family in ("kernel", "mlp", "forest", "boosting", "softmax"):
        assert family in readout.inner_text()
    place = readout.bounding_box()
    assert place is not None
    is_below = place["y"] >= box["y"] + box["height"] - 1
    is_above = place["y"] + place["height"] <= box["y"] + 1
    is_beside = place["x"] >= box["x"] + box["width"] - 1
    assert is_below or is_above or is_beside, "the read-out never covers the plot"
    assert second.locator(".crosshair").count() == 1


@pytest.mark.parametrize("kind", ["experiment", "run"])
def test_chart_controls_redraw_the_pictures(visit: Open, kind: str) -> None:
    page = visit(KINDS[kind])
    first = page.locator("figure[data-chart]").first
    assert first.locator(".line.raw").count() == 0
    page.locator("[data-control=smoothing]").fill("0.8")
    first.locator(".line.raw").first.wait_for(state="attached")
    assert "s=0.8" in page.url
    page.locator("[data-control=y]").select_option("log")
    assert "y=log" in page.url


def test_a_pictures_files_can_be_taken_away(visit: Open) -> None:
    page = visit(KINDS["experiment"])
    figure = page.locator("figure[data-chart]").first
    figure.get_by_text("Save").click()
    for name, beginning in (
        ("SVG", b"<svg"),
        ("PNG", b"\x89PNG"),
        ("CSV", b"series,"),
        ("Plotly JSON", b"{"),
    ):
        with page.expect_download() as download:
            figure.get_by_role("button", name=name, exact=True).click()
        assert download.value.path().read_bytes().startswith(beginning)
    page.locator("[data-export] summary").click()
    with page.expect_download() as download:
        page.get_by_role("button", name="CSV of this view").click()
    assert len(download.value.path().read_text(encoding="utf-8").splitlines()) == 71


def saved(page: Page, menu: Locator, form: str) -> str:
    menu.locator("summary").focus()
    page.keyboard.press("Enter")
    button = menu.get_by_role("button", name=form, exact=True)
    button.focus()
    with page.expect_download() as download:
        page.keyboard.press("Enter")
    assert menu.get_attribute("open") is None
    return download.value.path().read_bytes().decode("utf-8")


@pytest.mark.parametrize("over", PLACES)
def test_a_leaderboard_is_saved_with_the_keyboard_as_the_command_line_writes_it(
    visit: Open, build_site: Callable[[str, Path], Site], over: str
) -> None:
    project = ROOT / "examples" / "suite"
    site = build_site("suite", project)
    page = visit("experiments/classifiers.html", site=site, over=over)
    menu = page.locator("#leaderboard [data-table-menu]")
    told = board_table(api.leaderboard(config=project / "runfolio.toml"))
    body = latex_text(told).partition("\\begin")[2]
    assert saved(page, menu, "LaTeX").partition("\\begin")[2] == body
    assert saved(page, menu, "CSV") == csv_text(told)
    assert saved(page, menu, "Markdown").partition("\n\n")[2] == markdown_text(told).partition("\n\n")[2]


def test_every_table_in_a_frame_has_a_menu_that_saves_it(visit: Open, digits: Site) -> None:
    page = visit("index.html")
    seen = 0
    for path in KINDS.values():
        page.goto(digits.address(path))
        for menu in page.locator("[data-table-menu]").all()[:3]:
            if menu.is_visible():
                rows = saved(page, menu, "CSV").split("\r\n")
                assert len(rows) > 2 and rows[-1] == "" and rows[0].strip(",")
                seen += 1
    assert seen > 3
    page.goto(digits.address(KINDS["experiment"]))
    page.locator("[data-filter]").fill('model == "softmax"')
    page.locator("#runs [data-export] summary").click()
    with page.expect_download() as download:
        page.locator("#runs").get_by_role("button", name="LaTeX", exact=True).click()
    text = download.value.path().read_text(encoding="utf-8")
    assert text.count(r" \\") == 16 and r"\begin{tabular}" in text
