"""The overview: the state of the project in one sentence, and where to read on."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from runfolio.analysis.rounding import number_text
from runfolio.analysis.select import Outcome, value_of
from runfolio.charts.chart import Sparkline
from runfolio.model import Run
from runfolio.pages.changes import Changes
from runfolio.pages.claim_rows import ClaimList
from runfolio.pages.configurations import Configurations, configurations
from runfolio.pages.figures import Figure
from runfolio.pages.findings_list import FindingRow
from runfolio.pages.headline import Headlines
from runfolio.pages.histories import Told
from runfolio.pages.history import drawn_history
from runfolio.pages.history_headline import latest_build, latest_value, spoken_of
from runfolio.pages.leaderboard import Leaderboard, leaderboard
from runfolio.pages.models import ChampionLine
from runfolio.pages.page import Context, Link
from runfolio.pages.routes import HOME, slug
from runfolio.pages.shell import Shell
from runfolio.pages.study import Study
from runfolio.pages.variants import VariantTable, variant_table
from runfolio.pages.words import count, heading, value_text, when, with_unit

RECENT = 6
#: A card's leaderboard has columns for so many tasks.
MOST_TASKS = 8


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
    board: Leaderboard | None
    """The leading methods of a suite, where there are few experiments."""
    rate: VariantTable | None
    """The rate that the experiment is about, where there are few experiments."""
    history: Figure | None
    """The metric that is spoken of over builds, where there are few experiments and builds are all that differs."""


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
    champions: tuple[ChampionLine, ...] = ()


def home_context(
    studies: tuple[Study, ...],
    shell: Shell,
    problem_count: int,
    sparks: Mapping[str, Sparkline | None],
    headlines: Headlines,
    findings: tuple[FindingRow, ...] = (),
    changes: Changes | None = None,
    claims: ClaimList | None = None,
    champions: tuple[ChampionLine, ...] = (),
) -> HomeContext:
    """The overview of all experiments; pinned findings lead it."""
    total = sum(len(study.runs) for study in studies)
    headline, lead = _headline(studies, total, headlines)
    rows = {1: 8, 2: 5, 3: 3}.get(len(studies), 0)
    return HomeContext(
        page=shell.page(HOME, "home", headline=headline, lead=lead, tab=f"Overview: {headline}"),
        description=studies[0].site.description if studies else "",
        findings=tuple(row for row in findings if row.is_pinned),
        experiments=tuple(
            _row(
                study,
                sparks.get(study.name),
                rows,
                "" if len(studies) == 1 else headlines.of(study).title,
                headlines.histories_of(study),
            )
            for study in studies
        ),
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
        champions=champions,
    )


def _headline(studies: tuple[Study, ...], total: int, headlines: Headlines) -> tuple[str, str]:
    """One experiment: its own verdict. Several: how many there are, and what each says stands below."""
    if not studies:
        return "No runs yet", "Runs appear here with the next build after they were logged."
    if len(studies) == 1:
        found = headlines.of(studies[0])
        return found.title, found.lead
    bad = sum(_bad(study) for study in studies)
    lost = f"; {bad:,} of them gave no usable value" if bad else ""
    return f"{count(len(studies), 'experiment')}, {count(total, 'run')}{lost}", ""


def _bad(study: Study) -> int:
    return sum(study.is_bad(run.run_id) for run in study.runs)


def _row(
    study: Study, spark: Sparkline | None, rows: int, verdict: str, told: Sequence[Told]
) -> ExperimentRow:
    comparison = study.comparison
    board = leaderboard(study, study.standings) if study.standings and not told else None
    metric, best, half = _best(study, told, board)
    ranked = [item for item in comparison.results if item.estimate.n] if comparison else []
    is_ranking = study.is_about_means and study.standings is None and not told
    has_top = comparison is not None and len(ranked) > 1 and rows and is_ranking
    top = configurations(study, comparison, rows) if comparison is not None and has_top else None
    history = drawn_history(spoken_of(told, study.primary), slug(study.name)) if told and rows else None
    started = [run.started_at for run in study.runs if run.started_at is not None]
    return ExperimentRow(
        title=study.title,
        href=study.path,
        description=study.options.description,
        verdict=verdict,
        runs=len(study.runs),
        bad=_bad(study),
        metric=metric,
        best=best,
        half_width=half,
        spark=spark if history is None else None,
        latest=when(max(started)) if started else "",
        top=top,
        board=_shortened(board, rows) if board and rows else None,
        rate=variant_table(study.rate, slug(study.name)) if study.rate and rows else None,
        history=history,
    )


def _shortened(board: Leaderboard, rows: int) -> Leaderboard:
    """The first rows; without a column a task where there are many."""
    shown = board.rows[:rows]
    if len(board.tasks) <= MOST_TASKS or not board.overall:
        return replace(board, rows=shown)
    return replace(board, rows=tuple(replace(row, cells=()) for row in shown), tasks=())


def _best(study: Study, told: Sequence[Told], board: Leaderboard | None) -> tuple[str, str, str]:
    """Heading, value and half-width of the number a card shows; empty where there is none."""
    spec, first = study.primary, study.first
    if told:
        item = spoken_of(told, spec)
        return f"{item.spec.label}, build {latest_build(item)}", latest_value(item), ""
    if board is not None:
        return _suite_best(board)
    if spec is None or first is None or not study.is_about_means:
        return "", "", ""
    decimals, half = study.digits[spec.name], first.estimate.half_width
    spread = "" if half is None else number_text(half * spec.scale, decimals)
    return heading(spec), value_text(spec, first.estimate.value, decimals), spread


def _suite_best(board: Leaderboard) -> tuple[str, str, str]:
    """Heading, mean over tasks and half-width of the first method of a suite; the last two empty without a mean."""
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
