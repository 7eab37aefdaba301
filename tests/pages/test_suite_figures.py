"""What a suite's page shows beyond the leaderboard, and the script that holds the numbers of its figures."""

from __future__ import annotations

import html
import json
import re

import pytest
from built import Shelf, files_of, make_run, pages_of, plan, study_of

from runfolio.analysis.suite_detail import RankTest
from runfolio.model import Run
from runfolio.pages.options import SuiteOptions
from runfolio.pages.suite_figures import suite_figures

PAGE = "experiments/study.html"
#: Demšar 2006, table 6, with the digits by which he ranked: AUC of four versions of C4.5 on 14 data sets.
METHODS = ("C4.5", "C4.5+m", "C4.5+cf", "C4.5+m+cf")
DEMSAR = """
.763 .768 .771 .798  .599 .591 .590 .569  .954 .971 .968 .967  .628 .661 .654 .657  .882 .888 .886 .898  .936 .931 .916 .931
.661 .668 .609 .685  .583 .583 .563 .625  .775 .838 .866 .875  1 1 1 1  .940 .962 .965 .962  .619 .666 .614 .669
.972 .981 .9751 .9749  .957 .978 .946 .970
"""


def demsar() -> list[Run]:
    numbers = [float(word) for word in DEMSAR.split()]
    return [
        make_run(
            f"{method}-{at}",
            {"auc": numbers[4 * at + place]},
            parameters={"dataset": f"d{at:02}", "method": method},
        )
        for at in range(14)
        for place, method in enumerate(METHODS)
    ]


def section(page: str) -> str:
    (found,) = re.findall(r'<section class="section" id="beyond">.*?</section>', page, re.S)
    return str(found)


def text(page: str) -> str:
    return html.unescape(re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", page)))


def test_demsars_diagram_has_his_ranks_his_critical_difference_and_joins_all_four() -> None:
    site = plan(demsar(), suite=SuiteOptions(ranks=RankTest.NEMENYI))
    said = text(section(pages_of(site)[PAGE]))
    assert "mean ranks over 14 tasks" in said and "critical difference of 1.25" in said
    for method, rank in zip(METHODS, ("3.14", "2.00", "2.89", "1.96"), strict=True):
        assert f"{method} {rank}" in said
    # His post-hoc test is not powerful enough at 5%: no pair is told apart, though Friedman's test (with the correction for ties) is clear.
    assert "No clear difference among C4.5+m+cf, C4.5+m, C4.5+cf, C4.5." in said
    assert "Friedman's test: some methods differ (F, p = 0.012)" in said
    assert "Whether two methods are told apart depends on which others are in the list." in said


def test_ranks_stand_on_the_page_only_where_they_are_asked_for() -> None:
    assert "Critical difference" not in pages_of(plan(demsar()))[PAGE]


def test_one_run_a_task_has_neither_bands_nor_intervals_and_says_why() -> None:
    said = text(section(pages_of(plan(demsar()))[PAGE]))
    assert "no band: that needs 20 runs of a method over all tasks" in said
    assert "Without an interval (a single run on a task)" in said


def test_what_was_asked_for_and_cannot_be_is_refused_with_the_reason() -> None:
    few = [run for run in demsar() if run.parameters["dataset"].text < "d04"]
    page = pages_of(plan(few, suite=SuiteOptions(ranks=RankTest.WILCOXON)))[PAGE]
    assert "No critical difference diagram: 4 tasks; ranks over tasks need 5." in text(section(page))


@pytest.mark.parametrize("one", [METHODS[:1]])
def test_one_method_has_nothing_beyond(one: tuple[str, ...]) -> None:
    runs = [run for run in demsar() if run.parameters["method"].text in one]
    study = study_of(runs, suite=SuiteOptions(task="dataset"))
    assert study.standings is not None and suite_figures(study, "x.js") is None
    site = plan(runs, suite=SuiteOptions(task="dataset"))
    assert 'id="beyond"' not in pages_of(site)[PAGE]
    assert not [path for path in files_of(site) if "-suite." in path]


def test_every_mark_of_every_figure_has_its_numbers_in_the_script_that_the_page_names() -> None:
    site = plan(Shelf(tuple(demsar())), suite=SuiteOptions(ranks=RankTest.NEMENYI))
    page, files = section(pages_of(site)[PAGE]), files_of(site)
    records = [
        json.loads(block)
        for block in re.findall(r'<script type="application/json" data-figure>(.*?)</script>', page, re.S)
    ]
    assert [record["id"] for record in records] == ["profile", "improvement", "ranks"]
    for record in records:
        assert record["fixed"] and len(record["sources"]) == 1
        ((key, path),) = record["sources"].items()
        script = files[path].decode()
        assert script.startswith(f'runfolio.register("{key}",')
        held = json.loads(json.loads(script[len(f'runfolio.register("{key}",') : -len(");\n")]))["metrics"]
        assert {trace["metric"] for trace in record["traces"]} <= held.keys()
    # Of rows and ranks the table is what a CSV holds, with all digits.
    assert records[1]["rows"][0] == ["pair", "probability", "low", "high", "in words"]
    assert records[2]["rows"][1][1] == pytest.approx(1.964, abs=5e-4) and "rows" not in records[0]
