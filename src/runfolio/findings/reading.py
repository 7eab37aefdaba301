"""From the text of a finding to a document: what it asks for, where, and what is wrong with it."""

from __future__ import annotations

import hashlib
import re
from dataclasses import dataclass, field

from markdown_it.token import Token

from runfolio.errors import nearest
from runfolio.findings.block import KINDS, Block, read_block
from runfolio.findings.code import is_language
from runfolio.findings.document import Document, Heading, LiveValue, Prose, Reference, Section
from runfolio.findings.fault import Fault
from runfolio.findings.front_matter import read_front_matter
from runfolio.findings.markdown import LIVE, parser
from runfolio.findings.mathml import MathError, mathml
from runfolio.findings.text import plain

#: Anchors that pages use for themselves.
_TAKEN = re.compile(r"main|fn\d+|fnref\d+|fig-.*|value-.*|block-.*|artifact-.*|claim-.*|gate-.*|c-.*")
_MATH = ("math_inline", "math_inline_double", "math_block", "math_block_label")


def read_document(path: str, name: str, text: str, *, html: bool) -> Document:
    """The finding in a text.

    Args:
        path: the file, as messages name it.
        name: what links call it.
        text: all of it, front matter included.
        html: whether raw HTML is kept.
    """
    front, faults = read_front_matter(text)
    body = "\n" * front.lines + "\n".join(plain(line) for line in text.split("\n")[front.lines :])
    reader = _Reader(faults=list(faults))
    tokens = reader.without_title(parser(html=html).parse(body), needed=not front.title)
    reader.walk(tokens)
    sections = reader.split(tokens)
    return Document(
        path=path,
        name=name,
        digest=hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest(),
        front=front,
        title=front.title or reader.title or name,
        sections=sections,
        headings=tuple(reader.headings),
        blocks=tuple(reader.blocks.values()),
        values=tuple(reader.values),
        references=tuple(reader.references),
        anchors=frozenset(reader.anchors),
        faults=tuple(reader.faults),
    )


