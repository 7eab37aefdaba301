"""Sites of unusual and of hostile runs: they open without a complaint, nothing of a run ever runs, and they read sensibly."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from browsing import CASES, Open, Site
from test_accessibility import violations

SMALL = sorted(path.name for path in CASES.iterdir() if path.is_dir() and path.name != "hostile")


def pages_of(site: Site) -> list[str]:
    return sorted(
        path.relative_to(site.folder).as_posix()
        for path in site.folder.rglob("*.html")
        if "artifacts/" not in path.relative_to(site.folder).as_posix()
    )


@pytest.mark.parametrize("name", SMALL)
def test_a_small_site_opens_on_every_page(visit: Open, case: Callable[[str], Site], name: str) -> None:
    site = case(name)
    page = visit("index.html", site=site, width=390)
    for path in pages_of(site):
        page.goto(site.address(path))
        assert page.locator("h1").inner_text().strip()
        assert page.evaluate("document.documentElement.scrollWidth") <= 390
        text = (
            page.locator("body").inner_text() if path != "methods.html" else ""
        )  # it explains what NaN does
        assert not [word for word in ("nan", "None", "undefined", "NaN", "[object") if word in text.split()]


def test_one_run_is_told_as_one_run(visit: Open, case: Callable[[str], Site]) -> None:
    page = visit("experiments/mnist.html", site=case("single-run"))
    assert "0.94" in page.locator("h1").inner_text()
    assert page.locator("figure svg[data-plot]").count() == 2
    assert page.locator("[data-count]").inner_text() == "1 run"
    page.locator("[data-filter]").fill("lr > 1")
    page.get_by_role("button", name="Clear filter").click()
    assert page.locator("[data-count]").inner_text() == "1 run"


def test_one_step_draws_no_curve(visit: Open, case: Callable[[str], Site]) -> None:
    page = visit("experiments/eval.html", site=case("one-step"))
    assert page.locator("figure svg[data-plot]").count() == 0
    assert "may be noise" in page.locator("h1").inner_text()


def test_runs_without_values_are_listed(visit: Open, case: Callable[[str], Site]) -> None:
    for name, path, words in (
        ("zero-steps", "experiments/empty.html", "2 of 2 runs failed; no result yet"),
        ("no-metrics", "experiments/configs.html", "2 runs; no metric was logged"),
    ):
        page = visit(path, site=case(name))
        assert page.locator("h1").inner_text() == words
        assert page.locator("tr[data-run]").count() == 2


def test_two_experiments_have_their_own_verdicts(visit: Open, case: Callable[[str], Site]) -> None:
    page = visit("index.html", site=case("two-experiments"))
    assert page.locator(".card").count() == 2
    for verdict in page.locator(".card-verdict").all_inner_texts():
        assert "beats" in verdict
    page.locator(".card a").first.click()
    page.get_by_role("link", name="Compare").click()
    assert page.locator("[data-compare-default]").count() == 2


def test_many_metrics_stay_light_and_can_be_found(visit: Open, case: Callable[[str], Site]) -> None:
    page = visit("experiments/probe.html", site=case("many-metrics"))
    assert page.locator("figure svg[data-plot]:visible").count() <= 8
    page.locator("[data-columns] summary").click()
    page.locator("[data-columns] input[type=search]").fill("layer9/min")
    box = page.locator("[data-columns] input[type=checkbox]:visible")
    box.first.check()
    assert page.locator("[data-runs] th[data-column='metrics.layer9/min']").count() == 1


# ── hostile ──────────────────────────────────────────────────────────────────────────────────────────────────────────


@pytest.fixture(scope="module")
def hostile(case: Callable[[str], Site]) -> Site:
    return case("hostile")


def test_names_are_text_on_every_page(visit: Open, hostile: Site) -> None:
    page = visit("index.html", site=hostile)
    for path in pages_of(hostile):
        page.goto(hostile.address(path))
        assert page.evaluate("window.hacked") is None
        assert page.locator("main img[src=x], main b:text-is('bold')").count() == 0
        assert page.locator("a[href^='javascript:' i]").count() == 0
        assert page.title() != "hacked"
        for width in (390, 1280):
            page.set_viewport_size({"width": width, "height": 900})
            assert page.evaluate("document.documentElement.scrollWidth") <= width, path


def test_hostile_names_are_shown_as_they_are(visit: Open, hostile: Site) -> None:
    page = visit("experiments/exp.html", site=hostile)
    names = page.locator("tr[data-run] th a").all_inner_texts()
    for name in (
        "<script>window.hacked=1;alert(1)</script>",
        "{{ 7*7 }}{% raw %}",
        "javascript:alert(1)",
        "--",
    ):
        assert any(name[:16] in shown for shown in names)
    assert all(len(name) <= 60 for name in names)
    assert not any("\u202e" in name for name in names)


def test_hostile_runs_can_be_filtered_compared_and_searched(visit: Open, hostile: Site) -> None:
    page = visit("experiments/exp.html", site=hostile)
    page.locator("[data-filter]").fill("params.__proto__ > 3")
    page.wait_for_function("() => document.querySelectorAll('tr[data-run]:not([hidden])').length < 15")
    assert page.locator("tr[data-run]:visible").count() == 7
    page.locator("[data-filter]").fill("<script>")
    page.locator("[data-columns] summary").click()
    for box in page.locator("[data-columns] input[type=checkbox]").all()[:12]:
        box.check()
    page.locator("[data-filter]").fill("")
    page.locator("select[data-baseline]").select_option(index=2)
    for at in (0, 1, 2):
        page.locator("tr[data-run]:visible [data-select]").nth(at).check()
    page.locator("[data-selection]").get_by_role("button", name="Compare").click()
    page.locator(".compare-table").wait_for()
    page.locator("figure svg[data-plot]").first.wait_for()
    page.get_by_role("button", name="Search").click()
    page.locator("dialog[data-search] input").fill("img")
    page.locator("dialog[data-search] a").first.wait_for()
    assert page.evaluate("window.hacked") is None
    assert page.evaluate("document.documentElement.scrollWidth") <= 1280


def test_hostile_charts_explore_and_export(visit: Open, hostile: Site) -> None:
    page = visit("runs/h1.html", site=hostile)
    for figure in page.locator("figure[data-chart]").all()[:3]:
        figure.get_by_role("button", name="Explore").click()
        figure.locator(".live-plot .main-svg").first.wait_for()
    page.mouse.move(300, 500)
    page.wait_for_timeout(200)
    assert page.evaluate("window.hacked") is None


def test_artifacts_stay_in_their_place(visit: Open, hostile: Site) -> None:
    page = visit("runs/artifacts.html", site=hostile)
    frame = page.locator("iframe").first
    assert frame.get_attribute("sandbox") == "allow-scripts"
    frame.scroll_into_view_if_needed()
    assert page.locator("#artifacts img").count() == 1
    assert page.locator("#artifacts pre").first.inner_text().startswith("<script>window.hacked")
    assert "../../up" not in page.locator("#artifacts").inner_text()
    assert page.locator("a", has_text="click").count() == 0
    shown = page.get_by_role("button", name="Show the figure")
    shown.click()
    page.locator(".live-plot .main-svg").first.wait_for()
    page.wait_for_timeout(300)
    assert page.evaluate("window.hacked") is None
    assert page.title() != "hacked"
    refused = visit.faults(hostile)  # type: ignore[attr-defined]
    assert all("example.invalid" in fault for fault in refused), (
        "the policy refuses the figure's picture from elsewhere"
    )
    refused.clear()


def test_every_broken_input_is_named(visit: Open, hostile: Site) -> None:
    text = visit("problems.html", site=hostile).locator("main").inner_text()
    for slug in ("broken-run-file", "path-outside", "newer-schema", "duplicate-run-id"):
        assert slug in text
    assert visit("runs/case.html", site=hostile).locator("h1").count() == 1


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_strengths_of_an_arena_are_a_table_for_everybody(
    visit: Open, case: Callable[[str], Site], scheme: str
) -> None:
    page = visit("experiments/league.html", site=case("arena"), over="http", scheme=scheme, bypass_csp=True)
    assert violations(page) == []
    rows = page.locator("table.arena tbody tr")
    assert rows.count() == 7 and rows.first.locator("svg.strip circle").count() == 1
    page.locator("table.arena th", has_text="Won").get_by_role("button").click()
    values = [text.strip() for text in rows.locator("td:nth-child(5)").all_inner_texts()]
    assert sorted(values, key=int) in (values, values[::-1])
