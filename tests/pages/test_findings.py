"""Findings against runs: numbers are those of the other pages, mistakes are named with their lines, questions may wait."""

from __future__ import annotations

import shutil
from dataclasses import replace
from pathlib import Path

import pytest

from runfolio import api
from runfolio.analysis.metrics import MetricOptions
from runfolio.catalog import read_catalog
from runfolio.errors import FindingError
from runfolio.findings.folder import Findings
from runfolio.findings.options import FindingsOptions
from runfolio.model import Goal
from runfolio.pages.finding import FindingContext
from runfolio.pages.live_values import FUNCTIONS, LiveValues
from runfolio.pages.lookup import Lookup
from runfolio.pages.options import SiteOptions
from runfolio.pages.plan import SitePlan
from runfolio.pages.site_pages import plan_site
from runfolio.pages.study import Study, studies
from runfolio.testing.factories import write_run

#: Last value by model and seed; the svm's last seed failed.
VALUES = {
    "tree": (0.80, 0.81, 0.82, 0.80, 0.82),
    "mlp": (0.90, 0.91, 0.92, 0.90, 0.92),
    "svm": (0.85, 0.86, 0.84, 0.85, None),
}


@pytest.fixture(scope="module")
def project(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("project")
    for model, values in VALUES.items():
        for seed, value in enumerate(values):
            rows = [{"step": step, "acc": (value or 0.5) - 0.1 * (2 - step)} for step in range(3)]
            write_run(
                folder / "runs" / "first" / f"{model}-{seed}",
                rows,
                parameters={"model": model, "seed": seed},
                name=f"{model} {seed}",
                artifacts={"note.txt": b"hello"},
                events=[{"event": "artifact", "name": "note.txt", "path": "artifacts/note.txt", "kind": "text",
                         "media_type": "text/plain"}],
                **({} if value is not None else {"status": "failed"}),
            )  # fmt: skip
    (folder / "runfolio.toml").write_text(
        'baseline = \'model == "tree"\'\n[metrics.acc]\nunit = "%"\nscale = 100\ngoal = "maximize"\n'
    )
    return folder


OPTIONS = SiteOptions(baseline='model == "tree"')


@pytest.fixture(scope="module")
def found(project: Path) -> tuple[Study, ...]:
    catalog = read_catalog([project / "runs"], workers=1)
    options = SiteOptions(
        baseline='model == "tree"', metrics={"acc": MetricOptions(unit="%", scale=100, goal=Goal.MAXIMIZE)}
    )
    return studies(catalog.runs, options)[0]


def plan(project: Path, text: str, tmp_path: Path, *, tolerant: bool = False, **files: str) -> SitePlan:
    folder = tmp_path / "findings"
    folder.mkdir(exist_ok=True)
    (folder / "x.md").write_text(text, encoding="utf-8")
    for name, content in files.items():
        (folder / f"{name}.md").write_text(content, encoding="utf-8")
    catalog = read_catalog([project / "runs"], workers=1)
    return plan_site(catalog, OPTIONS, Findings(tmp_path, FindingsOptions()), tolerant=tolerant)


def context(planned: SitePlan, path: str = "findings/x.html") -> FindingContext:
    (page,) = [page for page in planned.pages if page.path == path]
    made = page.context()
    assert isinstance(made, FindingContext)
    return made


def test_every_function_gives_what_the_other_pages_show(found: tuple[Study, ...]) -> None:
    live = LiveValues(Lookup(found))
    texts = {
        "best": live.best().text,
        "leader": live.leader("acc").text,
        "setting": live.setting("model").text,
        "mean": live.mean("acc", "model == 'mlp'").text,
        "estimate": live.estimate("acc", "model == 'mlp'").text,
        "delta": live.delta("acc", "model == 'mlp'").text,
        "verdict": live.verdict("acc", "model == 'mlp'").text,
        "lowest": live.lowest("acc").text,
        "highest": live.highest("acc").text,
        "count": live.count().text,
        "configurations": live.configurations().text,
        "failed": live.failed().text,
    }
    assert texts == {
        "best": "91.0%",
        "leader": "mlp",
        "setting": "mlp",
        "mean": "91.0%",
        "estimate": "91.0 ± 1.2%",
        "delta": "+10.0 points",
        "verdict": "better",
        "lowest": "80.0%",
        "highest": "92.0%",
        "count": "15",
        "configurations": "3",
        "failed": "1",
    }
    # Rates need an A/B test: tests/pages/test_variants.py.
    assert {*texts, "rate"} == set(FUNCTIONS) == set(live.functions())


def test_a_value_names_its_runs_and_how_it_was_made(found: tuple[Study, ...]) -> None:
    live = LiveValues(Lookup(found))
    answer = live.mean("acc", "model == 'mlp'")
    assert answer.facts == (
        "Mean of 5 runs, 95% t interval: 89.8 to 92.2.",
        "Metric acc.",
        "Runs where model == 'mlp'. Experiment first.",
    )
    assert [way.label for way in answer.runs] == [f"mlp {seed}" for seed in range(5)]
    assert answer.runs[0].href == "runs/mlp-0.html" and answer.run_slugs[0] == "mlp-0"
    assert len(answer.run_ids) == 5 and answer.files >= 5
    assert live.best().facts[-1] == "It is the best of 3 configurations, which flatters it."


def test_runs_of_several_configurations_get_no_interval(found: tuple[Study, ...]) -> None:
    live = LiveValues(Lookup(found))
    answer = live.mean("acc")
    assert answer.facts[0] == (
        "Mean of 14 runs in 3 configurations, so without an interval, 1 more gave none."
    )


def test_a_difference_is_that_of_the_table(found: tuple[Study, ...]) -> None:
    (study,) = found
    answer = LiveValues(Lookup(found)).delta("acc", "model == 'mlp'")
    assert study.comparison is not None
    row = next(item for item in study.comparison.results if item.group.label == "mlp")
    assert row.delta is not None and row.delta.low is not None
    assert f"{100 * row.delta.low:+.1f} to" in answer.facts[0]
    assert answer.facts[1].startswith("Verdict: better")


TEXT = """\
+++
experiment = "first"
+++

Best {{ best("ac") }} of {{ count("modle == 'mlp'") }}, {{ bset() }}, {{ mean("acc", "model == 'cnn'") }},
[run](run:mlp-9), [group](group:mpl), [other](finding:y), [two](z.md), [here](#nowhere), ![p](plot.png), [web](foo:bar)
{{ delta("acc", "seed < 3") }} {{ best.__class__ }}

```chart
metric = "lss"
```

```artifact
run = "mlp-0"
artifact = "nte.txt"
```

```runs
columns = ["modle"]
```

```compare
sides = ["model == 'mlp'", "seed == 0"]
```
"""


def test_all_mistakes_are_told_together_with_their_lines(project: Path, tmp_path: Path) -> None:
    with pytest.raises(FindingError) as caught:
        plan(project, TEXT, tmp_path)
    assert caught.value.exit_code == 2
    expected = [
        "5: `modle == 'mlp'`: the filter cannot be read at character 1: no run has a parameter, metric or field `modle`; nearest: `model`",
        "5: metric `ac` is not logged in `first`; nearest: `acc`",
        "5: no run of `first` matches `model == 'cnn'`",
        "5: there is no function `bset`; nearest: `best`; functions: best, leader, setting, mean, estimate, delta, verdict, rate, "
        "lowest, highest, count, configurations, failed",
        "6: `foo:bar` begins with `foo:`, which means nothing here",
        "6: no heading of findings/x.md has the anchor `#nowhere`",
        "6: there is no configuration `mpl`; nearest: `mlp`",
        "6: there is no file `plot.png` beside the finding",
        "6: there is no finding `y`",
        "6: there is no finding `z`",
        "6: there is no run `mlp-9`; nearest: `mlp-4`",
        "7: `best.__class__` is not allowed here: a live value is one call, such as best(\"val/acc\") or count(\"lr < 0.1\")",
        "7: `seed < 3` picks 3 configurations (mlp, svm and tree), and a difference needs one",
        "9: metric `lss` is not logged in `first`",
        "13: run `mlp-0` has no artifact `nte.txt`; nearest: `note.txt`",
        "18: no run of `first` has a parameter `modle`; nearest: `model`",
        "22: `seed == 0` picks 3 configurations (mlp, svm and tree), and a difference needs one",
    ]  # fmt: skip
    assert caught.value.message.splitlines() == [
        f"{len(expected)} faults in the findings",
        *(f"  findings/x.md:{line}" for line in expected),
    ]


def test_an_open_question_waits_for_its_runs_but_not_for_its_mistakes(project: Path, tmp_path: Path) -> None:
    text = TEXT.replace("+++\n\n", 'status = "open question"\n+++\n\n')
    with pytest.raises(FindingError) as caught:
        plan(project, text, tmp_path)
    assert len(caught.value.message.splitlines()) == 1 + 9
    waiting = '+++\nstatus = "open question"\n+++\n\nA {{ best("later") }} [run](run:cnn-0)\n\n```chart\nmetric = "later"\n```\n'
    made = context(plan(project, waiting, tmp_path))
    assert made.status == "open question"
    assert [item.message for item in made.waits_for] == [
        "metric `later` is not logged",
        "there is no run `cnn-0`",
        "metric `later` is not logged",
    ]
    assert made.answers.values[1].text == "not yet"
    (_, block) = made.sections[0].parts
    assert block.block is not None and block.block.missing == "metric `later` is not logged"


def test_while_a_site_is_looked_at_faults_stand_on_their_page(project: Path, tmp_path: Path) -> None:
    planned = plan(project, TEXT, tmp_path, tolerant=True)
    made = context(planned)
    assert len(made.faults) == 17
    assert made.faults[0].place == "findings/x.md:5"
    problems = [item for item in planned.problems if item.slug == "finding"]
    assert len(problems) == 17 and {item.path.partition(":")[0] for item in problems} == {"findings/x.md"}
    kinds = [
        part.block.kind for part in made.sections[0].parts if part.block is not None and part.block.fault
    ]
    assert kinds == ["chart", "artifact", "runs", "compare"]


def test_links_lead_to_what_they_name(project: Path, tmp_path: Path) -> None:
    text = "[a](run:mlp-0) [b](experiment:first) [c](group:svm) [d](finding:y#one) [e](y.md) [f](#here) [g](data.csv)\n\n## Here\n"
    (tmp_path / "findings").mkdir()
    (tmp_path / "findings" / "data.csv").write_text("a,b\n1,2\n")
    planned = plan(project, text, tmp_path, y="## One\n")
    targets = context(planned).answers.targets
    assert targets == {
        "run:mlp-0": "runs/mlp-0.html",
        "experiment:first": "experiments/first.html",
        "group:svm": "experiments/first.html#c-svm",
        "finding:y#one": "findings/y.html#one",
        "y.md": "findings/y.html",
        "#here": "#here",
        "data.csv": "findings/files/data.csv",
    }
    (copy,) = [file for file in planned.files if file.path == "findings/files/data.csv"]
    assert copy.build() == b"a,b\n1,2\n"


@pytest.mark.parametrize(
    "target", ["../../etc/passwd", "../runfolio.toml", "/etc/passwd", "..%2f..%2fsecret", "link"]
)
def test_files_outside_the_folder_are_refused(project: Path, tmp_path: Path, target: str) -> None:
    (tmp_path / "secret").write_text("secret")
    (tmp_path / "runfolio.toml").write_text("")
    (tmp_path / "findings").mkdir()
    (tmp_path / "findings" / "link").symlink_to(tmp_path / "secret")
    with pytest.raises(FindingError, match="outside the folder"):
        plan(project, f"![x]({target})\n", tmp_path)


def test_blocks_show_the_chosen_runs(project: Path, tmp_path: Path) -> None:
    text = (
        "```chart\nwhere = \"seed < 3\"\n```\n\n```table\nwhere = \"model != 'svm'\"\n```\n\n```leaderboard\nlimit = 2\n```\n\n"
        "```compare\nsides = [\"model == 'mlp'\", \"model == 'tree'\"]\n```\n\n```runs\nwhere = \"model == 'svm'\"\nlimit = 4\n```\n\n"
        "```value\nvalue = 'best()'\nlabel = \"Best\"\n```\n\n```artifact\nrun = \"mlp-0\"\nartifact = \"note.txt\"\n```\n"
    )  # fmt: skip
    planned = plan(project, text, tmp_path)
    blocks = [part.block for part in context(planned).sections[0].parts]
    chart, table, board, compare, runs, value, artifact = (block for block in blocks if block is not None)
    assert chart.figure is not None and {line.label for line in chart.figure.chart.lines} == {
        "mlp",
        "svm",
        "tree",
    }
    assert all(len(line.mean_of) == 3 for line in chart.figure.chart.lines), (
        "made from the three runs it shows"
    )
    assert table.configurations is not None
    assert [row.label for row in table.configurations.rows] == ["mlp", "tree"]
    assert board.table is not None and [row.name for row in board.table.rows] == ["mlp", "tree"]
    assert compare.table is not None and [cell.text for cell in compare.table.rows[0].cells][-1] == "better"
    assert compare.sides == ("mlp", "tree")
    assert runs.table is not None and len(runs.table.rows) == 4
    assert runs.table.note == "The first 4 of 5 runs."
    assert value.number is not None and artifact.artifact is not None and artifact.artifact.text == "hello"


def test_pinned_findings_lead_the_overview_and_search_knows_all(project: Path, tmp_path: Path) -> None:
    front = '+++\ntitle = "{}"\npinned = {}\ndate = 2026-11-0{}\n+++\n'
    planned = plan(
        project,
        front.format("One", "false", 1),
        tmp_path,
        y=front.format("Two", "true", 2),
        z=front.format("Three", "false", 3),
    )
    pages = {page.path: page for page in planned.pages}
    listed = pages["findings.html"].context()
    assert [row.title for row in listed.rows] == ["Two", "Three", "One"]  # type: ignore[attr-defined]
    home = pages["index.html"].context()
    assert [row.title for row in home.findings] == ["Two"]  # type: ignore[attr-defined]
    assert ("Findings", "findings.html") in [(item.label, item.href) for item in home.page.navigation]
    (search,) = [file for file in planned.files if file.path == "data/search.js"]
    assert b"findings/x.html" in search.build()


def test_a_site_without_findings_has_no_trace_of_them(project: Path, tmp_path: Path) -> None:
    catalog = read_catalog([project / "runs"], workers=1)
    planned = plan_site(catalog, OPTIONS, Findings(tmp_path, FindingsOptions()))
    assert not [page.path for page in planned.pages if "finding" in page.path]
    assert "Findings" not in [item.label for item in planned.pages[0].context().page.navigation]


def test_a_run_that_a_finding_names_keeps_its_own_page_on_a_large_site(project: Path, tmp_path: Path) -> None:
    (tmp_path / "findings").mkdir()
    (tmp_path / "findings" / "x.md").write_text("See [the first](run:tree-0).\n")
    catalog = read_catalog([project / "runs"], workers=1)
    options = replace(OPTIONS, max_run_pages=1)
    paged = [
        {page.path for page in plan_site(catalog, options, findings).pages if page.path.startswith("runs/")}
        for findings in (None, Findings(tmp_path, FindingsOptions()))
    ]
    assert paged[0] != paged[1] == {"runs/tree-0.html"}


def test_a_changed_finding_rewrites_only_what_shows_it(project: Path, tmp_path: Path) -> None:
    shutil.copytree(project, tmp_path / "p")
    folder = tmp_path / "p" / "findings"
    folder.mkdir()
    for name in ("a", "b"):
        (folder / f"{name}.md").write_text("Best {{ best() }}.\n\n```chart\n```\n")
    config, out = tmp_path / "p" / "runfolio.toml", tmp_path / "site"
    first = api.build(config=config, out=out, workers=1)
    assert {"findings/a.html", "findings/b.html", "findings.html"} <= set(first.written)
    assert api.build(config=config, out=out, workers=1).written == ()
    (folder / "a.md").write_text("Best of all {{ best() }}.\n\n```chart\n```\n")
    checksums = {"assets/checksums.js", "checksums.txt"}
    again = {path for path in api.build(config=config, out=out, workers=1).written if path.endswith(".html")}
    assert again == {"findings/a.html"} - checksums
    (folder / "a.md").write_text("+++\ntitle = 'New'\n+++\n")
    again = {path for path in api.build(config=config, out=out, workers=1).written if path.endswith(".html")}
    assert again == {"findings/a.html", "findings.html"}
    (folder / "a.md").write_text("{{ best('x') }}")
    with pytest.raises(FindingError):
        api.build(config=config, out=out, workers=1)
    assert (out / "findings" / "a.html").exists(), "the last good site stays"
    (folder / "a.md").unlink()
    assert "findings/a.html" in api.build(config=config, out=out, workers=1).removed
