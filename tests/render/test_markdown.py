"""Notes are written by anyone: their Markdown becomes text and structure, never code and never a request."""

from __future__ import annotations

import itertools
from html.parser import HTMLParser

import pytest
from hypothesis import given
from hypothesis import strategies as st

from runfolio.render.markdown import markdown

PIECES = st.sampled_from(
    ["<script>", "</p>", "![", "](", ")", "[", "]", "javascript:", "http://x", "# ", "> ", "`", "*", "<!--", "&#x6a;",
     "\n", "\n\n", "| a |\n| - |\n", "<a href=", '"', "onerror=", "<https://x>", "[x]: javascript:alert(1)\n", "data:"]
)  # fmt: skip
ALLOWED = {
    "a",
    "blockquote",
    "br",
    "code",
    "em",
    "h3",
    "h4",
    "h5",
    "h6",
    "hr",
    "li",
    "ol",
    "p",
    "pre",
    "s",
    "strong",
    "table",
    "tbody",
    "td",
    "th",
    "thead",
    "tr",
    "ul",
}


class Elements(HTMLParser):
    def __init__(self, text: str) -> None:
        super().__init__()
        self.found: list[tuple[str, dict[str, str | None]]] = []
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.found.append((tag, dict(attrs)))


@given(st.lists(PIECES | st.text(max_size=4), max_size=25).map("".join))
def test_no_note_makes_code_or_requests(text: str) -> None:
    for tag, attributes in Elements(markdown(text)).found:
        assert tag in ALLOWED
        assert set(attributes) <= {"href", "rel", "class", "start", "align"}
        assert (attributes.get("href") or "https:").startswith(("http://", "https:", "mailto:"))


@pytest.mark.parametrize(
    ("text", "html"),
    [
        ("<b>x</b>", "<p>&lt;b&gt;x&lt;/b&gt;</p>\n"),
        ("# One\n## Two\n###### Six", "<h3>One</h3>\n<h4>Two</h4>\n<h5>Six</h5>\n"),
        ("Title\n=====", "<h3>Title</h3>\n"),
        ("![plot](p.png)", "<p><em>plot</em></p>\n"),
        ("![](data:image/png;base64,AAAA)", "<p><em>image</em></p>\n"),
        (
            '![a"b](https://x/y.png)',
            '<p><a href="https://x/y.png" rel="noreferrer noopener">a&quot;b</a></p>\n',
        ),
        (
            "[x](https://e.org/?a=1&b=2)",
            '<p><a href="https://e.org/?a=1&amp;b=2" rel="noreferrer noopener">x</a></p>\n',
        ),
        ("~~a~~ **b**", "<p><s>a</s> <strong>b</strong></p>\n"),
    ],
)
def test_markdown(text: str, html: str) -> None:
    assert markdown(text) == html


@pytest.mark.parametrize(
    "text",
    ["[x](javascript:alert(1))", "[x](JaVaScRiPt:alert(1))", "[x](&#106;avascript:alert(1))", "[x](vbscript:a)",
     "[x](data:text/html,a)", "[x](file:///etc/passwd)", "[x](../other.html)", "[x](//evil.org)", "<javascript:alert(1)>"],
)  # fmt: skip
def test_links_that_are_no_web_addresses_lead_nowhere(text: str) -> None:
    assert all("href" not in attributes for _, attributes in Elements(markdown(text)).found)


def test_heading_levels_never_skip() -> None:
    tags = [
        tag
        for tag, _ in Elements(markdown("# a\n\n### b\n\n## c")).found
        if tag[0] == "h" and tag[1:].isdigit()
    ]
    levels = [2, *(int(tag[1]) for tag in tags)]
    assert all(after <= before + 1 for before, after in itertools.pairwise(levels))
