"""Prose as HTML: the tokens of a finding with the answers to what they ask for."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

from markdown_it.token import Token

from runfolio.findings.answer import Answer, Answers
from runfolio.findings.cleaning import cleaned
from runfolio.findings.code import highlighted
from runfolio.findings.document import Prose
from runfolio.findings.markdown import parser
from runfolio.findings.text import escaped

Relative = Callable[[str], str]
_WEB = ("http://", "https://", "mailto:")
_RAW = ("html_block", "html_inline", "text")


def prose_html(prose: Prose, answers: Answers, relative: Relative) -> str:
    """The prose as HTML that is safe on a page; `relative` makes a path from the site's root one from the page."""
    writer = _Writer(answers, relative, _mark(prose.tokens) if answers.html else "")
    written = writer.write(prose.tokens)
    if not answers.html:
        return written
    pattern = re.compile(f"{writer.mark}([0-9]+);")
    return pattern.sub(lambda found: writer.aside[int(found[1])], cleaned(written))


def _mark(tokens: Sequence[Token]) -> str:
    """A sign that the text cannot hold, not even as an entity: it is made from the digest of all of it."""
    content = "\x1f".join(token.content for token in tokens)
    return f"aside-{hashlib.sha256(content.encode('utf-8', 'surrogatepass')).hexdigest()}-"


@dataclass
class _Writer:
    answers: Answers
    relative: Relative
    mark: str
    """While raw HTML is cleaned, what is written here stands aside, with this and a number in its place."""
    aside: list[str] = field(default_factory=list)
    _tables: int = 0
    _links: list[str] = field(default_factory=list)
    """What ends each link that is open."""

    def write(self, tokens: Sequence[Token]) -> str:
        found = []
        for at, token in enumerate(tokens):
            if token.type == "inline":
                found.append(self.write(token.children or ()))
            elif not token.hidden or token.type not in ("paragraph_open", "paragraph_close"):
                found.append(self._guarded(token, self._one(tokens, at, token)))
            elif token.type == "paragraph_close" and at + 1 < len(tokens):
                found.append("\n")
        return "".join(found)

    def _guarded(self, token: Token, text: str) -> str:
        """The text; where raw HTML will be cleaned, a sign in its place unless it is raw itself."""
        if not self.answers.html:
            return text
        if token.type in _RAW:
            return text
        self.aside.append(text)
        return f"{self.mark}{len(self.aside) - 1};"

    def _one(self, tokens: Sequence[Token], at: int, token: Token) -> str:
        own = getattr(self, f"_{token.type}", None)
        if own is not None:
            return str(own(token))
        rules = parser(html=self.answers.html)
        rule = rules.renderer.rules.get(token.type)  # type: ignore[attr-defined]
        if rule is not None:
            return str(rule(tokens, at, rules.options, {}))
        return str(rules.renderer.renderToken(tokens, at, rules.options, {}))  # type: ignore[attr-defined]

    def _live_value(self, token: Token) -> str:
        answer = self.answers.values.get(token.meta["number"])
        if answer is None:
            return f'<code class="fault">{escaped(token.markup)}</code>'
        if self._links:
            return escaped(answer.text)
        return value_html(answer, f"value-{token.meta['number']}", self.relative)

    def _math_inline(self, token: Token) -> str:
        return str(token.meta.get("html", f"<code>{escaped(token.content)}</code>"))

    _math_inline_double = _math_inline

    def _math_block(self, token: Token) -> str:
        return f'<div class="formula scroll" tabindex="0">{self._math_inline(token)}</div>\n'

    _math_block_label = _math_block

    def _fence(self, token: Token) -> str:
        return highlighted(token.content, (token.info.split() or [""])[0].lower())

    def _code_block(self, token: Token) -> str:
        return highlighted(token.content, "")

    def _table_open(self, token: Token) -> str:
        self._tables += 1
        line = token.map[0] + 1 if token.map else self._tables
        name = f"Table in line {line} of the text"
        return f'<div class="scroll table-frame" tabindex="0" role="region" aria-label="{name}"><table class="table">\n'

    def _table_close(self, token: Token) -> str:
        return "</table></div>\n"

    def _th_open(self, token: Token) -> str:
        return f'<th scope="col"{_side(token)}>'

    def _td_open(self, token: Token) -> str:
        return f"<td{_side(token)}>"

    def _list_item_open(self, token: Token) -> str:
        if "checked" not in token.meta:
            return "<li>"
        sign, word = ("☑", "Done:") if token.meta["checked"] else ("☐", "To do:")
        return (
            f'<li class="task"><span aria-hidden="true">{sign}</span> <span class="hidden-text">{word}</span>'
        )

    def _bullet_list_open(self, token: Token) -> str:
        return '<ul class="tasks">\n' if "class" in token.attrs else "<ul>\n"

    def _alert_open(self, token: Token) -> str:
        kind = str(token.meta["kind"]).lower()
        return f'<div class="callout callout-{kind}">\n'

    def _alert_title_open(self, token: Token) -> str:
        return '<p class="callout-title">'

    def _heading_close(self, token: Token) -> str:
        return f"</{token.tag}>\n"

    def _link_open(self, token: Token) -> str:
        written = str(token.attrs.get("href", ""))
        target = self.answers.targets.get(written, "")
        if not target:
            self._links.append("")
            return ""
        self._links.append("</a>")
        if target.startswith(_WEB):
            return f'<a href="{escaped(target)}" rel="noreferrer noopener">'
        return f'<a href="{escaped(self._way(target))}">'

    def _link_close(self, token: Token) -> str:
        return self._links.pop() if self._links else ""

    def _image(self, token: Token) -> str:
        label = escaped(token.content or "image")
        target = self.answers.targets.get(str(token.attrs.get("src", "")), "")
        if not target:
            return f"<em>{label}</em>"
        if target.startswith(_WEB):
            return f'<a href="{escaped(target)}" rel="noreferrer noopener">{label}</a>'
        return f'<img src="{escaped(self._way(target))}" alt="{escaped(token.content)}" loading="lazy">'

    def _way(self, target: str) -> str:
        return target if target.startswith("#") else self.relative(target)

    def _footnote_block_open(self, token: Token) -> str:
        return '<section class="footnotes" aria-label="Notes">\n<ol>\n'

    def _footnote_block_close(self, token: Token) -> str:
        return "</ol>\n</section>\n"

    def _softbreak(self, token: Token) -> str:
        return "\n"


