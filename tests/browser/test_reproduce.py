"""The lines that run a run again can be copied, or taken from a box where the browser refuses."""

from __future__ import annotations

import pytest
from browsing import KINDS, Open


@pytest.mark.parametrize("over", ["file", "http"])
def test_the_lines_are_copied_as_they_stand(visit: Open, over: str) -> None:
    page = visit(KINDS["run"], over=over)
    page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    page.locator("#reproduce summary").click()
    page.locator("#reproduce button").click()
    page.wait_for_function("() => document.querySelector('[data-live]')?.textContent === 'Copied.'")
    shown = page.locator("#reproduce-lines").text_content()
    assert shown is not None and "git checkout" in shown
    assert page.evaluate("navigator.clipboard.readText()") == shown


def test_where_copying_is_refused_all_lines_stand_in_a_box(visit: Open) -> None:
    page = visit(KINDS["run"])
    page.evaluate("() => { navigator.clipboard.writeText = () => Promise.reject(new Error('refused')); }")
    page.locator("#reproduce summary").click()
    page.locator("#reproduce button").click()
    box = page.locator("dialog textarea")
    box.wait_for()
    assert box.input_value() == page.locator("#reproduce-lines").text_content()


def test_without_scripts_there_is_no_button(visit: Open) -> None:
    page = visit(KINDS["run"], scripts=False)
    page.locator("#reproduce summary").click()
    assert page.locator("#reproduce-lines").is_visible()
    assert not page.locator("#reproduce button").is_visible()
