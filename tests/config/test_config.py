"""What a project says about its site, and how it hears of its mistakes."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest

from runfolio.analysis.champion import ChampionRule, Tie
from runfolio.analysis.group import DEFAULT_SEEDS
from runfolio.analysis.suite import Normalisation
from runfolio.analysis.variant_counts import Logged, ProportionOptions
from runfolio.config import load_config
from runfolio.errors import ConfigError
from runfolio.model import Goal, Reduction
from runfolio.pages.options import SuiteOptions, TaskOptions

FULL = """
title = "Digits"
description = "Which model reads digits best?"
sources = ["runs", "more/runs"]
out = "public"
theme = "paper"
url = "https://example.org/digits"
primary = "val/accuracy"
baseline = 'model == "logistic"'

[metrics."val/accuracy"]
label = "Validation accuracy"
unit = "%"
goal = "maximize"
scale = 100
threshold = 0.005
value = "tail"

[metrics.loss]
goal = "minimize"

[proportions.sign-up]
successes = "sign-ups"
trials = "visitors"
label = "Sign-up rate"
goal = "maximize"
logged = "increments"
threshold = 0.005
expected_difference = 0.02
shares = { old = 9, new = 1 }

[groups]
by = ["model", "lr"]
seeds = ["seed", "fold"]
ignore = ["output_dir"]
paired_by = "seed"

[experiments.second]
title = "Second"
order = 2

[experiments.first]
title = "First"
description = "The first question."
primary = "loss"
baseline = "lr == 0.1"
order = 1

[experiments.third]

[site]
disclose = ["host", "command"]
max_runs_in_table = 200
max_run_pages = 300
"""


def load(tmp_path: Path, text: str, name: str = "runfolio.toml") -> object:
    (tmp_path / name).write_text(text, encoding="utf-8")
    return load_config(folder=tmp_path)


def faults(tmp_path: Path, text: str) -> str:
    with pytest.raises(ConfigError) as caught:
        load(tmp_path, text)
    return str(caught.value).replace(tmp_path.as_posix() + "/", "")


def test_every_key_arrives(tmp_path: Path) -> None:
    (tmp_path / "runfolio.toml").write_text(FULL)
    config = load_config(folder=tmp_path)
    assert (config.path, config.folder) == (tmp_path / "runfolio.toml", tmp_path)
    assert (config.sources, config.out, config.theme) == (("runs", "more/runs"), "public", "paper")
    site = config.site
    assert (site.title, site.description) == ("Digits", "Which model reads digits best?")
    assert (site.url, site.primary, site.baseline) == (
        "https://example.org/digits/",
        "val/accuracy",
        'model == "logistic"',
    )
    accuracy = site.metrics["val/accuracy"]
    assert (accuracy.label, accuracy.unit, accuracy.goal) == ("Validation accuracy", "%", Goal.MAXIMIZE)
    assert (accuracy.scale, accuracy.threshold, accuracy.reduction) == (100, 0.005, Reduction.TAIL)
    assert site.metrics["loss"].label is None
    assert site.proportions["sign-up"] == ProportionOptions(
        name="sign-up",
        successes="sign-ups",
        trials="visitors",
        label="Sign-up rate",
        goal=Goal.MAXIMIZE,
        logged=Logged.INCREMENTS,
        threshold=0.005,
        span=0.02,
        shares={"old": 9.0, "new": 1.0},
    )
    groups = site.groups
    assert (groups.by, groups.seeds, groups.ignore) == (("model", "lr"), ("seed", "fold"), ("output_dir",))
    assert site.compare.paired_by == "seed"
    assert list(site.experiments) == ["first", "second", "third"]
    first = site.experiments["first"]
    assert (first.title, first.description, first.primary, first.baseline) == (
        "First",
        "The first question.",
        "loss",
        "lr == 0.1",
    )
    assert (site.disclose, site.max_runs_in_table, site.max_run_pages) == (
        frozenset({"host", "command"}),
        200,
        300,
    )


def test_suites_for_all_experiments_and_for_one(tmp_path: Path) -> None:
    path = tmp_path / "runfolio.toml"
    path.write_text(
        '[suite]\ntask = "env"\niqm = true\nnormalise = "bounds"\n[experiments.own.suite]\nmethod = "model"\nreplicate = "trial"\n'
        '[[experiments.own.suite.tasks]]\nname = "a"\nwhere = "lr > 0"\nmetric = "m"\nselect = "v"\nzero = 1\none = 0\n[experiments.other]\n'
    )
    site = load_config(path).site
    assert site.suite == SuiteOptions(task="env", iqm=True, normalise=Normalisation.BOUNDS)
    own = SuiteOptions(
        method="model", replicate="trial", tasks=(TaskOptions("a", "lr > 0", "m", "v", 1.0, 0.0),)
    )
    assert site.for_experiment("own").suite == own
    assert site.for_experiment("other").suite == site.suite
    text = '[suite]\niqm = 1\nnormalise = "z-score"\n[[suite.tasks]]\nwhere = "lr >"\n[[suite.task]]\nname = "x"\n'
    said = faults(tmp_path, text)
    for words in (
        "`suite.iqm` must be true or false",
        "`z-score`",
        "`suite.tasks.name` must be given",
        "`suite.task` must be a text",
    ):
        assert words in said
    assert "is not a filter expression" in said


def test_sources_with_a_reader_of_their_own(tmp_path: Path) -> None:
    path = tmp_path / "runfolio.toml"
    path.write_text(
        'sources = "runs"\n[[source]]\npath = "a"\nreader = "csv"\n[[source]]\npath = "b"\nreader = ["csv", "json"]\n[[source]]\npath = "c"\n'
    )
    config = load_config(path)
    assert config.sources == ("runs", "a", "b", "c")
    assert config.readers == {"a": ("csv",), "b": ("csv", "json")}
    path.write_text('[[source]]\nreader = 1\nfolder = "x"\n')
    with pytest.raises(ConfigError) as caught:
        load_config(path)
    assert all(
        text in str(caught.value) for text in ("`source.path` must be given", "`source.reader`", "`folder`")
    )
    path.write_text('source = "x"\n')
    with pytest.raises(ConfigError, match=r"\[\[source\]\]"):
        load_config(path)


def test_without_a_file_everything_has_its_default(tmp_path: Path) -> None:
    config = load_config(folder=tmp_path)
    assert (config.path, config.sources, config.out, config.theme) == (None, (), "site", "folio")
    assert config.site.groups.seeds == DEFAULT_SEEDS
    assert config.site.disclose == frozenset()
    assert (config.site.max_runs_in_table, config.site.max_run_pages) == (500, 5000)


def test_an_empty_file_is_no_configuration_but_a_file(tmp_path: Path) -> None:
    (tmp_path / "runfolio.toml").write_text("")
    assert load_config(folder=tmp_path).path == tmp_path / "runfolio.toml"


def test_all_faults_come_together_with_their_lines(tmp_path: Path) -> None:
    text = """titel = "x"