def _side(token: Token) -> str:
    """Numbers stand right; a style attribute would be refused by the pages' policy."""
    style = str(token.attrs.get("style", ""))
    return ' class="number"' if style.endswith("right") else ""


def value_html(answer: Answer, anchor: str, relative: Relative) -> str:
    """A live value: a button that shows where its number comes from, with scripts and without."""
    if answer.is_missing:
        facts = " ".join(answer.facts)
        return f'<span class="live is-missing" title="{escaped(facts)}">{escaped(answer.text)}</span>'
    names = f' data-runs="{escaped(" ".join(answer.run_slugs))}"' if answer.run_slugs else ""
    names += f' data-groups="{escaped(" ".join(answer.groups))}"' if answer.groups else ""
    parts = [f"<b>{escaped(answer.name)}</b>", *(f"<span>{escaped(fact)}</span>" for fact in answer.facts)]
    ways = [*answer.runs, *((answer.more,) if answer.more else ())]
    links = [f'<a href="{escaped(relative(way.href))}">{escaped(way.label)}</a>' for way in ways]
    if links:
        parts.append(f"<span>{', '.join(links)}</span>")
    if answer.files:
        noun = "file was" if answer.files == 1 else "files were"
        address = escaped(relative("data/files.csv"))
        parts.append(
            f"<span>{answer.files:,} {noun} read for {'it' if answer.files == 1 else 'them'}: "
            f'<a href="{address}">data/files.csv</a> has the digests</span>'
        )
    return (
        f'<span class="live"><button type="button" class="live-value" popovertarget="{anchor}"{names}>'
        f'{escaped(answer.text)}</button><span class="provenance" popover id="{anchor}">{"".join(parts)}</span></span>'
    )
