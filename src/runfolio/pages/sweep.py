"""A sweep's page: which parameters matter, where the best trials lie, what was never tried, where runs failed."""

from __future__ import annotations

from dataclasses import dataclass, replace

from runfolio.analysis.rounding import duration_text
from runfolio.charts.parallel_coordinates import Parallel
from runfolio.pages.figures import Figure
from runfolio.pages.page import Context, KeyNumber, Link
from runfolio.pages.routes import HOME, experiment_table, figure_series, sweep_page
from runfolio.pages.runs_table import RunsTable, runs_table
from runfolio.pages.search import Search
from runfolio.pages.shell import Shell
from runfolio.pages.study import Study
from runfolio.pages.sweep_figures import parallel, sweep_figures
from runfolio.pages.sweep_tables import (
    Budget,
    FailureRow,
    HeatTable,
    ImportanceRow,
    budget,
    failure_rows,
    heat_table,
    importance_rows,
)
from runfolio.pages.sweep_words import (
    best_label,
    best_text,
    failing_sentence,
    headline,
    importance_notes,
    lead,
    trials_word,
)
from runfolio.pages.words import count, listing

MOST_SLICES = 6


@dataclass(frozen=True, slots=True, eq=False)
class SweepContext(Context):
    """Everything the sweep template may use."""

    title: str
    experiment: str
    """Path of the experiment's page."""
    keys: tuple[KeyNumber, ...]
    importance: tuple[ImportanceRow, ...]
    importance_heading: str
    importance_refusal: str
    """Why no importance is shown; empty where it is."""
    importance_notes: tuple[str, ...]
    heat: HeatTable | None
    fronts: tuple[Figure, ...]
    fronts_heading: str
    fronts_note: str
    slices: tuple[Figure, ...]
    more_slices: tuple[Figure, ...]
    parallel: Parallel | None
    pairs: tuple[Figure, ...]
    progress: tuple[Figure, ...]
    failures: tuple[FailureRow, ...]
    failures_heading: str
    failures_note: str
    budget: Budget | None
    runs: RunsTable


def sweep_context(study: Study, shell: Shell, key: str) -> SweepContext:
    """The page of a study that is a sweep; `key` stands in the names of the experiment's data scripts."""
    assert study.primary is not None
    search = Search(study, study.primary)
    trail = (Link("Overview", HOME), Link(study.title, study.path))
    page = shell.page(
        sweep_page(study.name), "sweep", headline=headline(search), lead=lead(search), trail=trail
    )
    drawn = sweep_figures(search, figure_series(study.name, "sweep", key))
    lost = int(search.failed.sum())
    refusal = search.importance.refusal or ("" if search.importance.shares else "no parameter can be judged")
    return SweepContext(
        page=page,
        title=study.title,
        experiment=study.path,
        keys=_keys(search),
        importance=importance_rows(search),
        importance_heading=f"What explains {search.spec.label}",
        importance_refusal=f"No importance is shown: {refusal}." if refusal else "",
        importance_notes=importance_notes(search),
        heat=heat_table(search),
        fronts=drawn.fronts,
        fronts_heading=listing([spec.label for spec in search.objectives], 3),
        fronts_note=_front_note(search),
        slices=drawn.slices[:MOST_SLICES],
        more_slices=drawn.slices[MOST_SLICES:],
        parallel=parallel(search),
        pairs=drawn.pairs,
        progress=drawn.progress,
        failures=failure_rows(search),
        failures_heading=f"Where runs failed: {lost} of {trials_word(search, search.ended)}",
        failures_note=failing_sentence(search),
        budget=budget(search),
        runs=_table(study, experiment_table(study.name, key)),
    )


def _keys(search: Search) -> tuple[KeyNumber, ...]:
    """At most five: trials, best of them, failed, parameters, compute."""
    word = "Configurations" if search.has_replicates else "Trials"
    keys = [KeyNumber(word, f"{len(search.trials):,}")]
    if search.best is not None:
        keys.append(KeyNumber(best_label(search), best_text(search, search.best), search.spec.label))
    if search.failed.any():
        keys.append(KeyNumber("Failed", str(int(search.failed.sum()))))
    keys.append(KeyNumber("Parameters", str(len(search.parameters) + len(search.unbinned))))
    seconds = sum(trial.seconds for trial in search.trials)
    if seconds:
        keys.append(KeyNumber("Compute", duration_text(seconds), "all runs together"))
    return tuple(keys)


def _front_note(search: Search) -> str:
    """What the front is, and what was left out of it."""
    if search.front is None:
        return ""
    goals = listing(
        [
            f"{spec.label} ({'higher' if spec.goal.sign > 0 else 'lower'} is better)"
            for spec in search.objectives
        ],
        3,
    )
    on = [trial for trial, is_on in zip(search.trials, search.front.is_on, strict=True) if is_on]
    single = all(trial.estimate.n <= 1 for trial in on)
    sentences = [
        f"Objectives: {goals}. A trial is on the front unless another is at least as good in all of them and better in one.",
        f"On the front: {listing([trial.name for trial in on], 12)}."
        if on
        else "No trial has a value of every objective.",
    ]
    if search.front.excluded:
        names = [search.trials[i].name for i in search.front.excluded]
        sentences.append(
            f"{count(len(names), 'trial')} without a finite value of every objective left out: {listing(names, 6)}."
        )
    if on and single:
        sentences.append("One run each: which trials are on it may change with other seeds.")
    return " ".join(sentences)


def _table(study: Study, source: str) -> RunsTable:
    """The table of all runs without curves, which the experiment's page shows."""
    found = runs_table(study, source, {})
    kept = [i for i, column in enumerate(found.columns) if not column.is_curve]
    return replace(
        found,
        columns=tuple(found.columns[i] for i in kept),
        rows=tuple(replace(row, cells=tuple(row.cells[i] for i in kept)) for row in found.rows),
    )
