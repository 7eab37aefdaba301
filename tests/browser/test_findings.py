"""Findings in a browser: numbers show where they come from with and without scripts, sections become slides, questions wait."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from browsing import KINDS, Open, Site
from playwright.sync_api import expect
from test_accessibility import violations

FAR = "findings/a-learning-rate-too-far.html"


def test_a_number_shows_where_it_comes_from_without_scripts(visit: Open) -> None:
    page = visit(KINDS["finding"], scripts=False)
    page.get_by_role("button", name="97.74%").click()
    box = page.locator(".provenance:popover-open")
    expect(box).to_contain_text("Highest mean Validation accuracy, %: kernel, lr 3, gamma 0.3")
    expect(box).to_contain_text("95% t interval")
    expect(box).to_contain_text("It is the best of 14 configurations")
    place = box.bounding_box()
    assert place is not None and place["x"] >= 0 and place["x"] + place["width"] <= 1280
    box.get_by_role("link", name="kernel gamma 0.3 lr 3, seed 0").click()
    expect(page.locator("h1")).to_contain_text("seed 0")


def test_pointing_at_a_number_shows_it_and_lights_up_its_rows(visit: Open) -> None:
    page = visit(FAR)
    number = page.get_by_role("button", name="97.56%")
    number.hover()
    expect(page.locator(".provenance:popover-open")).to_contain_text("Mean of 5 runs")
    expect(page.locator("path.line.is-lit")).to_have_count(1)
    page.locator("h1").hover()
    expect(page.locator(".provenance:popover-open")).to_have_count(0)
    expect(page.locator(".is-lit")).to_have_count(0)
    page.get_by_role("button", name="4", exact=True).hover()
    expect(page.locator("tr.is-lit")).to_have_count(4)


def test_the_keyboard_reaches_every_number(visit: Open) -> None:
    page = visit(KINDS["finding"])
    page.keyboard.press("Tab")
    page.get_by_role("button", name="14", exact=True).focus()
    expect(page.locator(".provenance:popover-open")).to_contain_text("Number of configurations")
    page.keyboard.press("Tab")
    expect(page.locator(".provenance:popover-open")).to_contain_text("kernel, lr 3, gamma 0.3")
    page.keyboard.press("Enter")
    expect(page.locator(".provenance:popover-open")).to_have_count(1)  # a press keeps it open
    page.keyboard.press("Tab")
    expect(page.locator(".provenance:popover-open a:focus")).to_have_count(1)
    page.keyboard.press("Escape")
    expect(page.locator(".provenance:popover-open")).to_have_count(0)
    expect(page.get_by_role("button", name="kernel, lr 3, gamma 0.3")).to_be_focused()


def test_a_press_keeps_the_box_open_until_the_next(visit: Open) -> None:
    page = visit(KINDS["finding"], width=390)
    number = page.get_by_role("button", name="97.74%")
    number.click()
    expect(page.locator(".provenance:popover-open")).to_have_count(1)
    place = page.locator(".provenance:popover-open").bounding_box()
    assert place is not None and place["x"] >= 0 and place["x"] + place["width"] <= 390
    page.get_by_role("button", name="97.56%").click()
    expect(page.locator(".provenance:popover-open")).to_have_count(1)
    expect(page.locator(".provenance:popover-open")).to_contain_text("Mean Validation accuracy")


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_axe_finds_nothing_in_what_opens(visit: Open, scheme: str) -> None:
    page = visit(KINDS["finding"], over="http", scheme=scheme, bypass_csp=True)
    page.get_by_role("button", name="97.74%").click()
    page.locator(".provenance:popover-open").wait_for()
    assert violations(page) == []
    page.keyboard.press("Escape")
    page.keyboard.press("p")
    page.locator("body.is-presenting").wait_for()
    assert violations(page) == []


def test_sections_are_slides(visit: Open) -> None:
    page = visit(KINDS["finding"])
    page.keyboard.press("p")
    shown = page.locator("[data-slide]:visible")
    status = page.locator(".present-bar [role=status]")
    expect(status).to_have_text("1 of 4")
    assert page.locator("h1").is_visible() and shown.count() == 1
    page.keyboard.press("ArrowRight")
    expect(status).to_have_text("2 of 4")
    assert not page.locator("h1").is_visible()
    expect(shown).to_contain_text("What is sure")
    page.keyboard.press("End")
    expect(shown).to_contain_text("How the kernel is made")
    page.keyboard.press("ArrowRight")
    expect(status).to_have_text("4 of 4")
    page.get_by_role("button", name="Back").click()
    expect(shown).to_contain_text("What is not")
    page.keyboard.press("Escape")
    assert page.locator("[data-slide]:visible").count() == 4
    assert not page.locator(".present-bar").is_visible()
    page.get_by_role("button", name="Present").click()
    expect(status).to_have_text("1 of 4")


def test_a_finding_reads_without_scripts(visit: Open) -> None:
    page = visit(KINDS["finding"], scripts=False)
    assert page.locator("math").count() >= 4
    assert page.locator("figure svg[data-plot]").is_visible()
    assert page.locator("[data-slide]:visible").count() == 4
    assert not page.locator("[data-present]").is_visible()
    expect(page.locator(".claim-holds .claim-state")).to_have_text("✓ holds")
    expect(page.locator(".claim-undecided .claim-state")).to_have_text("? undecided")
    expect(visit(FAR, scripts=False).locator(".claim-state")).to_have_text("✗ does not hold")


def test_search_and_overview_lead_to_it(visit: Open) -> None:
    page = visit("index.html")
    expect(page.locator("#findings .card")).to_have_count(1)
    page.get_by_role("button", name="Search").click()
    page.locator("dialog[data-search] input").fill("too far")
    page.locator("dialog[data-search] a").first.click()
    page.wait_for_url("**/a-learning-rate-too-far.html")


def test_hostile_texts_of_findings_stay_texts(visit: Open, case: Callable[[str], Site]) -> None:
    site = case("findings")
    page = visit("findings/hostile.html", site=site)
    assert page.locator("h1").inner_text() == '<script>alert(1)</script> & "friends"'
    assert page.locator("details summary", has_text="More").is_visible()
    assert page.locator("[onclick], [style*=position], main img, main script:not([type])").count() == 0
    page = visit("findings/waiting.html", site=site, width=390)
    expect(page.locator(".is-missing")).to_have_text("not yet")
    expect(page.locator(".block-table")).to_contain_text("waits for its runs")
    expect(page.locator(".claim-open .claim-state")).to_have_text("○ open")
