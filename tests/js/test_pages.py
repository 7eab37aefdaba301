from __future__ import annotations

from urllib.parse import unquote


def open_page(page, site, path="experiments/small.html"):
    page.goto(f"{site}/{path}")
    page.wait_for_selector("h1")


def compare(page, site, state):
    page.goto(f"{site}/compare.html{state}")
    page.wait_for_selector(".compare-table")


def test_two_runs_beside_each_other(page, site):
    compare(page, site, "#compare?v=1&r=small-0,small-3&m=val/acc")
    assert page.locator("h1").inner_text().startswith("2 runs: 3 of 4 settings differ; ")
    assert page.locator("[data-compare-default]").is_hidden()
    names = page.locator(".compare-table tbody").nth(0).locator("tr:not(:first-child) th").all_inner_texts()
    assert names == ["lr", "model", "seed"]
    accuracy = page.locator(".compare-table tr", has_text="val/acc").locator("td").all_inner_texts()
    assert accuracy == ["0.9000", "0.9030 (+0.0030) best"]
    page.wait_for_selector("figure[data-chart] .end-label >> nth=0", state="visible")
    assert page.locator("label:has-text('Curves') select").input_value() == "difference"
    page.get_by_label("Only differences").uncheck()
    page.wait_for_selector(".compare-table th:text-is('epochs')")
    assert "diff=0" in page.url
    assert page.locator("img").count() == 0 and page.evaluate("window.hacked") is None


def test_the_base_can_change_and_items_can_go_and_come(page, site, until):
    compare(page, site, "#compare?v=1&r=small-0,small-1,small-2")
    page.get_by_role("button", name="Compare with small-run-2").click()
    until("location.hash.includes('base=small-2')")
    page.wait_for_selector("tr:has-text('val/acc') td:nth-child(2):has-text('(−0.0020)')")
    page.get_by_role("button", name="Remove small-run-0").click()
    until("document.querySelector('h1').textContent.startsWith('2 runs')")
    page.get_by_label("Add a run").fill("small-run-11")
    page.get_by_role("button", name="Add small-run-11").click()
    until("document.querySelector('h1').textContent.startsWith('3 runs')")
    assert "r=small-1,small-2,small-11" in unquote(page.url)
    page.go_back()
    until("document.querySelector('h1').textContent.startsWith('2 runs')")


def test_curves_lie_over_each_other_apart_or_as_differences(page, site, until):
    compare(page, site, "#compare?v=1&r=small-0,small-1,small-2")
    select = page.locator("label:has-text('Curves') select")
    page.wait_for_selector("#fig-compare .end-label >> nth=0", state="visible")
    assert select.input_value() == "overlay" and page.locator("#fig-compare path.line").count() == 3
    select.select_option("multiples")
    until("document.querySelectorAll('.compare-curves figure').length === 3")
    select.select_option("difference")
    until("document.querySelectorAll('#fig-compare path.line').length === 3")
    page.locator("#fig-compare svg").focus()
    page.keyboard.press("ArrowRight")
    page.wait_for_selector(".readout li:visible")
    assert "small-run-2" in page.locator(".readout li").first.inner_text()


def test_groups_carry_verdicts_and_never_a_best(page, site):
    compare(page, site, "#compare?v=1&g=small/a,small/b")
    cells = page.locator(".compare-table tr", has_text="val/acc").locator("td").all_inner_texts()
    assert cells == ["0.9020 n=5", "0.9220 n=5 (+0.0200) better"]
    page.wait_for_selector("#fig-compare path.band", state="visible")


def test_links_to_what_is_gone_say_so(page, site, until):
    compare(page, site, "#compare?v=1&r=small-0,gone-1,small-1,gone-2,small-2")
    assert page.locator(".notice").inner_text() == "2 of the 5 runs in this link are not in this build."
    compare(page, site, "#compare?v=1&r=" + ",".join(f"small-{i}" for i in range(10)))
    assert "at most 8; the last 2" in page.locator(".notice").inner_text()
    page.goto(f"{site}/compare.html#compare?v=1&r=__proto__,gone")
    until("document.querySelector('.notice').textContent.startsWith('2 of the 2 runs')")
    page.wait_for_selector("[data-compare-default]:visible")


def test_keys_work_outside_inputs_and_can_be_switched_off(page, site, until):
    open_page(page, site)
    page.wait_for_selector("[data-theme-switch]:visible")
    page.keyboard.press("j")
    page.keyboard.press("j")
    page.keyboard.press("x")
    until("document.querySelectorAll('tr[data-group].is-selected').length === 1")
    assert page.locator("[data-group-selection]").inner_text().startswith("1 selected")
    page.focus("[data-filter]")
    page.keyboard.type("j?x")
    assert page.input_value("[data-filter]") == "j?x" and page.locator("dialog[open]").count() == 0
    page.keyboard.press("Escape")
    page.locator("h1").click()
    page.keyboard.press("?")
    page.wait_for_selector("dialog[open]")
    page.get_by_label("Single-key shortcuts").uncheck()
    page.keyboard.press("Escape")
    page.keyboard.press("/")
    page.wait_for_timeout(100)
    assert page.locator("dialog[open]").count() == 0
    page.click("[data-keys-open]")
    page.get_by_label("Single-key shortcuts").check()
    page.keyboard.press("Escape")
    page.keyboard.press("g")
    page.keyboard.press("c")
    page.wait_for_url("**/compare.html")


