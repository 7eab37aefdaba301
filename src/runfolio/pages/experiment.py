"""An experiment's page: what won, by how much, how sure, what failed, and all runs."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from runfolio.analysis.rounding import duration_text, number_text
from runfolio.analysis.select import Outcome
from runfolio.charts.chart import Sparkline
from runfolio.model import Run
from runfolio.pages.arena import ArenaTable, arena_table
from runfolio.pages.claim_rows import ClaimList
from runfolio.pages.configurations import Configurations, configurations
from runfolio.pages.ending import last_step, last_words, status_word
from runfolio.pages.figures import Figure
from runfolio.pages.headline import Headline
from runfolio.pages.histories import Told
from runfolio.pages.history import drawn_history
from runfolio.pages.history_headline import latest_build, latest_value, spoken_of
from runfolio.pages.leaderboard import Leaderboard, leaderboard
from runfolio.pages.learning_curves import MAIN_METRICS, CurveChoice, experiment_figures
from runfolio.pages.page import Context, KeyNumber, Link
from runfolio.pages.routes import HOME, experiment_table, figure_series, slug, sweep_page
from runfolio.pages.runs_table import RunsTable, runs_table
from runfolio.pages.search import is_sweep
from runfolio.pages.series import SeriesStore
from runfolio.pages.shell import Shell
from runfolio.pages.study import Study
from runfolio.pages.suite_figures import SuiteFigures, suite_figures
from runfolio.pages.variants import VariantTable, variant_table
from runfolio.pages.words import DASH, count, difference_text, difference_unit, value_text, with_unit

MAX_FAILED = 20


@dataclass(frozen=True, slots=True)
class FailedRow:
    """A run that gave no usable value."""

    name: str
    href: str
    group: str
    what: str
    last_step: str
    words: str
    """Last line of its error, where it wrote one."""


@dataclass(frozen=True, slots=True, eq=False)
class ExperimentContext(Context):
    """Everything the experiment template may use."""

    title: str
    description: str
    sweep: str
    """Path of the experiment's page as a sweep; empty where it is none."""
    keys: tuple[KeyNumber, ...]
    histories: tuple[Figure, ...]
    """Metrics over builds, where builds are all that differs."""
    rates: tuple[VariantTable, ...]
    """Configured rates by variant."""
    arenas: tuple[ArenaTable, ...]
    """Pairwise outcomes by competitor."""
    board: Leaderboard | None
    """Methods on tasks, where the experiment is a suite: then there is no table of configurations."""
    table: Configurations | None
    """None where the experiment is about a rate: counts are no means."""
    figures: tuple[Figure, ...]
    more_figures: tuple[Figure, ...]
    beyond: SuiteFigures | None
    """Figures of a suite beyond its leaderboard."""
    small_multiples: tuple[Figure, ...]
    small_heading: str
    failed: tuple[FailedRow, ...]
    failed_hidden: int
    failed_heading: str
    runs: RunsTable
    claims: ClaimList | None = None


def experiment_context(
    study: Study,
    shell: Shell,
    *,
    found: Headline,
    told: Sequence[Told],
    choice: CurveChoice,
    series: SeriesStore,
    key: str,
    curves: str,
    sparks: Mapping[str, Sparkline],
    claims: ClaimList | None = None,
) -> ExperimentContext:
    """The page; `curves` is the path of the script of its curves, `key` stands in the names of its other data scripts, `told`
    are its histories over builds.
    """
    figures, small = experiment_figures(study, choice, series, curves)
    if study.arena is not None:
        # Outcomes of matches one after the other are no curve, and no pair is the best of its family.
        figures = small = ()
    comparison = study.comparison
    board = None if study.standings is None else leaderboard(study, study.standings)
    has_table = board is None and comparison is not None and comparison.results and study.is_about_means
    shown = configurations(study, comparison) if comparison is not None and has_table else None
    failed = [run for run in study.runs if study.is_bad(run.run_id)]
    return ExperimentContext(
        page=shell.page(
            study.path, "experiment", headline=found.title, lead=found.lead, trail=(Link("Overview", HOME),)
        ),
        title=study.title,
        description=study.options.description,
        sweep=sweep_page(study.name) if is_sweep(study) else "",
        rates=tuple(variant_table(rate, f"rate-{slug(rate.options.name)}") for rate in study.rates),
        arenas=tuple(arena_table(item, f"arena-{slug(item.options.name)}") for item in study.arenas),
        keys=_numbers(study, shown, board, told),
        histories=tuple(drawn_history(item, place) for place, item in enumerate(told[:MAIN_METRICS])),
        board=board,
        beyond=suite_figures(study, figure_series(study.name, "suite", key)),
        table=shown,
        figures=figures[:MAIN_METRICS],
        more_figures=figures[MAIN_METRICS:],
        small_multiples=small,
        small_heading=f"By {choice.family}" if choice.family and figures else "",
        failed=tuple(_failed_row(study, run) for run in failed[:MAX_FAILED]),
        failed_hidden=max(0, len(failed) - MAX_FAILED),
        failed_heading=f"{len(failed)} of {count(len(study.runs), 'run')} gave no usable value",
        runs=runs_table(study, experiment_table(study.name, key), sparks),
        claims=claims,
    )


