"""Claims where a reader meets them: overview, experiment, history and finding, at every width, in light and dark, from disk and server."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest
from browsing import CASES, Open, Site
from test_accessibility import violations
from test_widths import overflow

from runfolio.site.project import Project, Wishes

PAGES = ("index.html", "experiments/bench.html", "history.html", "findings/parsing.html")
FINDING = """+++
title = "Parsing"
status = "final"
pinned = true
+++

```claim
is = "does not worsen"
metric = "parse a long document"
text = "Parsing stays as fast as it is."
```

```claim
is = "does not rise"
metric = "parse a long document"
by = 1
```
"""


@pytest.fixture(scope="module")
def flipped(workshop: Path, origin: str, tmp_path_factory: pytest.TempPathFactory) -> Site:
    """A site whose earlier build ended with the eighth commit, before parsing became slower."""
    project = tmp_path_factory.mktemp("flipped")
    shutil.copytree(CASES / "builds", project, dirs_exist_ok=True)
    (project / "findings").mkdir()
    (project / "findings" / "parsing.md").write_text(FINDING)
    data = project / "runs" / "bench" / "data.js"
    whole = data.read_text()
    log = json.loads(whole.removeprefix("window.BENCHMARK_DATA = "))
    log["entries"]["bench"] = log["entries"]["bench"][:8]
    data.write_text(f"window.BENCHMARK_DATA = {json.dumps(log)}")
    config, earlier, folder = (
        project / "runfolio.toml",
        project / "earlier",
        workshop / "some" / "sub" / "flipped",
    )
    Project(Wishes(config=config, out=earlier, use_cache=False)).build()
    data.write_text(whole)
    Project(Wishes(config=config, out=folder, against=earlier, use_cache=False)).build()
    return Site(folder, f"{origin}/some/sub/flipped")


def test_a_claim_that_flipped_is_marked_on_every_page_and_in_the_data(visit: Open, flipped: Site) -> None:
    for path, marked in zip(PAGES, (2, 2, 2, 1), strict=True):
        page = visit(path, site=flipped, scripts=False)
        words = page.locator(".claim-flip").all_inner_texts()
        assert words == ["was: holds; now: does not hold"] * marked, path
        assert page.locator(".claim-flip").first.bounding_box()["height"] > 10  # type: ignore[index]
    claims = json.loads((flipped.folder / "data" / "claims.json").read_text("utf-8"))["claims"]
    flips = [
        (item["key"], item["was"], item["outcome"], item["gate"])
        for item in claims
        if item["was"] != item["outcome"]
    ]
    assert flips[:2] == [
        ("parsing", "holds", "does not hold", "failed"),
        ("no slower", "holds", "does not hold", "failed"),
    ]
    history = json.loads((flipped.folder / "data" / "history.json").read_text("utf-8"))
    said = [(item["before"], item["now"]) for item in history["changes"]["flips"] if item["kind"] == "claim"]
    assert said == [("holds", "does not hold")] * 3
    assert len(history["changes"]["added"]) == 4


@pytest.mark.parametrize("path", PAGES)
@pytest.mark.parametrize(("width", "scheme", "over"), [(390, "dark", "file"), (1280, "light", "http")])
def test_claims_fit_and_read_well(
    visit: Open, flipped: Site, path: str, width: int, scheme: str, over: str
) -> None:
    page = visit(path, site=flipped, width=width, scheme=scheme, over=over)
    assert overflow(page) == 0
    claims = page.locator(".claim, .finding-claim")
    assert claims.count() >= 2
    for claim in claims.all():
        box = claim.bounding_box()
        assert box is not None and box["x"] >= 0 and box["x"] + box["width"] <= width
        outside = claim.evaluate(
            "node => [...node.querySelectorAll('*')].some(x => x.scrollWidth > node.clientWidth + 1)"
        )
        assert not outside


@pytest.mark.parametrize(("scheme", "width"), [("light", 1280), ("dark", 390)])
def test_axe_finds_no_violation(visit: Open, flipped: Site, scheme: str, width: int) -> None:
    for path in PAGES:
        page = visit(path, site=flipped, scheme=scheme, width=width, over="http", bypass_csp=True)
        page.wait_for_timeout(100)
        assert violations(page) == [], path


def test_outcomes_are_told_by_word_and_symbol_and_only_the_failed_part_is_red(
    visit: Open, flipped: Site
) -> None:
    page = visit("index.html", site=flipped)
    outcomes = page.locator("#claims .claim-outcome").all_inner_texts()
    assert outcomes == ["✗ does not hold", "✓ holds", "? undecided", "✗ does not hold"]
    parts = page.locator(".card-facts").first.locator("span.better, span.worse")
    assert parts.all_inner_texts() == ["✓ 1 claim holds", "✗ 1 claim does not hold"]
    colour = "node => getComputedStyle(node).color"
    good, bad = (parts.nth(at).evaluate(colour) for at in (0, 1))
    assert good != bad


def test_evidence_of_a_claim_over_builds_is_the_history(visit: Open, flipped: Site) -> None:
    page = visit("index.html", site=flipped)
    page.locator("#claims .claim").first.locator("a").click()
    assert page.url.endswith("history.html#histories")
    assert page.locator("#histories figure").count() == 2


def test_the_range_expected_for_the_latest_build_is_drawn_and_told(
    visit: Open, case: Callable[[str], Site]
) -> None:
    page = visit("history.html", site=case("builds"))
    first = page.locator("#histories figure").first
    assert first.locator("path.band").count() == 1
    assert "95% prediction interval from 3 builds" in first.locator("figcaption").inner_text()
