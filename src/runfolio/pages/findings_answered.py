"""All findings of a project against the runs of its site, and what is told of their faults."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

from runfolio.catalog.catalog import Catalog
from runfolio.findings.fault import Fault, raise_all
from runfolio.findings.folder import Findings
from runfolio.findings.front_matter import FindingStatus
from runfolio.model import Problem, Severity
from runfolio.pages.claim_ground import Ground
from runfolio.pages.finding_answers import AnsweredFinding, answer_finding
from runfolio.pages.finding_blocks import Blocks
from runfolio.pages.findings_list import in_order
from runfolio.pages.lookup import Lookup
from runfolio.pages.series import SeriesStore


def answer_all(
    findings: Findings,
    ground: Ground,
    catalog: Catalog,
    series: SeriesStore,
    curves: Callable[[], Mapping[str, str]],
) -> tuple[AnsweredFinding, ...]:
    """Every finding with its answers, in the order of lists."""
    documents = findings.documents()
    names = {document.name: document for document in documents}
    found = []
    for document in documents:
        lookup = Lookup(ground.studies, document.front.experiment)
        may_wait = document.front.status is FindingStatus.OPEN_QUESTION
        blocks = Blocks(lookup, catalog, series, curves, ground, document.path, may_wait)
        found.append(answer_finding(document, findings, names, blocks))
    return in_order(found)


def told(findings: Sequence[AnsweredFinding], *, tolerant: bool) -> list[Problem]:
    """The findings' faults as Problems.

    Raises:
        FindingError: there are faults, unless they are to be tolerated; all of them together.
    """
    faults = [(item.document.path, fault) for item in findings for fault in item.faults]
    if not tolerant:
        raise_all(faults)
    return [_problem(path, fault) for path, fault in sorted(set(faults), key=_place)]


def _place(item: tuple[str, Fault]) -> tuple[str, int, str]:
    return item[0], item[1].line, item[1].message


def _problem(path: str, fault: Fault) -> Problem:
    return Problem("finding", Severity.ERROR, fault.message, path=f"{path}:{fault.line}", hint=fault.hint)
