"""The list of all findings, the pinned ones first."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from runfolio.findings.front_matter import FindingStatus
from runfolio.pages.claim_result import OutcomeWords
from runfolio.pages.finding import byline, evidence, state_of
from runfolio.pages.finding_answers import AnsweredFinding
from runfolio.pages.page import Context
from runfolio.pages.routes import FINDINGS
from runfolio.pages.shell import Shell
from runfolio.pages.words import count


@dataclass(frozen=True, slots=True)
class FindingRow:
    """One finding, as lists show it."""

    title: str
    href: str
    summary: str
    byline: str
    status: str
    """A word where it is not final; empty else."""
    state: tuple[OutcomeWords, ...]
    """What its claims say, or that it waits for runs; empty where there is nothing to say."""
    evidence: str
    tags: tuple[str, ...]
    is_pinned: bool


@dataclass(frozen=True, slots=True)
class FindingsContext(Context):
    """Everything the list's template may use."""

    rows: tuple[FindingRow, ...]


def in_order(findings: Sequence[AnsweredFinding]) -> tuple[AnsweredFinding, ...]:
    """Pinned ones first, then by `order`, then the newest, then by name."""

    def place(item: AnsweredFinding) -> tuple[bool, float, int, str]:
        front = item.document.front
        order = float("inf") if front.order is None else front.order
        day = front.day.toordinal() if front.day else 0
        return not front.pinned, order, -day, item.document.name

    return tuple(sorted(findings, key=place))


def finding_row(finding: AnsweredFinding) -> FindingRow:
    """The finding as lists show it."""
    front = finding.document.front
    return FindingRow(
        title=finding.document.title,
        href=finding.path,
        summary=front.summary,
        byline=byline(finding.document),
        status="" if front.status in (None, FindingStatus.FINAL) else str(front.status),
        state=state_of(finding),
        evidence=evidence(finding),
        tags=front.tags,
        is_pinned=front.pinned,
    )


def findings_context(findings: Sequence[AnsweredFinding], shell: Shell) -> FindingsContext:
    """The list."""
    total = len(findings)
    open_ones = sum(item.document.front.status is FindingStatus.OPEN_QUESTION for item in findings)
    headline = count(total, "finding")
    if open_ones:
        headline += f", {count(open_ones, 'open question')} among them"
    return FindingsContext(
        page=shell.page(
            FINDINGS,
            "findings",
            headline=headline,
            lead="Texts whose numbers, tables and charts come from the runs, anew with every build.",
            tab="Findings",
        ),
        rows=tuple(finding_row(item) for item in findings),
    )
