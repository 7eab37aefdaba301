"""The overview: the state of the project in one sentence, and where to read on."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass

from runfolio.analysis.rounding import number_text
from runfolio.analysis.select import Outcome, value_of
from runfolio.charts.chart import Sparkline
from runfolio.model import Run
from runfolio.pages.changes import Changes
from runfolio.pages.claim_rows import ClaimList
from runfolio.pages.configurations import Configurations, configurations
from runfolio.pages.findings_list import FindingRow
from runfolio.pages.headline import experiment_headline
from runfolio.pages.leaderboard import leaderboard
from runfolio.pages.page import Context, Link
from runfolio.pages.routes import HOME, slug
from runfolio.pages.shell import Shell
from runfolio.pages.standings import Standings
from runfolio.pages.study import Study
from runfolio.pages.words import count, heading, value_text, when, with_unit

RECENT = 6


@dataclass(frozen=True, slots=True)
class ExperimentRow:
    """One experiment on the overview."""

    title: str
    href: str
    description: str
    verdict: str
    """Empty where it is the page's own headline."""
    runs: int
    bad: int
    metric: str
    best: str
    half_width: str
    spark: Sparkline | None
    latest: str
    top: Configurations | None
    """Its leading configurations, where there are few experiments."""


@dataclass(frozen=True, slots=True)
class RecentRun:
    """A run that started lately."""

    link: Link
    experiment: str
    status: str
    is_bad: bool
    value: str
    started: str


@dataclass(frozen=True, slots=True, eq=False)
class HomeContext(Context):
    """Everything the overview's template may use."""

    description: str
    findings: tuple[FindingRow, ...]
    """The pinned ones."""
    experiments: tuple[ExperimentRow, ...]
    recent: tuple[RecentRun, ...]
    total_runs: int
    problem_count: int
    problem_words: str
    visit: Mapping[str, object]
    """For `since your last visit`: site id, number of runs, runs by experiment."""
    changes: Changes | None = None
    """What is different from the build that this one is compared with."""
    claims: ClaimList | None = None


def home_context(
    studies: tuple[Study, ...],
    shell: Shell,
    problem_count: int,
    sparks: Mapping[str, Sparkline | None],
    findings: tuple[FindingRow, ...] = (),
    changes: Changes | None = None,
    claims: ClaimList | None = None,
) -> HomeContext:
    """The overview of all experiments; pinned findings lead it."""
    total = sum(len(study.runs) for study in studies)
    headline, lead = _headline(studies, total)
    rows = {1: 8, 2: 5, 3: 3}.get(len(studies), 0)
    return HomeContext(
        page=shell.page(HOME, "home", headline=headline, lead=lead, tab=f"Overview: {headline}"),
        description=studies[0].site.description if studies else "",
        findings=tuple(row for row in findings if row.is_pinned),
        experiments=tuple(_row(study, sparks.get(study.name), rows, len(studies) == 1) for study in studies),
        recent=_recent(studies),
        total_runs=total,
        problem_count=problem_count,
        problem_words=count(problem_count, "problem") if problem_count else "",
        visit={
            "site": slug(shell.title),
            "runs": total,
            "experiments": {slug(study.name): len(study.runs) for study in studies},
        },
        changes=changes,
        claims=claims,
    )


def _headline(studies: tuple[Study, ...], total: int) -> tuple[str, str]:
    """One experiment: its own verdict. Several: how many there are, and what each says stands below."""
    if not studies:
        return "No runs yet", "Runs appear here with the next build after they were logged."
    if len(studies) == 1:
        found = experiment_headline(studies[0])
        return found.title, found.lead
    bad = sum(_bad(study) for study in studies)
    lost = f"; {bad:,} of them gave no usable value" if bad else ""
    return f"{count(len(studies), 'experiment')}, {count(total, 'run')}{lost}", ""


def _bad(study: Study) -> int:
    return sum(study.is_bad(run.run_id) for run in study.runs)


def _row(study: Study, spark: Sparkline | None, rows: int, is_only: bool) -> ExperimentRow:
    spec, comparison = study.primary, study.comparison
    best = half = metric = ""
    ranked = [item for item in comparison.results if item.estimate.n] if comparison else []
    if spec is not None and study.first is not None and study.is_about_means:
        estimate = study.first.estimate
        decimals = study.digits[spec.name]
        metric, best = heading(spec), value_text(spec, estimate.value, decimals)
        half = "" if estimate.half_width is None else number_text(estimate.half_width * spec.scale, decimals)
    if study.standings is not None:
        metric, best, half = _suite_best(study, study.standings)
    has_top = (
        comparison is not None
        and len(ranked) > 1
        and rows
        and study.is_about_means
        and study.standings is None
    )
    top = configurations(study, comparison, rows) if comparison is not None and has_top else None
    started = [run.started_at for run in study.runs if run.started_at is not None]
    return ExperimentRow(
        title=study.title,
        href=study.path,
        description=study.options.description,
        verdict="" if is_only else experiment_headline(study).title,
        runs=len(study.runs),
        bad=_bad(study),
        metric=metric,
        best=best,
        half_width=half,
        spark=spark,
        latest=when(max(started)) if started else "",
        top=top,
    )


def _suite_best(study: Study, found: Standings) -> tuple[str, str, str]:
    """Heading, mean over tasks and half-width of the first method of a suite; the last two empty without a mean."""
    board = leaderboard(study, found)
    if not board.overall or not board.rows:
        return board.title, "", ""
    first = board.rows[0].overall[0]
    return f"{board.overall[0]}", first.value, first.half_width


def _recent(studies: tuple[Study, ...]) -> tuple[RecentRun, ...]:
    dated = [
        (run.started_at, study, run) for study in studies for run in study.runs if run.started_at is not None
    ]
    dated.sort(key=lambda item: (item[0], item[2].run_id), reverse=True)
    return tuple(_recent_run(study, run) for _, study, run in dated[:RECENT])


def _recent_run(study: Study, run: Run) -> RecentRun:
    outcome = study.outcomes[run.run_id]
    spec, value = study.primary, ""
    if spec is not None and math.isfinite(value_of(run, spec)):
        value = (
            f"{spec.label} {with_unit(spec, value_text(spec, value_of(run, spec), study.digits[spec.name]))}"
        )
    return RecentRun(
        link=Link(run.name, study.address(run.run_id)),
        experiment=study.title,
        status=str(outcome) if outcome is Outcome.DIVERGED else str(run.status),
        is_bad=study.is_bad(run.run_id),
        value=value,
        started=when(run.started_at),
    )
