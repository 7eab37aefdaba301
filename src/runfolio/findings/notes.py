"""Markdown of notes as HTML. Raw HTML stays text; links lead out only by being followed; images are not fetched."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache

from markdown_it import MarkdownIt
from markdown_it.renderer import RendererHTML
from markdown_it.token import Token
from markdown_it.utils import EnvType, OptionsDict

from runfolio.findings.text import escaped


@cache
def _parser() -> MarkdownIt:
    parser = MarkdownIt("commonmark", {"html": False, "linkify": False}).enable(["table", "strikethrough"])
    parser.add_render_rule("image", _image)
    parser.add_render_rule("link_open", _link)
    return parser


def notes_html(text: str) -> str:
    """The text as HTML, safe to put in a page: headings start at h3, and remote images become links."""
    parser = _parser()
    state: dict[str, object] = {}
    tokens = parser.parse(text, state)
    _lower_headings(tokens)
    return str(parser.renderer.render(tokens, parser.options, state))


def _lower_headings(tokens: Sequence[Token]) -> None:
    """Nothing; the headings now come below the page's h1 and the section's h2, and none skips a level."""
    level = 2
    for token in tokens:
        if token.type == "heading_open":
            level = min(int(token.tag[1]) + 2, level + 1, 6)
        if token.type in ("heading_open", "heading_close"):
            token.tag = f"h{level}"


def _image(
    renderer: RendererHTML, tokens: Sequence[Token], at: int, options: OptionsDict, env: EnvType
) -> str:
    token = tokens[at]
    label = escaped(token.content or "image")
    source = str(token.attrs.get("src", ""))
    if not source.startswith(("http://", "https://")):
        return f"<em>{label}</em>"
    return f'<a href="{escaped(source)}" rel="noreferrer noopener">{label}</a>'


def _link(
    renderer: RendererHTML, tokens: Sequence[Token], at: int, options: OptionsDict, env: EnvType
) -> str:
    """Links to the web and anchors stay; a relative one would point nowhere in the site and goes to its own text."""
    target = str(tokens[at].attrs.get("href", ""))
    if not target.startswith(("http://", "https://", "mailto:")):
        return "<a>"
    return f'<a href="{escaped(target)}" rel="noreferrer noopener">'
