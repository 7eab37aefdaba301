"""A suite from raw records: DomainBed's sweep, built as a site, shows the table that its authors print."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from runfolio import api

SWEEP = Path(__file__).parents[3] / "shared/samples/seeds/facebookresearch__DomainBed/domainbed/misc"
pytestmark = pytest.mark.skipif(not SWEEP.is_dir(), reason="no sample files beside this checkout")

SUITE = """
[suite]
method = "algorithm"
replicate = "trial_seed"
"""
#: The run that holds out this environment alone; chosen by the part of it that is kept for validation (their `oracle`).
TASK = """
[[suite.tasks]]
name = "{name}"
where = 'test_envs == "[{at}]"'
metric = "env{at}_in_acc"
select = "env{at}_out_acc"

[metrics.env{at}_in_acc]
label = "Test accuracy"
unit = "%"
scale = 100
goal = "maximize"
"""
_CELL = re.compile(r'<td class="number value[^"]*" data-value="([^"]+)"')


def printed() -> tuple[list[str], list[float]]:
    """Environments, and the means of the authors' table with its average, in percent."""
    text = (SWEEP / "test_sweep_results.txt").read_text()
    found = re.search(r"VLCS, model selection method: test-domain.*\n(Algorithm.*)\n(ERM.*)\n", text)
    assert found is not None
    names, numbers = found[1].split()[1:-1], re.findall(r"(\d+\.\d)(?: \+/-|\s*$)", found[2])
    return names, [float(number) for number in numbers]


def test_the_site_shows_the_table_of_the_authors(tmp_path: Path) -> None:
    names, numbers = printed()
    assert len(names) == 4 and len(numbers) == 5
    config = tmp_path / "runfolio.toml"
    config.write_text(SUITE + "".join(TASK.format(name=name, at=at) for at, name in enumerate(names)))
    api.build(SWEEP / "test_sweep_data", tmp_path / "site", config=config, workers=1)
    page = (tmp_path / "site/experiments/test_sweep_data.html").read_text()
    (table,) = re.findall(r'<table class="table leaderboard".*?</table>', page, re.S)
    average, *means = (float(value) for value in _CELL.findall(table))
    assert [round(value, 1) for value in (*means, average)] == pytest.approx(numbers, abs=0.051)
    assert [f"{value:.1f}" for value in (*means, average)] == [f"{number:.1f}" for number in numbers]
    assert re.findall(r'data-column="task-\d" data-kind="number" title="(\w)"', table) == names
    # Two trials: both values, and no half-width that two could not carry.
    assert len(re.findall(r"[\d.]+ and [\d.]+</span>", table)) == 4 and table.count("±") == 1
