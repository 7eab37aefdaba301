"""Claims as a site shows them: a list of sentences with their outcomes, and the file for scripts."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from urllib.parse import quote

from runfolio.analysis.claim import Form, Outcome
from runfolio.pages.build_record import ClaimRecord
from runfolio.pages.claim_result import (
    UNMARKED,
    ClaimResult,
    Mark,
    OutcomeWords,
    claim_verb,
    gate_of,
    outcome_counts,
)
from runfolio.pages.data_files import as_json
from runfolio.pages.page import Link
from runfolio.pages.plan import FilePlan
from runfolio.pages.records import Records
from runfolio.pages.routes import HISTORY, HOME, slug
from runfolio.pages.scripts import number
from runfolio.pages.study import Study
from runfolio.pages.words import count

#: More claims than this are listed on their experiments' pages and in `data/claims.json` only.
MOST_ON_OVERVIEW = 30
CLAIMS_DATA = "data/claims.json"


@dataclass(frozen=True, slots=True)
class ClaimRow:
    """One claim in a list."""

    anchor: str
    sentence: str
    outcome: OutcomeWords
    reason: str
    evidence: Link | None
    is_gate: bool
    flip: str = ""
    """What it was in the earlier build, where that was another outcome."""
    since: str = ""
    """Since which build it is as it is."""


@dataclass(frozen=True, slots=True)
class ClaimList:
    """The claims of a page."""

    summary: str
    """How many of them hold, in words."""
    rows: tuple[ClaimRow, ...]
    hidden: int = 0
    """Claims beyond the last row."""


def marks_of(records: Records) -> Mapping[str, Mark]:
    """The mark of each claim, by its key."""
    return {item.name: Mark(records.claims_before.get(item.name, ""), item.since) for item in records.claims}


def outcome_records(results: Sequence[ClaimResult], studies: Sequence[Study]) -> tuple[ClaimRecord, ...]:
    """The outcomes as the record of a build keeps them."""
    pages = [evidence_of(result, studies) for result in results]
    return tuple(
        ClaimRecord(result.claim.key, result.sentence, str(result.outcome), page.href if page else "")
        for result, page in zip(results, pages, strict=True)
    )


def claim_lists(
    results: Sequence[ClaimResult], studies: Sequence[Study], marks: Mapping[str, Mark]
) -> Mapping[str, ClaimList | None]:
    """The claims of each page that lists any, by its path: the overview, the experiments', the history's."""
    over_builds = [item for item in results if item.claim.is_over_builds]
    lists = {
        study.path: claim_list([item for item in results if item.experiment == study.name], studies, marks)
        for study in studies
    }
    return {
        HOME: claim_list(results, studies, marks, MOST_ON_OVERVIEW),
        HISTORY: claim_list(over_builds, studies, marks),
        **lists,
    }


def claim_list(
    results: Sequence[ClaimResult],
    studies: Sequence[Study],
    marks: Mapping[str, Mark],
    limit: int | None = None,
) -> ClaimList | None:
    """The list in the order of the configuration, or None without claims."""
    if not results:
        return None
    shown = results if limit is None else results[:limit]
    return ClaimList(
        summary=summary_of(results),
        rows=tuple(claim_row(result, studies, marks.get(result.claim.key, UNMARKED)) for result in shown),
        hidden=len(results) - len(shown),
    )


def summary_of(results: Sequence[ClaimResult]) -> str:
    """`2 claims hold, 1 is undecided`."""
    counts = [(n, claim_verb(outcome, n)) for outcome, n in outcome_counts(results).items()]
    first = f"{count(counts[0][0], 'claim')} {counts[0][1]}"
    return ", ".join([first, *(f"{n} {verb}" for n, verb in counts[1:])])


def claim_row(result: ClaimResult, studies: Sequence[Study], mark: Mark) -> ClaimRow:
    """One result as a row."""
    return ClaimRow(
        anchor=slug(result.claim.key),
        sentence=result.sentence,
        outcome=result.words,
        reason=result.reason,
        evidence=evidence_of(result, studies),
        is_gate=result.claim.is_gate,
        flip=mark.flip(result.outcome),
        since=mark.words,
    )


def evidence_of(result: ClaimResult, studies: Sequence[Study]) -> Link | None:
    """Where the claim's numbers stand: the configurations of its experiment, or the table of the runs it asked."""
    claim = result.claim
    if claim.form.is_trend and result.run_ids and result.outcome is not Outcome.OPEN:
        return Link(count(len(result.run_ids), "run"), f"{HISTORY}#histories")
    study = next((study for study in studies if study.name == result.experiment), None)
    if study is None or result.outcome is Outcome.OPEN:
        return None
    if claim.form in (Form.WHERE, Form.BUDGET, Form.LOGGED) or (
        result.spec is not None and result.spec != study.primary
    ):
        query = f"?v=1&q={quote(claim.group)}" if claim.group and not claim.than else ""
        return Link(count(len(result.run_ids), "run"), f"{study.path}#runs{query}")
    if claim.form in (Form.NONE_FAILED, Form.NONE_DIVERGED):
        anchor = "failures" if result.outcome is Outcome.DOES_NOT_HOLD and not claim.metric else "runs"
        return Link(count(len(result.run_ids), "run"), f"{study.path}#{anchor}")
    return Link(count(len(result.run_ids), "run"), f"{study.path}#configurations")


