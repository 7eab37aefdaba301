"""Every link of a page leads to a file of the site and to an anchor in it."""

from __future__ import annotations

import pytest
from site_parts import FakeRenderer, data, page, plan, written

from runfolio.site import MemorySink, build_site
from runfolio.site.report import BuildReport


def links(report: BuildReport) -> list[str]:
    return [problem.message for problem in report.problems if problem.slug == "broken-link"]


@pytest.mark.parametrize(
    "link",
    [
        'href="runs/a.html"',
        'href="runs/a.html#curves"',
        'href="compare.html#compare?v=1&amp;r=a,b"',
        'href="#top"',
        'href="#"',
        'href="?x=1"',
        'href="https://example.org/x"',
        'href="mailto:me@example.org"',
        'src="data:image/png;base64,AAAA"',
        'href="runs/with%20blank.txt"',
        'data-table-source="data/t.js"',
        'title="a href=&quot;nowhere.html&quot;"',
    ],
)
def test_good_links(link: str) -> None:
    pages = (
        page("index.html", f'<h1 id="top">x</h1><a {link}>x</a>'),
        page("runs/a.html", '<h2 id="curves">c</h2><a href="../index.html#top">up</a>'),
        page("compare.html", '<main id="compare"></main>'),
    )
    files = (data("runs/with blank.txt", b"x"), data("data/t.js", b"x"))
    assert links(build_site(plan(*pages, files=files), FakeRenderer(), MemorySink())) == []


@pytest.mark.parametrize(
    "link",
    [
        'href="runs/b.html"',
        'href="runs/a.html#nothing"',
        'href="#nothing"',
        'href="runs/"',
        'href="runs"',
        'href="/runs/a.html"',
        'href="../outside.html"',
        'src="assets/gone.js"',
        'xlink:href="#symbol"',
        'data-plotly="assets/gone.js"',
        'href="http://[broken"',
    ],
)
def test_broken_links(link: str) -> None:
    pages = (page("index.html", f"<a {link}>x</a>"), page("runs/a.html", "a"))
    (message,) = links(build_site(plan(*pages), FakeRenderer(), MemorySink()))
    assert message.startswith("`index.html` links to `")


def test_from_root_links_are_resolved_from_the_root() -> None:
    pages = (page("runs/a.html", '<html data-search-source="data/search.js">'),)
    assert (
        links(build_site(plan(*pages, files=(data("data/search.js", b""),)), FakeRenderer(), MemorySink()))
        == []
    )


def test_a_broken_link_is_told_by_every_build_until_it_is_mended() -> None:
    sink = MemorySink()
    wrong = page("index.html", '<a href="gone.html">x</a>')
    for _ in range(3):
        assert len(links(build_site(plan(wrong), FakeRenderer(), sink))) == 1
    assert links(build_site(plan(wrong, page("gone.html", "here")), FakeRenderer(), sink)) == []
    assert links(build_site(plan(wrong, page("gone.html", "here")), FakeRenderer(), sink)) == []


def test_an_unchanged_page_that_links_to_a_removed_one_is_found() -> None:
    sink = MemorySink()
    index = page("index.html", '<a href="runs/a.html">x</a>')
    build_site(plan(index, page("runs/a.html", "a")), FakeRenderer(), sink)
    report = build_site(plan(index), FakeRenderer(), sink)
    assert (written(report), report.removed) == ((), ("runs/a.html",))
    assert len(links(report)) == 1