def test_search_finds_and_goes(page, site, until):
    open_page(page, site)
    page.wait_for_selector("[data-theme-switch]:visible")
    page.keyboard.press("/")
    page.wait_for_selector("dialog[data-search][open]")
    page.keyboard.type("run")
    until("document.querySelectorAll('.search-results a').length === 3")
    titles = page.locator(".search-title").all_inner_texts()
    assert titles[0] == "runner"
    page.keyboard.press("ArrowDown")
    page.keyboard.press("ArrowDown")
    assert page.evaluate("document.activeElement.textContent").startswith("run a run")
    page.keyboard.press("Enter")
    page.wait_for_url("**/experiments/small.html#3")
    page.keyboard.press("/")
    page.keyboard.type("<img")
    until("document.querySelectorAll('.search-results a').length === 1")
    assert page.locator("img").count() == 0


def test_the_theme_goes_round_and_stays(page, site):
    open_page(page, site)
    switch = page.locator("[data-theme-switch]")
    seen = []
    for _ in range(3):
        switch.click()
        seen.append((switch.inner_text(), page.evaluate("document.documentElement.dataset.theme ?? null")))
    assert seen == [("Theme: light", "light"), ("Theme: dark", "dark"), ("Theme: auto", None)]
    switch.click()
    page.reload()
    assert page.evaluate("document.documentElement.dataset.theme") == "light"


def test_small_targets_are_at_least_24_px(page, site):
    compare(page, site, "#compare?v=1&r=small-0,small-1")
    open_page(page, site)
    page.fill("[data-filter]", "seed == 1")
    page.wait_for_selector(".chip")
    heights = page.evaluate(
        "[...document.querySelectorAll('#runs .sort-button')].filter((b) => b.offsetParent).map((b) => b.getBoundingClientRect().height)"
    )
    assert min(heights) >= 24


def test_hashes_of_shipped_data_are_checked(page, site, until, tmp_path):
    import hashlib
    import json
    from pathlib import Path
    from urllib.request import url2pathname

    folder = Path(url2pathname(site.removeprefix("file://")))
    sums = {f"data/{p.name}": hashlib.sha256(p.read_bytes()).hexdigest() for p in folder.glob("data/s*.js")}
    sums["series/small-0.0.js"] = "0" * 64
    (folder / "data/checksums.js").write_text(
        f'runfolio.register("checksums",{json.dumps(json.dumps(sums))});\n'
    )
    text = (folder / "compare.html").read_text(encoding="utf-8")
    markup = '<section data-verify data-checksums="data/checksums.js"><button data-verify-all data-needs-script hidden>Verify</button><output data-verify-result></output></section>'
    (folder / "audit.html").write_text(
        text.replace("<div data-compare>", markup + "<div>").replace("data-compare-sources", "data-x")
    )
    open_page(page, site, "audit.html")
    page.click("[data-verify-all]")
    until("document.querySelector('[data-verify-result]').textContent.includes('match')")
    assert (
        page.locator("[data-verify-result]").inner_text()
        == "2 of 3 match. Not: series/small-0.0.js (differ)."
    )


def test_one_file_with_all_scripts_does_the_same(page, site_in_one, until):
    open_page(page, site_in_one, "experiments/small.html#runs?v=1&q=seed+%3D%3D+1")
    until("document.querySelector('[data-count]').textContent === '5 of 24 runs'")
    page.locator("#fig-m0 svg").focus()
    page.keyboard.press("ArrowRight")
    page.wait_for_selector("#fig-m0 .readout li:visible")
    compare(page, site_in_one, "#compare?v=1&r=small-0,small-3")
    page.wait_for_selector("#fig-compare .end-label >> nth=0", state="visible")


def test_metrics_of_further_scripts_are_compared_when_asked_for(page, site):
    compare(page, site, "#compare?v=1&e=big&r=big-0,big-1&m=grad")
    labels = page.locator(".compare-table tbody th[scope=row]")
    assert "grad" in labels.all_inner_texts(), "the metric of the link is there"
    page.goto("about:blank")
    compare(page, site, "#compare?v=1&e=big&r=big-0,big-1")
    assert "grad" not in labels.all_inner_texts()
    assert (
        page.locator(".compare-table thead a").nth(1).get_attribute("href") == "run.html#?v=1&e=big&r=big-1"
    )
    page.get_by_role("button", name="Show 1 more metric").click()
    page.wait_for_selector(".compare-table th:text-is('grad')")
    assert page.get_by_role("button", name="Show 1 more metric").count() == 0
    assert "all=1" in page.evaluate("location.hash")
