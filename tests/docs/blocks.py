"""The fenced blocks of a Markdown page."""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path

#: `<!-- not run: reason -->` on the line before a block leaves it out.
NOT_RUN = re.compile(r"<!-- not run: .+ -->\s*$")
FENCE = re.compile(
    r"^(?P<indent> *)(?P<fence>`{3,})(?P<info>[^`\n]*)\n(?P<body>.*?)^(?P=indent)(?P=fence) *$", re.M | re.S
)


@dataclass(frozen=True)
class Block:
    """One fenced block: its language, its text and the line it begins at (1-based)."""

    language: str
    text: str
    line: int


def blocks_of(page: Path) -> list[Block]:
    """The blocks that can be checked, in order."""
    source = page.read_text(encoding="utf-8")
    found = []
    for match in FENCE.finditer(source):
        if NOT_RUN.search(source[: match.start()]):
            continue
        language = (match["info"].split() or [""])[0]
        text = "".join(line.removeprefix(match["indent"]) for line in match["body"].splitlines(keepends=True))
        found.append(Block(language, text, source.count("\n", 0, match.start()) + 1))
    return found


def commands_of(block: Block) -> list[str]:
    """The commands of a console block: what follows `$ `, with lines that end in a backslash joined."""
    joined = re.sub(r"\\\n\s*>?\s*", "", block.text)
    return [line[2:].strip() for line in joined.splitlines() if line.startswith("$ ")]
