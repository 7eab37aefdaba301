"""A finding's page: what its author wrote, with numbers, tables and charts from the runs."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from runfolio.analysis.claim import Outcome
from runfolio.findings.answer import Answers
from runfolio.findings.document import Document, Heading, Prose
from runfolio.findings.front_matter import FindingStatus
from runfolio.pages.claims import outcome_counts
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
    state: str
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


def finding_context(finding: AnsweredFinding, shell: Shell) -> FindingContext:
    """The page of one finding."""
    document, front = finding.document, finding.document.front
    views = {block.number: finding.view(block) for block in document.blocks}
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
        state="" if finding.faults else state_text(finding),
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


def state_text(finding: AnsweredFinding) -> str:
    """One line on how the finding stands."""
    if finding.faults:
        return f"cannot be shown in full: {count(len(finding.faults), 'fault')}"
    if finding.claims:
        counts = outcome_counts(finding.claims)
        return "; ".join(
            f"{count(number, 'claim')} {claim_verb(outcome, number)}" for outcome, number in counts.items()
        )
    if finding.waits_for:
        return f"waits for {count(len(finding.waits_for), 'thing')} that the runs do not have yet"
    return ""


def claim_verb(outcome: Outcome, number: int) -> str:
    """`holds`, `do not hold`, `are undecided`: what so many claims do."""
    one = {
        Outcome.HOLDS: "holds",
        Outcome.DOES_NOT_HOLD: "does not hold",
        Outcome.UNDECIDED: "is undecided",
        Outcome.OPEN: "waits for its runs",
    }
    many = {
        Outcome.HOLDS: "hold",
        Outcome.DOES_NOT_HOLD: "do not hold",
        Outcome.UNDECIDED: "are undecided",
        Outcome.OPEN: "wait for their runs",
    }
    return (one if number == 1 else many)[outcome]


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
