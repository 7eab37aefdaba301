"""Prose as HTML: what authors may write shows, and nothing that anybody writes becomes markup of its own."""

from __future__ import annotations

import re
from html.parser import HTMLParser

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from written import shown

from runfolio.findings.answer import Answer, Way
from runfolio.findings.mathml import MathError, mathml

HOSTILE = [
    "<script>alert(1)</script>",
    "<img src=x onerror=alert(1)>",
    "<svg onload=alert(1)>",
    "<iframe src='javascript:alert(1)'></iframe>",
    "<a href='javascript:alert(1)'>x</a>",
    "<a href=' jAvAsCrIpT:alert(1)'>x</a>",
    "<form action=x><input name=y><button>z</button></form>",
    "<style>*{display:none}</style>",
    "<div style='position:fixed' onclick=alert(1) id=main class=bar>x</div>",
    "<base href='https://evil.example/'>",
    "<meta http-equiv=refresh content='0;url=https://evil.example'>",
    "<link rel=stylesheet href=https://evil.example/x.css>",
    "<object data=x></object><embed src=x>",
    "<math><mtext><script>alert(1)</script></mtext></math>",
    "<noscript><p title='</noscript><img src=x onerror=alert(1)>'>",
    "<template><script>alert(1)</script></template>",
    "[x](javascript:alert(1))",
    "[x](data:text/html,<script>alert(1)</script>)",
    "![x](javascript:alert(1))",
    '!["onerror=alert(1)](x.png)',
    "`</code><script>alert(1)</script>`",
    "```html\n</code></pre><script>alert(1)</script>\n```",
    '```"onmouseover=alert(1)\nx\n```',
    "$\\text{<script>alert(1)</script>}$",
    "$\\href{javascript:alert(1)}{x}$",
    "$\\text{</math><img src=x onerror=alert(1)>}$",
    "| <script>alert(1)</script> |\n|--|\n| <img src=x onerror=alert(1)> |",
    "x[^<script>]\n\n[^<script>]: <script>alert(1)</script>",
    "## <script>alert(1)</script>",
    "> [!NOTE]\n> <script>alert(1)</script>",
    "{{ <script>alert(1)</script> }}",
    "<b title='aside-0;'>x</b> aside-1; &#xE010;0&#xE011;",
]
ALLOWED = frozenset(
    [
        "a",
        "abbr",
        "b",
        "blockquote",
        "br",
        "button",
        "caption",
        "cite",
        "code",
        "dd",
        "del",
        "details",
        "dfn",
        "div",
        "dl",
        "dt",
        "em",
        "figcaption",
        "figure",
        "h2",
        "h3",
        "h4",
        "h5",
        "h6",
        "hr",
        "i",
        "img",
        "ins",
        "kbd",
        "li",
        "mark",
        "math",
        "mi",
        "mn",
        "mo",
        "mrow",
        "mfrac",
        "msqrt",
        "mtext",
        "ol",
        "p",
        "pre",
        "q",
        "s",
        "samp",
        "section",
        "small",
        "span",
        "strong",
        "sub",
        "summary",
        "sup",
        "table",
        "tbody",
        "td",
        "th",
        "thead",
        "tr",
        "u",
        "ul",
        "var",
        "wbr",
    ]
)