sources = 3
[metrics."val/accuracy"]
gaol = "maximize"
goal = "maximise"
scale = "100"
[groups]
by = "model"
[site]
disclose = ["hots"]
max_runs_in_table = 0
max_run_pages = 0
[experiments.a]
baseline = "lr <"
order = 1.5
"""
    message = faults(tmp_path, text)
    lines = message.splitlines()
    assert lines[0] == "11 faults in the configuration"
    expected = [
        "runfolio.toml:1: unknown key `titel`; nearest: `title`",
        'runfolio.toml:2: `sources` must be a list of texts, such as ["a", "b"]',
        "runfolio.toml:4: unknown key `gaol` in [metrics.val/accuracy]; nearest: `goal`",
        "runfolio.toml:5: `metrics.val/accuracy.goal` is `maximise`, which is not one of `minimize`, `maximize`, `none`;"
        " nearest: `maximize`",
        "runfolio.toml:6: `metrics.val/accuracy.scale` must be a number",
        'runfolio.toml:8: `groups.by` must be a list of texts, such as ["a", "b"]',
        "runfolio.toml:11: `site.max_runs_in_table` must be at least 1",
        "runfolio.toml:12: `site.max_run_pages` must be at least 1",
        "runfolio.toml:15: `experiments.a.order` must be a whole number",
    ]
    for line in expected:
        assert f"  {line}" in lines
    assert any(
        "runfolio.toml:14: `experiments.a.baseline` is not a filter expression" in line for line in lines
    )


def test_faults_of_a_rate(tmp_path: Path) -> None:
    text = """[proportions.x]