def _numbers(
    study: Study, table: Configurations | None, board: Leaderboard | None, told: Sequence[Told]
) -> tuple[KeyNumber, ...]:
    if told:
        return _build_numbers(study, told)
    return _key_numbers(study, table) if board is None else _suite_numbers(study, board)


def _build_numbers(study: Study, told: Sequence[Told]) -> tuple[KeyNumber, ...]:
    """The latest build's value of the metric that is spoken of, builds, runs, compute."""
    item = spoken_of(told, study.primary)
    latest = KeyNumber(f"Latest build, {latest_build(item)}", latest_value(item), item.spec.label)
    return (latest, KeyNumber("Builds", str(len(item.builds.builds))), *_runs_and_compute(study))


def _key_numbers(study: Study, table: Configurations | None) -> tuple[KeyNumber, ...]:
    """At most five: best mean, against baseline, runs, compute, runs per configuration."""
    keys: list[KeyNumber] = []
    leader, spec = study.first, study.primary
    if table is not None and leader is not None and spec is not None:
        value = with_unit(spec, value_text(spec, leader.estimate.value, table.decimals))
        half = leader.estimate.half_width
        note = "" if half is None or spec.is_time else f"± {number_text(half * spec.scale, table.decimals)}"
        label = "Best mean" if spec.goal.sign else "Highest mean"
        keys.append(KeyNumber(label if leader.estimate.n > 1 else label.replace(" mean", ""), value, note))
        if leader.delta is not None and leader.delta.low is not None:
            gap = difference_text(spec, leader.delta.absolute, table.decimals)
            keys.append(KeyNumber("Against baseline", gap, difference_unit(spec)))
    keys += _runs_and_compute(study)
    sizes = sorted({len(group.run_ids) for group in study.grouping.groups})
    if sizes and len(study.grouping.groups) > 1:
        span = str(sizes[0]) if len(sizes) == 1 else f"{sizes[0]}–{sizes[-1]}"
        keys.append(KeyNumber("Runs per configuration", span))
    return tuple(keys)


def _runs_and_compute(study: Study) -> list[KeyNumber]:
    finished = sum(study.outcomes[run.run_id] is Outcome.OK for run in study.runs)
    total = len(study.runs)
    is_partial = finished < total
    keys = [
        KeyNumber("Usable runs", str(finished), f"of {total}")
        if is_partial
        else KeyNumber("Runs", str(total))
    ]
    seconds = [run.duration_s for run in study.runs if run.duration_s is not None]
    if seconds:
        keys.append(KeyNumber("Compute", duration_text(sum(seconds)), "all runs together"))
    return keys


def _suite_numbers(study: Study, board: Leaderboard) -> tuple[KeyNumber, ...]:
    """Best mean over tasks, methods, tasks, runs, compute."""
    keys = []
    first = board.rows[0].overall[0] if board.rows and board.rows[0].overall else None
    if first is not None and first.raw is not None:
        half = f"± {first.half_width}" if first.half_width else ""
        value = f"{first.value}{board.suffix}"
        keys.append(KeyNumber("Best mean of tasks" if board.has_best else "Mean of tasks", value, half))
    keys.append(KeyNumber("Methods", str(len(board.rows))))
    keys.append(KeyNumber("Tasks", str(len(board.tasks))))
    return (*keys, *_runs_and_compute(study))


def _failed_row(study: Study, run: Run) -> FailedRow:
    return FailedRow(
        name=run.name,
        href=study.address(run.run_id),
        group=study.group_of[run.run_id].label,
        what=status_word(run, study.outcomes[run.run_id]),
        last_step=last_step(run) or DASH,
        words=last_words(run, 200),
    )