def claims_files(
    results: Sequence[ClaimResult],
    studies: Sequence[Study],
    marks: Mapping[str, Mark],
    inputs: tuple[str, ...],
) -> list[FilePlan]:
    """`data/claims.json`, where anything is claimed."""
    if not results:
        return []
    record = partial(claims_record, results, studies, marks)
    return [FilePlan(CLAIMS_DATA, (*inputs, repr(results), repr(marks)), record)]


def claims_record(
    results: Sequence[ClaimResult], studies: Sequence[Study], marks: Mapping[str, Mark]
) -> bytes:
    """`data/claims.json`: every claim with its outcome and evidence. Numbers are in logged units, non-finite ones texts."""
    return as_json({"schema": 1, "claims": claims_as_json(results, studies, marks)})


def claims_as_json(
    results: Sequence[ClaimResult], studies: Sequence[Study], marks: Mapping[str, Mark]
) -> list[dict[str, object]]:
    """Every result with the same keys."""
    return [_as_json(item, studies, marks.get(item.claim.key, UNMARKED)) for item in results]


def _as_json(result: ClaimResult, studies: Sequence[Study], mark: Mark) -> dict[str, object]:
    """One result with the keys that docs/claims-and-gates.md lists, all of them always there."""
    claim, delta, estimate = result.claim, result.delta, result.estimate
    evidence, gate = evidence_of(result, studies), gate_of(result, mark)
    return {
        "key": claim.key,
        "sentence": result.sentence,
        "outcome": str(result.outcome),
        "reason": result.reason,
        "was": mark.was or None,
        "since": mark.since or None,
        "gate": None if gate is None else str(gate),
        "form": str(claim.form),
        "experiment": result.experiment or None,
        "metric": result.spec.name if result.spec else None,
        "difference": None
        if delta is None
        else {
            "value": number(delta.absolute),
            "low": number(delta.low),
            "high": number(delta.high),
            "verdict": str(delta.verdict),
            "method": delta.method,
        },
        "mean": None
        if estimate is None
        else {"value": number(estimate.value), "low": number(estimate.low), "high": number(estimate.high)},
        "counts": list(result.counts),
        "more_runs": result.more_runs,
        "more_builds": result.more_builds,
        "step": None if result.step is None else result.step.as_json(),
        "runs": list(result.run_ids),
        "page": evidence.href if evidence else None,
    }