@dataclass
class _Reader:
    faults: list[Fault]
    title: str = ""
    headings: list[Heading] = field(default_factory=list)
    values: list[LiveValue] = field(default_factory=list)
    references: list[Reference] = field(default_factory=list)
    blocks: dict[int, Block] = field(default_factory=dict)
    """By the place of their token."""
    anchors: set[str] = field(default_factory=set)
    _line: int = 1
    _numbers: int = 0

    def without_title(self, tokens: list[Token], *, needed: bool) -> list[Token]:
        """The tokens without a heading of the first level at their beginning, where that is the title."""
        is_heading = len(tokens) > 2 and tokens[0].type == "heading_open" and tokens[0].tag == "h1"
        if not (needed and is_heading):
            return tokens
        self.title = "".join(child.content for child in tokens[1].children or ()).strip()
        return tokens[3:]

    def walk(self, tokens: list[Token]) -> None:
        """Nothing; everything the tokens ask for is noted, and headings have their levels and anchors."""
        levels = _levels([int(token.tag[1]) for token in tokens if token.type == "heading_open"])
        at_heading = 0
        for at, token in enumerate(tokens):
            if token.map is not None:
                self._line = token.map[0] + 1
            if token.type == "heading_open":
                self._heading(token, tokens[at + 1], levels[at_heading])
                at_heading += 1
            elif token.type == "heading_close":
                token.tag = f"h{levels[at_heading - 1]}"
            elif token.type == "inline":
                self._inline(token)
            elif token.type in _MATH:
                self._formula(token, is_block=True)
            elif token.type == "fence":
                self._fence(at, token)

    def _heading(self, token: Token, inline: Token, level: int) -> None:
        token.tag = f"h{level}"
        words = "".join(
            child.content for child in inline.children or () if child.type in ("text", "code_inline")
        )
        anchor = self._free(re.sub(r"[^\w]+", "-", words.lower()).strip("-") or "section")
        token.attrSet("id", anchor)
        if level <= 3 and token.level == 0:
            token.meta["entry"] = len(self.headings)
            self.headings.append(Heading(anchor, level, ()))

    def _free(self, wanted: str) -> str:
        """An anchor that neither another heading nor the page itself has."""
        base = f"about-{wanted}" if _TAKEN.fullmatch(wanted) else wanted
        name, more = base, 1
        while name in self.anchors:
            more += 1
            name = f"{base}-{more}"
        self.anchors.add(name)
        return name

    def _inline(self, token: Token) -> None:
        line, depth = self._line, 0
        for child in token.children or ():
            match child.type:
                case "softbreak" | "hardbreak":
                    line += 1
                case "link_open" | "link_close":
                    depth += child.nesting
                    if child.nesting == 1:
                        self.references.append(Reference(str(child.attrs.get("href", "")), line, False))
                case "image":
                    self.references.append(Reference(str(child.attrs.get("src", "")), line, True))
                case "math_inline" | "math_inline_double":
                    self._formula(child, is_block=child.type.endswith("double"), line=line)
                case _ if child.type == LIVE:
                    number = len(self.values) + 1
                    child.meta["number"] = number
                    self.values.append(LiveValue(number, child.content, line, depth > 0))
                    line += child.content.count("\n")

    def _formula(self, token: Token, *, is_block: bool, line: int | None = None) -> None:
        try:
            token.meta["html"] = mathml(token.content, is_block=is_block)
        except MathError as error:
            self.faults.append(Fault(line or self._line, f"the formula cannot be shown: {error}"))

    def _fence(self, at: int, token: Token) -> None:
        kind = (token.info.split() or [""])[0]
        if kind not in KINDS:
            near = nearest(kind, KINDS)
            if near and not is_language(kind):
                self.faults.append(Fault(self._line, f"`{kind}` is no kind of block{near}"))
            return
        if token.level:
            message = f"a block of kind `{kind}` stands inside a list, a quotation or a note"
            self.faults.append(Fault(self._line, message, "put it at the beginning of its lines"))
            return
        self._numbers += 1
        block, faults = read_block(kind, token.content, self._line, self._numbers)
        self.faults.extend(faults)
        if block is not None:
            self.blocks[at] = block

    def split(self, tokens: list[Token]) -> tuple[Section, ...]:
        """The sections, each from a heading of the second level to the next; the notes stand in the last one."""
        found: list[Section] = []
        anchor = ""
        parts: list[Prose | Block] = []
        run: list[Token] = []
        for at, token in enumerate(tokens):
            starts = token.type == "heading_open" and token.tag == "h2" and token.level == 0
            if (starts or at in self.blocks) and run:
                parts.append(Prose(tuple(run)))
                run = []
            if starts:
                if parts or anchor:
                    found.append(Section(anchor, tuple(parts)))
                anchor, parts = str(token.attrs["id"]), []
            if at in self.blocks:
                parts.append(self.blocks[at])
            else:
                run.append(token)
            if token.type == "heading_open" and "entry" in token.meta:
                self._label(token.meta["entry"], tokens[at + 1])
        if run:
            parts.append(Prose(tuple(run)))
        if parts or anchor:
            found.append(Section(anchor, tuple(parts)))
        return tuple(found)

    def _label(self, entry: int, inline: Token) -> None:
        known = ("text", "code_inline", LIVE)
        parts = [
            child.meta["number"] if child.type == LIVE else child.content
            for child in inline.children or ()
            if child.type in known
        ]
        heading = self.headings[entry]
        self.headings[entry] = Heading(heading.anchor, heading.level, tuple(parts))


def _levels(written: list[int]) -> list[int]:
    """The levels headings get below the page's title: the highest becomes 2, and none skips a level."""
    found: list[int] = []
    least = min(written, default=1)
    for level in written:
        wanted = level - least + 2
        found.append(min(wanted, (found[-1] if found else 1) + 1, 6))
    return found
