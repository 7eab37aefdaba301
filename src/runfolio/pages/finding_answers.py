"""A finding with answers to everything it asks for: the numbers of its values, the ways of its links, its blocks ready to be drawn."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from runfolio.findings.answer import Answer, Answers
from runfolio.findings.block import Block
from runfolio.findings.document import Document
from runfolio.findings.fault import Fault, UnansweredError
from runfolio.findings.folder import Findings
from runfolio.findings.front_matter import FindingStatus
from runfolio.pages.claim_result import ClaimResult
from runfolio.pages.finding_blocks import Blocks, BlockView, Prepared, answered
from runfolio.pages.finding_links import Links
from runfolio.pages.live_values import LiveValues
from runfolio.pages.lookup import Lookup
from runfolio.pages.plan import FilePlan
from runfolio.pages.routes import finding_page

#: What stands in the sentence where a value's runs are not there yet.
NOT_YET = "not yet"


@dataclass(frozen=True, eq=False)
class AnsweredFinding:
    """One finding, worked out against the runs of the site."""

    document: Document
    answers: Answers
    blocks: Mapping[int, Prepared]
    """By the block's number; one that is missing here has a fault or waits for its runs."""
    missing: Mapping[int, str]
    """Block number → what it waits for."""
    faults: tuple[Fault, ...]
    waits_for: tuple[Fault, ...]
    """Of an open question: what is not there yet, and where it is asked for."""
    files: tuple[FilePlan, ...]
    experiments: tuple[str, ...]
    """Names of those it speaks of."""
    run_ids: tuple[str, ...]
    """Runs that stand behind its blocks and values, each once."""

    @property
    def path(self) -> str:
        """Its page."""
        return finding_page(self.document.name)

    @property
    def claims(self) -> tuple[ClaimResult, ...]:
        """What it claims, judged, in the order of the text."""
        found = (self.blocks[number].claim for number in sorted(self.blocks))
        return tuple(item for item in found if item is not None)

    def view(self, block: Block) -> BlockView:
        """The block as the page shows it."""
        prepared = self.blocks.get(block.number)
        if prepared is not None:
            return prepared.draw()
        anchor = f"block-{block.number}"
        if block.number in self.missing:
            return BlockView(block.kind, anchor, title=block.title, missing=self.missing[block.number])
        fault = next((item.message for item in self.faults if item.line == block.line), "it has a fault")
        return BlockView(block.kind, anchor, title=block.title, fault=fault)

    @property
    def inputs(self) -> tuple[str, ...]:
        """Everything its page shows beyond the core of its experiments' runs."""
        blocks = [part for number in sorted(self.blocks) for part in self.blocks[number].inputs]
        known = repr((sorted(self.answers.values.items()), sorted(self.answers.targets.items())))
        trouble = repr((self.faults, self.waits_for, self.run_ids))
        return (self.document.path, self.document.digest, known, trouble, *blocks)


def answer_finding(
    document: Document, folder: Findings, names: Mapping[str, Document], blocks: Blocks
) -> AnsweredFinding:
    """The finding with its answers; what cannot be answered is a fault, or is waited for by an open question."""
    gathered = _Gathered(document)
    values = _values(document, blocks.lookup, gathered)
    targets = _targets(document, Links(blocks.lookup, document, names, folder), gathered)
    prepared = {}
    for block in document.blocks:
        try:
            prepared[block.number] = blocks.prepare(block)
        except UnansweredError as error:
            gathered.note(block.line, error, block.number)
    run_ids = dict.fromkeys(run_id for item in prepared.values() for run_id in item.run_ids)
    run_ids |= dict.fromkeys(run_id for answer in values.values() for run_id in answer.run_ids)
    return AnsweredFinding(
        document=document,
        answers=Answers(values, targets, folder.options.html),
        blocks=prepared,
        missing=gathered.missing,
        faults=(*document.faults, *gathered.faults),
        waits_for=tuple(gathered.waits_for),
        files=(*gathered.files, *(file for item in prepared.values() for file in item.files)),
        experiments=tuple(sorted(blocks.lookup.seen)),
        run_ids=tuple(run_ids),
    )


@dataclass
class _Gathered:
    document: Document
    faults: list[Fault] = field(default_factory=list)
    waits_for: list[Fault] = field(default_factory=list)
    missing: dict[int, str] = field(default_factory=dict)
    files: list[FilePlan] = field(default_factory=list)

    def note(self, line: int, error: UnansweredError, block: int = 0) -> bool:
        """True where an open question may wait for it; else it is a fault."""
        fault = Fault(line, error.message, error.hint)
        if not (error.can_come and self.document.front.status is FindingStatus.OPEN_QUESTION):
            self.faults.append(fault)
            return False
        self.waits_for.append(fault)
        if block:
            self.missing[block] = error.message
        return True


def _values(document: Document, lookup: Lookup, gathered: _Gathered) -> dict[int, Answer]:
    if document.front.experiment:
        try:
            lookup.study(document.front.experiment)
        except UnansweredError as error:
            gathered.note(document.front.experiment_line, error)
    live = LiveValues(lookup)
    found = {}
    for value in document.values:
        try:
            found[value.number] = answered(value.source, live)
        except UnansweredError as error:
            if gathered.note(value.line, error):
                found[value.number] = Answer(NOT_YET, facts=(error.message,), is_missing=True)
    return found


def _targets(document: Document, links: Links, gathered: _Gathered) -> dict[str, str]:
    found: dict[str, str] = {}
    for reference in document.references:
        try:
            found[reference.target], file = links.target(reference)
        except UnansweredError as error:
            gathered.note(reference.line, error)
        else:
            gathered.files.extend((file,) if file else ())
    return found
