"""Everything can be done from the keyboard, and the place of the keyboard can be seen."""

from __future__ import annotations

from browsing import KINDS, Open
from playwright.sync_api import Page

FOCUSED = "document.activeElement"


def focused(page: Page, expression: str) -> object:
    return page.evaluate(f"() => {{ const node = {FOCUSED}; return {expression}; }}")


def test_the_skip_link_comes_first_and_works(visit: Open) -> None:
    page = visit(KINDS["experiment"])
    page.keyboard.press("Tab")
    link = page.locator("a.skip")
    assert focused(page, "node.className") == "skip"
    box = link.bounding_box()
    assert box is not None and box["x"] >= 0
    page.keyboard.press("Enter")
    page.keyboard.press("Tab")
    assert focused(page, "Boolean(node.closest('main'))") is True


def test_tab_reaches_every_control_of_the_runs_table_and_shows_where_it_is(visit: Open) -> None:
    page = visit(KINDS["experiment"])
    reached: list[str] = []
    page.locator("[data-chart-controls] input").focus()
    for _ in range(60):
        page.keyboard.press("Tab")
        name, outline, above = page.evaluate(
            """() => {
                const node = document.activeElement, style = getComputedStyle(node);
                const hidden = node.getBoundingClientRect().top < document.querySelector(".bar").getBoundingClientRect().bottom - 1;
                return [node.matches("[data-filter]") ? "filter" : node.matches(".sort-button") ? "sort" : node.matches("[data-select]") ? "select" : node.matches("[data-columns] summary") ? "columns"
                    : node.matches("[data-export] summary") ? "export" : node.matches("svg") ? "chart" : node.matches("[data-action=explore]") ? "explore" : "", style.outlineStyle, hidden];
            }"""
        )
        reached.append(name)
        assert outline != "none", "the focus can be seen"
        assert not above, "the focus is never under the bar"
        if name == "select":
            break
    assert {"chart", "explore", "filter", "columns", "export", "sort", "select"} <= set(reached)


def test_single_keys(visit: Open) -> None:
    page = visit(KINDS["experiment"])
    page.keyboard.press("/")
    page.locator("dialog[data-search] input:focus").wait_for()
    page.keyboard.press("Escape")
    page.wait_for_function("() => !document.querySelector('dialog[open]')")
    page.keyboard.press("?")
    keys = page.get_by_role("dialog", name="Keys")
    assert "next, previous row" in keys.inner_text()
    page.keyboard.press("Escape")
    assert not keys.is_visible()
    page.locator("[data-runs] tr[data-run] a").first.focus()
    page.keyboard.press("x")
    page.keyboard.press("j")
    page.keyboard.press("j")
    page.keyboard.press("k")
    page.keyboard.press("x")
    chosen = page.locator("tr[data-run] [data-select]:checked")
    assert chosen.count() == 2
    assert page.locator("tr[data-run]").nth(1).locator("[data-select]").is_checked()
    page.keyboard.press("c")
    page.wait_for_url("**/compare.html#*")


def test_keys_wait_for_the_script_they_need(visit: Open) -> None:
    page = visit(KINDS["experiment"], over="http")
    # No part of the scripts is there before a reader reaches for it: here it comes late.
    page.route("**/assets/*.js", lambda route: (page.wait_for_timeout(300), route.continue_()))
    rows = page.locator("[data-runs] tr[data-run] a")
    rows.first.focus()
    for key in ("x", "j", "x", "c"):
        page.keyboard.press(key)
    page.wait_for_url("**/compare.html#*")
    assert page.url.count("seed") >= 2


def test_keys_are_only_letters_while_typing(visit: Open) -> None:
    page = visit(KINDS["experiment"])
    box = page.locator("[data-filter]")
    box.press_sequentially("xjc/?")
    assert box.input_value() == "xjc/?"
    assert page.locator("dialog[open]").count() == 0


def test_go_to_and_next_run(visit: Open) -> None:
    page = visit(KINDS["run"])
    before = page.url
    page.keyboard.press("]")
    page.wait_for_url(lambda url: url != before and "/runs/" in url)
    page.keyboard.press("g")
    page.keyboard.press("o")
    page.wait_for_url("**/index.html*")
    page.keyboard.press("g")
    page.keyboard.press("a")
    page.wait_for_url("**/audit.html*")


def test_arrows_move_the_crosshair(visit: Open) -> None:
    page = visit(KINDS["run"])
    figure = page.locator("figure[data-chart]").first
    figure.locator("svg[data-plot]").focus()
    page.keyboard.press("ArrowRight")
    readout = figure.locator("[data-readout]")
    page.wait_for_function("() => document.querySelector('figure[data-chart] .crosshair')")
    first = readout.inner_text()
    page.keyboard.press("Shift+ArrowRight")
    page.wait_for_function("(text) => document.querySelector('[data-readout]').innerText !== text", arg=first)
    page.keyboard.press("t")
    assert figure.locator("details[data-figure-table]").get_attribute("open") is not None
    page.keyboard.press("e")
    figure.locator(".live-plot").wait_for()


def test_keys_can_be_switched_off(visit: Open) -> None:
    page = visit(KINDS["experiment"])
    page.keyboard.press("?")
    page.get_by_role("checkbox", name="Single-key shortcuts").uncheck()
    page.keyboard.press("Escape")
    page.reload()
    page.keyboard.press("/")
    assert page.locator("dialog[open]").count() == 0
