"""The scripts that hold the numbers of a suite's and a sweep's figures."""

from __future__ import annotations

from functools import partial

from runfolio.pages.figure_script import figures_script
from runfolio.pages.plan import FilePlan
from runfolio.pages.routes import figure_series
from runfolio.pages.search import Search, is_sweep
from runfolio.pages.study import Study
from runfolio.pages.suite_figures import suite_figures
from runfolio.pages.sweep_figures import sweep_figures


def figure_files(study: Study, key: str, inputs: tuple[str, ...]) -> list[FilePlan]:
    """A script for each page of the experiment whose figures need one; `key` stands in its name."""
    found = []
    if study.tasks is not None and study.tasks.tasks and len(study.tasks.methods) > 1:
        path = figure_series(study.name, "suite", key)
        found.append(FilePlan(path, inputs, partial(_suite, study, path)))
    if is_sweep(study):
        path = figure_series(study.name, "sweep", key)
        found.append(FilePlan(path, inputs, partial(_sweep, study, path)))
    return found


def _suite(study: Study, path: str) -> bytes:
    found = suite_figures(study, path)
    return figures_script(() if found is None else found.figures, study.name)


def _sweep(study: Study, path: str) -> bytes:
    assert study.primary is not None
    return figures_script(sweep_figures(Search(study, study.primary), path).all, study.name)
