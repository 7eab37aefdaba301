"""What a suite's page shows beyond the leaderboard: profiles, pairs of methods, and ranks over tasks where they are asked for."""

from __future__ import annotations

from dataclasses import dataclass

from runfolio.analysis.suite import Normalisation
from runfolio.analysis.suite_detail import suite_chances, suite_profiles, suite_ranks
from runfolio.analysis.suite_result import SuiteComparison
from runfolio.charts.chart import Chart, Shown
from runfolio.charts.colours import category_roles
from runfolio.charts.improvement_by_pair import improvement_by_pair
from runfolio.charts.method_by_rank import method_by_rank
from runfolio.charts.share_by_score import share_by_score
from runfolio.pages.figure_script import with_script
from runfolio.pages.figures import WIDE, Figure, aligned
from runfolio.pages.standings import Standings
from runfolio.pages.study import Study
from runfolio.pages.words import count

_ROW, _AROUND = 36, 60
"""Height of a row of a chart of rows, and of what is around them, px."""
_LEFT = 16


@dataclass(frozen=True, slots=True, eq=False)
class SuiteFigures:
    """The figures, and why one of them is not there."""

    figures: tuple[Figure, ...]
    notes: tuple[str, ...]


def suite_figures(study: Study, script: str) -> SuiteFigures | None:
    """The figures of an experiment's suite, their numbers in the script at this path; None where there is none to compare."""
    found = study.standings
    if found is None or len(found.overall.results) < 2:
        return None
    roles = _roles(found)
    figures: list[Figure] = []
    notes: list[str] = []
    profile = _profile(study, found.overall, roles)
    if profile is not None:
        figures += aligned([Figure(profile)])
    chances, why = suite_chances(found.overall, study.name)
    if chances is None:
        notes.append(f"No probability of improvement: {why}.")
    else:
        which = count(len(found.cells.tasks), "task")
        chart = improvement_by_pair(chances, chart_id="improvement", which=which)
        figures.append(_of_rows(chart, len(chances.pairs), right=_LEFT))
    test = study.suite_options.ranks
    if test is not None:
        ranks, why = suite_ranks(found.overall, test)
        if ranks is None:
            notes.append(f"No critical difference diagram: {why}.")
        else:
            chart = method_by_rank(ranks, roles, chart_id="ranks")
            figures += aligned([_of_rows(chart, len(ranks.rows) + len(ranks.groups))])
    return SuiteFigures(with_script(figures, study.name, script), tuple(notes))


def _of_rows(chart: Chart, rows: int, right: int = 0) -> Figure:
    """A figure as high as its rows need, without room for numbers at the left."""
    top, _, bottom, _ = WIDE.margin
    height = max(WIDE.height, rows * _ROW + _AROUND)
    return Figure(chart, Shown(WIDE.width, height, (top, right, bottom, _LEFT)))


def _roles(found: Standings) -> dict[str, str]:
    """Each method's colour, by its key: the same as on its curves."""
    by_label = category_roles([method.label for method in found.cells.methods])
    return {method.group_id: by_label[method.label] for method in found.cells.methods}


def _profile(study: Study, overall: SuiteComparison, roles: dict[str, str]) -> Chart | None:
    profiles = suite_profiles(overall, study.name)
    if profiles is None:
        return None
    spec = overall.suite.tasks[0].spec
    is_raw = overall.normalisation is Normalisation.NONE
    label = {
        Normalisation.NONE: spec.label,
        Normalisation.BOUNDS: "score",
        Normalisation.BASELINE: "times the baseline",
    }[overall.normalisation]
    sizes = sorted({sum(map(len, item.row.values)) for item in overall.results})
    runs = f"{sizes[0]}" if len(sizes) == 1 else f"{sizes[0]} to {sizes[-1]}"
    return share_by_score(
        profiles,
        roles,
        chart_id="profile",
        label=label,
        unit=spec.unit if is_raw else "",
        scale=spec.scale if is_raw else 1.0,
        which=f"{runs} runs of each method on {count(len(overall.suite.tasks), 'task')}, each task counting the same",
    )
