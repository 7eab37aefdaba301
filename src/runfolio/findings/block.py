"""Blocks: what a finding asks for in a fence of TOML. The same keys mean the same in every kind of block."""

from __future__ import annotations

from dataclasses import dataclass

from runfolio.analysis.claim import Claim
from runfolio.findings.fault import Fault
from runfolio.findings.front_matter import noted, opened, read_toml
from runfolio.toml.claim import read_claim
from runfolio.toml.section import Section

#: The word after the fence's backticks.
KINDS = ("chart", "table", "leaderboard", "compare", "claim", "gate", "value", "runs", "artifact")
#: Blocks that the runs are judged by.
JUDGED = ("claim", "gate")


@dataclass(frozen=True, slots=True)
class Block:
    """One block as it was written; empty fields were not given."""

    kind: str
    line: int
    """Of the fence, 1-based."""
    number: int
    """1 for the first block of the document."""
    experiment: str = ""
    metrics: tuple[str, ...] = ()
    where: str = ""
    title: str = ""
    caption: str = ""
    limit: int | None = None
    sides: tuple[str, ...] = ()
    """compare: the filters of its two to four configurations, the last one the baseline."""
    value: str = ""
    """value: a live value, as in prose, without its braces."""
    label: str = ""
    run: str = ""
    artifact: str = ""
    columns: tuple[str, ...] = ()
    claim: Claim | None = None
    """claim and gate: what is said; the file it stands in is for the page to add."""


#: Which keys each kind of block takes.
_KEYS = {
    "chart": ("experiment", "metric", "where", "title", "caption", "limit"),
    "table": ("experiment", "metric", "where", "caption", "limit"),
    "leaderboard": ("experiment", "metric", "where", "caption", "limit"),
    "compare": ("experiment", "metric", "sides", "caption"),
    "value": ("experiment", "value", "label"),
    "runs": ("experiment", "metric", "where", "columns", "caption", "limit"),
    "artifact": ("run", "artifact", "caption"),
}


def read_block(kind: str, text: str, line: int, number: int) -> tuple[Block | None, tuple[Fault, ...]]:
    """The block in a fence, and what is wrong with it; None where nothing of it can be used.

    Args:
        kind: one of KINDS.
        text: the TOML between the fences.
        line: of the opening fence, 1-based.
        number: of the block in its document.
    """
    table, faults = read_toml(text, line)
    if table is None:
        return None, faults
    section, found = opened(text, table)
    if kind in JUDGED:
        claim = read_claim(section, is_gate=kind == "gate")
        block = None if claim is None else Block(kind, line, number, claim=claim)
        return block, noted(section, found, line)
    plain = _read(section, kind, line, number)
    return plain, noted(section, found, line)


def _read(section: Section, kind: str, line: int, number: int) -> Block:
    keys = _KEYS[kind]
    has = keys.__contains__
    limit = section.number("limit", at_least=1, whole=True) if has("limit") else None
    return Block(
        kind,
        line,
        number,
        experiment=(section.text("experiment") or "") if has("experiment") else "",
        metrics=section.texts("metric", accept_one=True) if has("metric") else (),
        where=(section.where("where") or "") if has("where") else "",
        title=(section.text("title") or "") if has("title") else "",
        caption=(section.text("caption") or "") if has("caption") else "",
        limit=None if limit is None else int(limit),
        sides=_sides(section) if has("sides") else (),
        value=section.needed("value") if has("value") else "",
        label=(section.text("label") or "") if has("label") else "",
        run=section.needed("run") if has("run") else "",
        artifact=section.needed("artifact") if has("artifact") else "",
        columns=section.texts("columns") if has("columns") else (),
    )


def _sides(section: Section) -> tuple[str, ...]:
    sides = section.texts("sides")
    if not 2 <= len(sides) <= 4:
        section.fault("sides", "must be two to four filters, the last one the baseline")
    return sides
