"""The audit page: where each number comes from, what was skipped, and how to check the files."""

from __future__ import annotations

from dataclasses import dataclass

from runfolio.analysis.compare import tests_used
from runfolio.analysis.rounding import bytes_text
from runfolio.analysis.select import Outcome
from runfolio.model import MetricSpec, Run, RunStatus
from runfolio.pages.page import Context, Link
from runfolio.pages.provenance import Provenance, provenance
from runfolio.pages.routes import AUDIT
from runfolio.pages.shell import Shell
from runfolio.pages.study import Study
from runfolio.pages.words import count, heading, when

MAX_RUNS = 500


@dataclass(frozen=True, slots=True)
class AuditRow:
    """One run and the files behind it."""

    run: Link
    experiment: str
    reader: str
    path: str
    started: str
    commit: str
    """Its first ten digits, `+` behind where files were changed beside it; empty where none was recorded."""
    files: int
    size: str
    digest: str
    """First twelve hex digits of the run's fingerprint."""


@dataclass(frozen=True, slots=True)
class Definition:
    """How a metric is read."""

    name: str
    heading: str
    goal: str
    reduction: str
    threshold: str


@dataclass(frozen=True, slots=True)
class Baseline:
    """What an experiment is compared with, and why."""

    experiment: Link
    label: str
    reason: str
    method: str
    seeds: str


@dataclass(frozen=True, slots=True, eq=False)
class AuditContext(Context):
    """Everything the audit template may use."""

    rows: tuple[AuditRow, ...]
    total: int
    definitions: tuple[Definition, ...]
    baselines: tuple[Baseline, ...]
    provenance: Provenance
    problem_count: int
    sources: tuple[str, ...]


_REDUCTIONS = {
    "last": "last logged value",
    "tail": "mean of the last tenth of the values",
    "minimum": "lowest value over all steps (selected, so optimistic)",
    "maximum": "highest value over all steps (selected, so optimistic)",
}
_GOALS = {"maximize": "higher is better", "minimize": "lower is better", "none": "no direction"}


def audit_context(
    studies: tuple[Study, ...], shell: Shell, problem_count: int, sources: tuple[str, ...]
) -> AuditContext:
    """Every run with its files, every metric with its definition, every experiment with its baseline."""
    runs = [(study, run) for study in studies for run in study.runs]
    specs: dict[str, MetricSpec] = {}
    for study in studies:
        for name, spec in study.specs.items():
            specs.setdefault(name, spec)
    page = shell.page(
        AUDIT, "audit", headline=_headline(studies, len(runs)), lead=_lead(studies, problem_count)
    )
    return AuditContext(
        page=page,
        rows=tuple(_row(study, run) for study, run in runs[:MAX_RUNS]),
        total=len(runs),
        definitions=tuple(_definition(spec) for spec in specs.values()),
        baselines=tuple(_baseline(study) for study in studies),
        provenance=provenance([run for _, run in runs]),
        problem_count=problem_count,
        sources=sources,
    )


def _headline(studies: tuple[Study, ...], total: int) -> str:
    files = sum(len(run.source.files) for study in studies for run in study.runs)
    return f"Every number on this site comes from {count(files, 'file')} of {count(total, 'run')}"


def _lead(studies: tuple[Study, ...], problem_count: int) -> str:
    runs = [(study, run) for study in studies for run in study.runs]
    complete = sum(run.status is RunStatus.FINISHED for _, run in runs)
    parts = [f"{complete} of {count(len(runs), 'run')} ended normally"]
    for outcome, word in (
        (Outcome.FAILED, "failed"),
        (Outcome.INTERRUPTED, "were interrupted"),
        (Outcome.DIVERGED, "diverged"),
        (Outcome.RUNNING, "were still running"),
    ):
        number = sum(study.outcomes.get(run.run_id) is outcome for study, run in runs)
        if number:
            parts.append(f"{number} {word if number > 1 else word.replace('were', 'was')}")
    found = f" {count(problem_count, 'problem')} found in the inputs." if problem_count else ""
    return ", ".join(parts) + "." + found


def _row(study: Study, run: Run) -> AuditRow:
    return AuditRow(
        run=Link(run.name, study.address(run.run_id, "files")),
        experiment=study.title,
        reader=run.source.reader,
        path=run.source.path,
        started=when(run.started_at),
        commit=_commit(run),
        files=len(run.source.files),
        size=bytes_text(sum(item.size_bytes for item in run.source.files)),
        digest=run.fingerprint[:12],
    )


def _commit(run: Run) -> str:
    if run.git is None or not run.git.commit:
        return ""
    return run.git.commit[:10] + ("+" if run.git.dirty else "")


def _definition(spec: MetricSpec) -> Definition:
    return Definition(
        name=spec.name,
        heading=heading(spec),
        goal=_GOALS[spec.goal],
        reduction=_REDUCTIONS[spec.reduction],
        threshold="" if spec.threshold is None else f"{spec.threshold * spec.scale:g}",
    )


def _baseline(study: Study) -> Baseline:
    # Not from the comparison: of ten thousand runs it would cost the page a second.
    primary, baseline = study.primary, study.baseline
    methods = (
        tests_used(study.grouping.groups, study.by_id, primary, baseline, study.site.compare, study.estimates)
        if primary and baseline
        else set()
    )
    return Baseline(
        experiment=Link(study.title, study.path),
        label=study.baseline.label if study.baseline else "none",
        reason=study.baseline_reason,
        method=", ".join(sorted(methods)),
        seeds=", ".join(study.grouping.seeds),
    )