trials = "seen"
logged = "total"
expected_difference = 0
shares = { a = 0 }
goals = 1
"""
    message = faults(tmp_path, text)
    assert "`proportions.x.successes` must be given" in message
    assert "runfolio.toml:3: `proportions.x.logged` is `total`" in message
    assert "runfolio.toml:4: `proportions.x.expected_difference` must be at least 1e-09" in message
    assert "runfolio.toml:5: `proportions.x.shares` must be a table of numbers above 0" in message
    assert "runfolio.toml:6: unknown key `goals`" in message


def test_one_fault_is_one_line(tmp_path: Path) -> None:
    assert (
        faults(tmp_path, "out = 'x'\ntheem = 'folio'\n")
        == "runfolio.toml:2: unknown key `theem`; nearest: `theme`"
    )


@pytest.mark.parametrize(
    ("text", "line"),
    [
        ('[ metrics . "a b" ]\n\ngaol = "none"', 3),
        ("metrics.loss.gaol = 'none'", 1),
        ("metrics = {loss = {gaol = 'none'}}", 1),
        ("title = '''\n[site]\nx = 1\n'''\n[metrics.loss]\ngaol = 1", 6),
        ("# gaol = 1\n[metrics.loss] # text\n  'gaol' = 1", 3),
    ],
)
def test_the_line_is_found_however_the_key_is_written(tmp_path: Path, text: str, line: int) -> None:
    assert faults(tmp_path, text).startswith(f"runfolio.toml:{line}: unknown key `gaol`")


@pytest.mark.parametrize(
    "text", ["site = 3", "metrics = []", "[metrics]\nloss = 1", "groups = 'x'", "experiments.a = 1"]
)
def test_a_value_where_a_table_belongs_is_a_fault(tmp_path: Path, text: str) -> None:
    assert "must be a table" in faults(tmp_path, text)


@pytest.mark.parametrize("value", ["nan", "inf", "-inf", "true", "'1'"])
def test_a_number_is_a_finite_number(tmp_path: Path, value: str) -> None:
    assert "must be a number" in faults(tmp_path, f"[metrics.loss]\nscale = {value}")


def test_what_is_no_toml_says_where(tmp_path: Path) -> None:
    assert faults(tmp_path, "title = 'x'\nout = ").startswith("runfolio.toml:2: this is not TOML")


def test_an_address_is_an_address(tmp_path: Path) -> None:
    assert "must be a web address" in faults(tmp_path, "url = 'javascript:alert(1)'")


def test_pyproject_is_read_where_it_has_our_table(tmp_path: Path) -> None:
    (tmp_path / "pyproject.toml").write_text(
        "[project]\nname = 'x'\n\n[tool.runfolio]\ntitle = 'From pyproject'\n"
    )
    assert load_config(folder=tmp_path).site.title == "From pyproject"
    (tmp_path / "runfolio.toml").write_text("title = 'Own file'")
    assert load_config(folder=tmp_path).site.title == "Own file"


def test_faults_in_pyproject_have_their_lines(tmp_path: Path) -> None:
    (tmp_path / "pyproject.toml").write_text("[project]\ntitle = 1\n[tool.runfolio]\ntitel = 'x'\n")
    with pytest.raises(ConfigError) as caught:
        load_config(folder=tmp_path)
    assert caught.value.line == 4


@pytest.mark.parametrize("content", ["[project]\nname = 'x'", "this is = = broken"])
def test_a_pyproject_of_others_is_none_of_our_business(tmp_path: Path, content: str) -> None:
    (tmp_path / "pyproject.toml").write_text(content)
    assert load_config(folder=tmp_path).path is None


def test_a_named_file_must_be_there(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match="no such configuration"):
        load_config(tmp_path / "other.toml")


def test_the_build_time_comes_from_the_environment_only(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("SOURCE_DATE_EPOCH", raising=False)
    assert load_config(folder=tmp_path).site.built_at is None
    monkeypatch.setenv("SOURCE_DATE_EPOCH", "1763700000")
    assert load_config(folder=tmp_path).site.built_at == datetime(2025, 11, 21, 4, 40, tzinfo=UTC)
    monkeypatch.setenv("SOURCE_DATE_EPOCH", "yesterday")
    with pytest.raises(ConfigError, match="SOURCE_DATE_EPOCH"):
        load_config(folder=tmp_path)


def test_the_scaffold_is_valid_and_says_nothing_by_itself(tmp_path: Path) -> None:
    from runfolio.config import Config
    from runfolio.site.scaffold import write_config

    path = write_config(tmp_path)
    assert load_config(path) == Config(path=path, folder=tmp_path)
    shown = "\n".join(
        line.removeprefix("# ")
        for line in path.read_text().splitlines()
        if line.startswith("# ") and ("=" in line or "[" in line)
    )
    path.write_text(shown)
    assert load_config(path).site.metrics["val/accuracy"].scale == 100


def test_champions(tmp_path: Path) -> None:
    path = tmp_path / "runfolio.toml"
    path.write_text(
        'title = "x"\n\n[[champion]]\nname = "a"\n\n[[champion]]\nname = "b"\nexperiment = "e"\nmetric = "m"\nwhere = "lr > 0"\n'
        'tie = "cheapest"\ncost = "duration"\nmin_runs = 5\nneeds_support = true\nartifact = "*.pt"\n'
    )
    first, second = load_config(path).site.champions
    assert first == ChampionRule("a", path=path.as_posix(), line=3)
    assert second == ChampionRule(
        "b", "e", "m", "lr > 0", Tie.CHEAPEST, "duration", 5, True, "*.pt", path.as_posix(), 6
    )
    path.write_text(path.read_text().replace("title", "\ntitle"))
    moved = load_config(path).site
    assert moved.champions[0].line == 4
    assert moved.champions_key == replace(moved, champions=(first, second)).champions_key
