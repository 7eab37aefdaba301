"""A finding's page: what its author wrote, with numbers, tables and charts from the runs."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date

from runfolio.findings.answer import Answers
from runfolio.findings.document import Document, Heading, Prose
from runfolio.findings.front_matter import FindingStatus
from runfolio.pages.claim_result import (
    UNMARKED,
    Mark,
    OutcomeWords,
    claim_verb,
    outcome_counts,
    outcome_words,
)
from runfolio.pages.finding_answers import AnsweredFinding
from runfolio.pages.finding_blocks import BlockView
from runfolio.pages.page import Context, Link
from runfolio.pages.routes import FINDINGS
from runfolio.pages.shell import Shell
from runfolio.pages.words import count, listing

#: Fewer headings than this need no table of contents.
FEWEST_HEADINGS = 3


@dataclass(frozen=True, slots=True, eq=False)
class PartView:
    """Prose, or a block."""

    prose: Prose | None
    block: BlockView | None


@dataclass(frozen=True, slots=True, eq=False)
class SectionView:
    """From one heading of the second level to the next; a slide where the finding is presented."""

    anchor: str
    parts: tuple[PartView, ...]


@dataclass(frozen=True, slots=True)
class Entry:
    """A line of the table of contents."""

    label: str
    anchor: str
    level: int


@dataclass(frozen=True, slots=True)
class FaultView:
    """What is wrong, and where."""

    place: str
    message: str
    hint: str


@dataclass(frozen=True, slots=True, eq=False)
class FindingContext(Context):
    """Everything the finding's template may use."""

    byline: str
    """Who and when; empty where the finding does not say."""
    status: str
    state: tuple[OutcomeWords, ...]
    """What its claims say; empty where it claims nothing."""
    tags: tuple[str, ...]
    evidence: str
    """`24 runs, 1 table, 2 charts`; empty without any."""
    contents: tuple[Entry, ...]
    """Empty where there are few headings."""
    sections: tuple[SectionView, ...]
    answers: Answers
    waits_for: tuple[FaultView, ...]
    """Of an open question: what is not there yet."""
    faults: tuple[FaultView, ...]
    """Only where a site is looked at while it is written; a build refuses a finding with faults."""
    source: str
    """The file it was written in."""
    has_frames: bool


def finding_context(
    finding: AnsweredFinding, shell: Shell, marks: Mapping[str, Mark] | None = None
) -> FindingContext:
    """The page of one finding; `marks` say by key what its claims were before."""
    document, front = finding.document, finding.document.front
    views = {block.number: _marked(finding.view(block), marks or {}) for block in document.blocks}
    sections = tuple(
        SectionView(
            section.anchor,
            tuple(
                PartView(part, None) if isinstance(part, Prose) else PartView(None, views[part.number])
                for part in section.parts
            ),
        )
        for section in document.sections
    )
    return FindingContext(
        page=shell.page(
            finding.path,
            "finding",
            headline=document.title,
            lead=front.summary,
            trail=(Link("Findings", FINDINGS),),
        ),
        byline=byline(document),
        status="" if front.status in (None, FindingStatus.FINAL) else str(front.status),
        state=() if finding.faults else state_of(finding),
        tags=front.tags,
        evidence=evidence(finding),
        contents=_contents(finding),
        sections=sections,
        answers=finding.answers,
        waits_for=_views(finding, missing=True),
        faults=_views(finding, missing=False),
        source=document.path,
        has_frames=any(
            view.artifact is not None and view.artifact.kind == "frame" for view in views.values()
        ),
    )


def day_text(day: date) -> str:
    """`12 Nov 2026`."""
    months = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
    return f"{day.day} {months[day.month - 1]} {day.year}"


def byline(document: Document) -> str:
    """`By A. Tester and B. Checker, 12 Nov 2026`, as far as the finding says."""
    front = document.front
    who = f"By {listing(front.authors, 4)}" if front.authors else ""
    when = day_text(front.day) if front.day else ""
    return ", ".join(part for part in (who, when) if part)


def evidence(finding: AnsweredFinding) -> str:
    """`24 runs, 1 table, 2 charts`: what the finding stands on."""
    kinds = [block.kind for block in finding.document.blocks if block.number in finding.blocks]
    charts = kinds.count("chart")
    tables = sum(kind in ("table", "leaderboard", "compare", "runs") for kind in kinds)
    parts = [
        count(len(finding.run_ids), "run") if finding.run_ids else "",
        count(tables, "table") if tables else "",
        count(charts, "chart") if charts else "",
        count(len(finding.document.values), "live number") if finding.document.values else "",
    ]
    return ", ".join(part for part in parts if part)


def state_of(finding: AnsweredFinding) -> tuple[OutcomeWords, ...]:
    """How the finding stands, in parts of one line: `1 claim holds`, `1 claim does not hold`."""
    if finding.faults:
        return (
            OutcomeWords(f"cannot be shown in full: {count(len(finding.faults), 'fault')}", tone="worse"),
        )
    if finding.claims:
        counts = outcome_counts(finding.claims)
        return tuple(
            outcome_words(outcome, f"{count(number, 'claim')} {claim_verb(outcome, number)}")
            for outcome, number in counts.items()
        )
    if finding.waits_for:
        return (
            OutcomeWords(f"waits for {count(len(finding.waits_for), 'thing')} that the runs do not have yet"),
        )
    return ()


def _marked(view: BlockView, marks: Mapping[str, Mark]) -> BlockView:
    """The block; of a claim with what it was before."""
    if view.claim is None:
        return view
    mark = marks.get(view.claim.claim.key, UNMARKED)
    return replace(view, flip=mark.flip(view.claim.outcome), since=mark.words)


def _contents(finding: AnsweredFinding) -> tuple[Entry, ...]:
    headings = finding.document.headings
    if len(headings) < FEWEST_HEADINGS:
        return ()
    return tuple(Entry(_label(item, finding.answers), item.anchor, item.level) for item in headings)


def _label(heading: Heading, answers: Answers) -> str:
    parts = []
    for part in heading.text:
        if isinstance(part, str):
            parts.append(part)
        elif part in answers.values:
            parts.append(answers.values[part].text)
    return "".join(parts)


def _views(finding: AnsweredFinding, *, missing: bool) -> tuple[FaultView, ...]:
    found = finding.waits_for if missing else finding.faults
    path = finding.document.path
    return tuple(
        FaultView(f"{path}:{item.line}", item.message, item.hint)
        for item in sorted(set(found), key=lambda item: (item.line, item.message))
    )
