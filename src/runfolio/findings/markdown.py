"""Markdown as findings know it: GitHub's tables, task lists, callouts and footnotes, formulas between dollars, live values."""

from __future__ import annotations

import re
from functools import cache

from markdown_it import MarkdownIt
from markdown_it.rules_inline import StateInline
from mdit_py_plugins.dollarmath import dollarmath_plugin
from mdit_py_plugins.footnote import footnote_plugin

LIVE = "live_value"
#: Quoted texts may hold braces.
_LIVE = re.compile(r"""\{\{((?:"[^"\n]*"|'[^'\n]*'|[^}"'])*)\}\}""")


@cache
def parser(*, html: bool) -> MarkdownIt:
    """The parser; raw HTML gives tokens of its own where it is asked for, and is text elsewhere."""
    options = {"html": html, "linkify": False, "tasklists": True, "alerts": True}
    made = MarkdownIt("commonmark", options).enable(["table", "strikethrough"])
    made.use(footnote_plugin).use(dollarmath_plugin, allow_space=False, allow_digits=False)
    made.inline.ruler.before("escape", LIVE, _live_value)
    return made


def _live_value(state: StateInline, silent: bool) -> bool:
    """A token for `{{ … }}`; braces without an end are text."""
    found = _LIVE.match(state.src, state.pos) if state.src.startswith("{{", state.pos) else None
    if found is None:
        return False
    if not silent:
        token = state.push(LIVE, "", 0)
        token.content = found[1]
        token.markup = found[0]
    state.pos = found.end()
    return True
