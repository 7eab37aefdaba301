"""Which runs get a page of their own, and where the others are shown."""

from __future__ import annotations

import math
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from built import START, Shelf, elements, files_of, make_run, pages_of, plan, sealed, study_of
from hypothesis import given
from hypothesis import strategies as st

from runfolio.model import Artifact, Run
from runfolio.pages.routes import shared_run, slug
from runfolio.pages.run_choice import choose_runs, linked, shares


def sweep(settings: int = 20, seeds: int = 3) -> list[Run]:
    """Runs of settings that get better with their number, the oldest first; every tenth diverged."""
    found = []
    for place in range(settings * seeds):
        setting, seed = divmod(place, seeds)
        value = math.nan if place % 10 == 9 else setting / 100 + seed / 1000
        settings_of = {"setting": setting, "seed": seed}
        start = START + timedelta(minutes=place)
        found.append(make_run(f"r{place:03}", {"acc": value}, parameters=settings_of, started_at=start))
    return found


def changed(runs: list[Run], run_id: str, **changes: Any) -> list[Run]:
    return [sealed(replace(run, **changes)) if run.run_id == run_id else run for run in runs]


@given(st.lists(st.integers(0, 30), max_size=6), st.integers(0, 60))
def test_shares_are_fair(sizes: list[int], most: int) -> None:
    found = shares(sizes, most)
    assert all(0 <= share <= size for share, size in zip(found, sizes, strict=True))
    assert sum(found) <= most
    cut = [share for share, size in zip(found, sizes, strict=True) if share < size]
    if not cut:
        return
    assert most - sum(found) < len(cut), "no more is left over than cannot be divided"
    whole = [share for share, size in zip(found, sizes, strict=True) if share == size]
    assert max(cut) - min(cut) <= 1
    assert all(share <= max(cut) + 1 for share in whole), "no large experiment has less than a small one"


def test_few_runs_have_all_their_pages() -> None:
    runs = sweep(2)
    assert choose_runs(runs, 6, leading=lambda: (), is_bad=lambda _: False) == {run.run_id for run in runs}
    site = plan(runs)
    assert "run.html" not in pages_of(site)
    assert sum(page.path.startswith("runs/") for page in site.pages) == 6


@pytest.mark.parametrize("most", [0, 1, 7, 20, 59])
def test_no_more_runs_have_pages_than_asked_for(most: int) -> None:
    assert len(study_of(sweep(), max_run_pages=most).paged) == most


def test_pinned_linked_leading_bad_and_new_runs_have_pages() -> None:
    runs = changed(sweep(), "r020", tags=("pinned",))
    runs = changed(runs, "r030", parent_id="r010")
    runs = changed(runs, "r031", notes="As r011, and see [that](../runs/r012.html).", parent_id="not-here")
    study = study_of(runs, max_run_pages=20, primary="acc")
    assert {"r020", "r010", "r011", "r012"} <= study.paged
    first = study.baseline
    assert first is not None and set(first.run_ids) <= study.paged
    best = {run_id for run_id in ("r057", "r058") if not study.is_bad(run_id)}
    assert best <= study.paged
    bad = [run.run_id for run in runs if study.is_bad(run.run_id) and run.run_id in study.paged]
    assert bad[-1] == "r059" and 4 <= len(bad) <= 6
    assert len(study.paged) == 20


def test_runs_that_findings_name_have_pages() -> None:
    runs = changed(sweep(), "r014", name="the odd one")
    text = "As [this run](run:r013) shows, and `the odd one`.\n"
    found = choose_runs(runs, 5, leading=lambda: (), is_bad=lambda _: False, findings=text)
    assert found == {"r013", "r014", "r059", "r058", "r057"}


def test_pins_beyond_the_number_are_the_newest() -> None:
    runs = [replace(run, tags=("baseline",)) for run in sweep()]
    found = choose_runs(runs, 3, leading=lambda: ["r000"], is_bad=lambda _: False)
    assert found == {"r057", "r058", "r059"}


def test_runs_without_a_start_or_a_metric_are_no_trouble() -> None:
    runs = [make_run(f"r{place}", {}, started_at=None) for place in range(5)]
    assert study_of(runs, max_run_pages=2).paged == {"r3", "r4"}


def test_a_run_does_not_link_itself() -> None:
    assert linked([make_run("a", notes="a and b."), make_run("b"), make_run("C", notes=slug("C"))]) == ["b"]


def test_addresses_follow_the_grammar_of_the_browser() -> None:
    assert shared_run("Exp 1", "a/b") == f"run.html#?v=1&e={slug('Exp 1')}&r={slug('a/b')}"
    study = study_of(sweep(2), max_run_pages=1)
    (own,) = study.paged
    other = next(run.run_id for run in study.runs if run.run_id != own)
    assert study.address(own, "files") == f"runs/{own}.html#files"
    assert study.address(other, "files") == f"run.html#?v=1&e=study&r={other}"


def test_every_link_to_a_run_leads_to_a_page_that_is_planned() -> None:
    site = plan(sweep(), max_run_pages=10)
    pages = pages_of(site)
    assert "run.html" in pages and sum(path.startswith("runs/") for path in pages) == 10
    names = {run.run_id for run in sweep()}
    for path, html in pages.items():
        for _, attributes in elements(html):
            href = attributes.get("href", "")
            if "run.html#" in href:
                assert href.rpartition("run.html#?v=1&e=study&r=")[2] in names
            name = href.partition("#")[0].rpartition("/")[2]
            if name.removesuffix(".html") in names:
                assert f"runs/{name}" in pages, f"{path} links to {href}"


def test_the_search_and_the_tables_know_which_runs_have_pages() -> None:
    from test_scripts import payload, read_table

    site = plan(sweep(), max_run_pages=10)
    files = files_of(site)
    own = {page.path for page in site.pages if page.path.startswith("runs/")}
    hrefs = {entry["href"] for entry in payload(files["data/search.js"], "search") if entry["kind"] == "run"}
    assert len(hrefs) == 60 and {href for href in hrefs if href.startswith("runs/")} == own
    table = next(
        read_table(data, "table:study") for path, data in files.items() if path.startswith("data/study.")
    )
    has_page = dict(zip(table["ids"], table["has_page"], strict=True))
    assert {f"runs/{run_id}.html" for run_id, is_own in has_page.items() if is_own} == own


def test_artifacts_come_with_pages_only() -> None:
    runs = sweep()
    for run_id in ("r000", "r059"):
        picture = Artifact("plot", "image", "image/png", "artifacts/p.png", size_bytes=1, sha256="ab" * 32)
        runs = changed(runs, run_id, artifacts=(picture,))
    site = plan(
        Shelf(tuple(runs), artifacts={(run_id, "artifacts/p.png"): b"x" for run_id in ("r000", "r059")}),
        max_run_pages=1,
    )
    paths = {file.path for file in site.files}
    (own,) = [page.path for page in site.pages if page.path.startswith("runs/")]
    name = own.removeprefix("runs/").removesuffix(".html")
    assert [path.split("/")[1] for path in paths if path.startswith("artifacts/")] == [name] * (
        name in ("r000", "r059")
    )
    assert sum(path.startswith("series/r") for path in paths) == 60, "every run has its curves"
