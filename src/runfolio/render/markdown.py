"""Markdown of notes as HTML. Raw HTML stays text; links lead out only by being followed; images are not fetched."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache

from markdown_it import MarkdownIt
from markdown_it.renderer import RendererHTML
from markdown_it.token import Token
from markdown_it.utils import EnvType, OptionsDict
from markupsafe import Markup


@cache
def _parser() -> MarkdownIt:
    parser = MarkdownIt("commonmark", {"html": False, "linkify": False}).enable(["table", "strikethrough"])
    parser.add_render_rule("image", _image)
    parser.add_render_rule("heading_open", _heading)
    parser.add_render_rule("heading_close", _heading)
    parser.add_render_rule("link_open", _link)
    return parser


def markdown(text: str) -> Markup:
    """The text as HTML, safe to put in a page: headings start at h3, and remote images become links."""
    return Markup(_parser().render(text))


def _heading(
    renderer: RendererHTML, tokens: Sequence[Token], at: int, options: OptionsDict, env: EnvType
) -> str:
    """The page has its h1 and the section its h2: a note's headings come below them."""
    token = tokens[at]
    level = min(6, int(token.tag[1]) + 2)
    return f"<h{level}>" if token.nesting == 1 else f"</h{level}>\n"


def _image(
    renderer: RendererHTML, tokens: Sequence[Token], at: int, options: OptionsDict, env: EnvType
) -> str:
    token = tokens[at]
    label = Markup.escape(token.content or "image")
    source = str(token.attrs.get("src", ""))
    if not source.startswith(("http://", "https://")):
        return f"<em>{label}</em>"
    return f'<a href="{Markup.escape(source)}" rel="noreferrer noopener">{label}</a>'


def _link(
    renderer: RendererHTML, tokens: Sequence[Token], at: int, options: OptionsDict, env: EnvType
) -> str:
    """Links to the web and anchors stay; a relative one would point nowhere in the site and goes to its own text."""
    target = str(tokens[at].attrs.get("href", ""))
    if not target.startswith(("http://", "https://", "mailto:")):
        return "<a>"
    return f'<a href="{Markup.escape(target)}" rel="noreferrer noopener">'