class Elements(HTMLParser):
    """Every element and attribute of a text."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.names: list[str] = []
        self.attributes: list[tuple[str, str]] = []
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.names.append(tag)
        self.attributes += [(name, value or "") for name, value in attrs]


def assert_harmless(text: str) -> None:
    found = Elements(text)
    assert set(found.names) <= ALLOWED
    assert not [name for name, _ in found.attributes if name.startswith("on") or name in ("style", "srcdoc")]
    links = [value for name, value in found.attributes if name in ("href", "src")]
    assert all(re.match(r"https?://|mailto:|#|\.\./", value) for value in links), links


@pytest.mark.parametrize("html", [False, True])
@pytest.mark.parametrize("text", HOSTILE, ids=range(len(HOSTILE)))
def test_nothing_hostile_gets_through(text: str, html: bool) -> None:
    targets = {"x.png": "findings/files/x.png"}
    assert_harmless(shown(text, html=html, targets=targets))
    assert_harmless(shown(f"a\n\n{text}\n\nb", html=html, targets=targets))


@settings(max_examples=200)
@given(
    st.lists(
        st.sampled_from([*HOSTILE, "\n\n", " ", "<b>", "</b>", "<table>", '"', "'", ">", "# ", "- ", "|"]),
        max_size=5,
    )
)
def test_no_mixture_of_it_does(parts: list[str]) -> None:
    assert_harmless(shown("".join(parts), html=True))


def test_raw_html_is_text_unless_it_is_asked_for() -> None:
    assert shown("a <b>c</b>") == "<p>a &lt;b&gt;c&lt;/b&gt;</p>\n"
    assert shown("a <b>c</b> <a href='https://x.org/'>d</a>", html=True) == (
        '<p>a <b>c</b> <a href="https://x.org/" rel="noreferrer noopener">d</a></p>\n'
    )


def test_own_parts_survive_the_cleaning() -> None:
    text = "<details><summary>More</summary>\n\n[l](run:a) {{ best() }} $x$\n\n</details>\n\n- [x] t\n\n`c`\n"
    values = {1: Answer("93%", "Best", (), (Way("a", "runs/a.html"),))}
    html = shown(text, html=True, values=values, targets={"run:a": "runs/a.html"})
    for part in ("<details><summary>More</summary>", '<a href="../runs/a.html">l</a>', 'popovertarget="value-1"',
                 "<math ", '<li class="task">', "<code>c</code>"):  # fmt: skip
        assert part in html


def test_what_markdown_can_is_shown() -> None:
    html = shown(
        "## One\n\n> [!WARNING]\n> Careful.\n\n- [ ] open\n- [x] done\n\n~~old~~ x[^1]\n\n| a | b |\n|--|--:|\n| 1 | 2 |\n\n"
        "```python\nreturn 1\n```\n\n[^1]: Note.\n"
    )
    for part in (
        '<h2 id="one">One</h2>',
        '<div class="callout callout-warning">',
        '<span aria-hidden="true">☐</span> <span class="hidden-text">To do:</span>',
        '<span class="hidden-text">Done:</span>',
        "<s>old</s>",
        '<a href="#fn1" id="fnref1">[1]</a>',
        '<li id="fn1"',
        '<th scope="col" class="number">b</th>',
        '<span class="k">return</span>',
    ):
        assert part in html
    assert "style=" not in html


def test_a_value_says_where_it_comes_from() -> None:
    answer = Answer(
        "93.0%", "Highest mean", ("Mean of 5 runs.",), (Way("a<b", "runs/a.html"),), files=3, run_slugs=("a",)
    )
    html = shown(
        "It is {{ best() }}, and [{{ best() }}](run:a).",
        values={1: answer, 2: answer},
        targets={"run:a": "runs/a.html"},
    )
    assert html.count("<button") == 1, "no button inside a link"
    assert '<a href="../runs/a.html">93.0%</a>' in html
    assert 'data-runs="a"' in html and "Mean of 5 runs." in html and "a&lt;b" in html
    assert '<a href="../data/files.csv">' in html
    assert html.count('id="value-1"') == 1


def test_a_value_that_waits_is_no_button() -> None:
    html = shown("{{ best() }}", values={1: Answer("not yet", facts=("no run",), is_missing=True)})
    assert html == '<p><span class="live is-missing" title="no run">not yet</span></p>\n'


def test_links_to_nowhere_are_text() -> None:
    assert shown("[a](run:x) and [b](https://x.org)", targets={"https://x.org": "https://x.org"}) == (
        '<p>a and <a href="https://x.org" rel="noreferrer noopener">b</a></p>\n'
    )


def test_control_characters_and_direction_marks_are_not_shown() -> None:
    assert "\u202e" not in shown("a\u202eb\x00c") and "\x00" not in shown("a\x00b")


@pytest.mark.parametrize(
    ("latex", "part"),
    [
        (r"a<b", "<mo>&lt;</mo>"),
        (r"\frac{s}{\sqrt n}", "<mfrac>"),
        (r"\text{a < b \& c}", "a\xa0&lt;\xa0b"),
        (r"\begin{pmatrix}a&b\\c&d\end{pmatrix}", "<mtable>"),
        (r"\color{red} x", "<mi>x</mi>"),
    ],
)
def test_formulas_are_mathml(latex: str, part: str) -> None:
    made = mathml(latex, is_block=False)
    assert part in made
    assert "style" not in re.sub(r"mstyle|displaystyle|alttext=\"[^\"]*\"", "", made)
    assert made.startswith("<math alttext=")


@pytest.mark.parametrize("latex", ["{", "^", r"\frac{", r"\left(", r"\unknowncommand", r"\begin{a}"])
def test_broken_formulas_are_said_to_be_so(latex: str) -> None:
    with pytest.raises(MathError):
        mathml(latex, is_block=True)


@given(st.text(max_size=60))
def test_any_formula_is_harmless_or_refused(latex: str) -> None:
    try:
        made = mathml(latex, is_block=False)
    except MathError:
        return
    found = Elements(made)
    assert "script" not in found.names and not [
        name for name, _ in found.attributes if name in ("href", "style")
    ]
