"""axe finds nothing on any kind of page, light and dark, desktop and phone."""

from __future__ import annotations

import json
from pathlib import Path

import axe_playwright_python
import pytest
from browsing import KINDS, Open
from playwright.sync_api import Page

AXE = (Path(axe_playwright_python.__file__).parent / "axe.min.js").read_text(encoding="utf-8")


def violations(page: Page) -> list[str]:
    """One line a violation: rule, element, what is wrong."""
    page.evaluate(AXE)
    found = page.evaluate("axe.run(document, {resultTypes: ['violations']}).then((r) => r.violations)")
    return [
        f"{rule['id']}: {node['html'][:160]} {json.dumps([check['message'] for check in node['any'] + node['all']])}"
        for rule in found
        for node in rule["nodes"]
    ]


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize(("scheme", "width"), [("light", 1280), ("dark", 390)])
def test_axe_finds_no_violation(visit: Open, kind: str, scheme: str, width: int) -> None:
    page = visit(KINDS[kind], scheme=scheme, width=width, over="http", bypass_csp=True)
    page.wait_for_timeout(100)
    assert violations(page) == []


@pytest.mark.parametrize("kind", ["experiment", "diverged run"])
@pytest.mark.parametrize(("scheme", "width"), [("light", 390), ("dark", 1280)])
def test_axe_finds_no_violation_the_other_way_round(visit: Open, kind: str, scheme: str, width: int) -> None:
    page = visit(KINDS[kind], scheme=scheme, width=width, over="http", bypass_csp=True)
    assert violations(page) == []


def test_axe_finds_no_violation_in_what_scripts_open(visit: Open) -> None:
    """A live chart, selected rows, a filter in use, the search and the list of keys."""
    page = visit(KINDS["experiment"], over="http", bypass_csp=True)
    page.locator("[data-filter]").fill('model == "kernel"')
    page.locator("tr[data-run]:not([hidden]) [data-select]").nth(0).check()
    page.locator("figure [data-action=explore]").first.click()
    page.locator(".live-plot .main-svg").first.wait_for()
    page.locator("details.menu[data-columns] summary").click()
    assert violations(page) == []
    page.keyboard.press("Escape")
    page.evaluate("document.activeElement.blur()")
    page.keyboard.press("/")
    page.locator("dialog[data-search] input").fill("kernel")
    page.locator("dialog[data-search] a").first.wait_for()
    assert violations(page) == []
    page.keyboard.press("Escape")  # empties the box
    page.keyboard.press("Escape")  # closes the overlay
    page.evaluate("document.activeElement.blur()")
    page.keyboard.press("?")
    page.get_by_role("dialog", name="Keys").wait_for()
    assert violations(page) == []
