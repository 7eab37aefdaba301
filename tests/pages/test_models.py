"""The page of models and its file: who is champion, on what, with which run and artifact; and what was registered."""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from built import Shelf, files_of, make_run, pages_of, plan, replicates, sealed
from hypothesis import given, settings
from hypothesis import strategies as st

from runfolio.analysis.champion import ChampionRule, Tie
from runfolio.analysis.metrics import MetricOptions
from runfolio.catalog import read_catalog
from runfolio.errors import ConfigError
from runfolio.model import Artifact, Goal, Run
from runfolio.pages.build_record import parse_record
from runfolio.pages.changes import Previous
from runfolio.pages.options import SiteOptions
from runfolio.pages.registered import registered_models
from runfolio.pages.site_pages import plan_site
from runfolio.pages.study import studies

CLEAR = {"tree": [0.90, 0.91, 0.92, 0.905, 0.915], "mlp": [0.70, 0.71, 0.72, 0.70, 0.71]}
TIED = {"tree": [0.90, 0.94, 0.92, 0.905, 0.95], "mlp": [0.91, 0.93, 0.92, 0.91, 0.93]}
RULE = ChampionRule("server")


def with_model(runs: Sequence[Run], name: str = "model.pt", sha256: str | None = "cd" * 32) -> list[Run]:
    """The runs, each with a file that it made."""
    item = Artifact(name, "model", "application/octet-stream", f"artifacts/{name}", None, 12, sha256)
    return [sealed(replace(run, artifacts=(*run.artifacts, item))) for run in runs]


def built(runs: Sequence[Run] | Shelf, *rules: ChampionRule, previous: Previous | None = None) -> Any:
    shelf = runs if isinstance(runs, Shelf) else Shelf(tuple(runs))
    return plan_site(shelf, SiteOptions(champions=rules), previous=previous)  # type: ignore[arg-type]


def data_of(site: Any) -> Any:
    return json.loads(next(file for file in site.files if file.path == "data/models.json").build())


def champion_of(
    runs: Sequence[Run] | Shelf, rule: ChampionRule = RULE, previous: Previous | None = None
) -> Any:
    (found,) = data_of(built(runs, rule, previous=previous))["champions"]
    return found


def earlier(site: Any) -> Previous:
    """What the next build is told of this one."""
    return Previous(parse_record(next(f for f in site.files if f.path == "data/build.json").build(), "x"))


def words(page: str) -> str:
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", page))


def slugs(site: Any) -> list[str]:
    return [problem.slug for problem in site.problems]


def test_the_champion_with_its_run_artifact_and_second() -> None:
    runs = with_model(replicates(CLEAR))
    site = built(runs, RULE)
    found = data_of(site)["champions"][0]
    assert (found["status"], found["basis"], found["configuration"]["label"]) == ("named", "best", "tree")
    assert (found["run"]["id"], found["run"]["value"]) == ("tree-1", 0.91), "the median run, not the best"
    assert (found["artifact"]["path"], found["artifact"]["sha256"], found["artifact"]["size_bytes"]) == (
        "artifacts/model.pt", "cd" * 32, 12,
    )  # fmt: skip
    assert found["artifact"]["copy"] in {file.path for file in site.files}
    assert (found["runner_up"]["configuration"], found["runner_up"]["verdict"]) == ("mlp", "better")
    page = words(pages_of(site)["models.html"])
    assert "tree is best; against mlp, the second, it is better by 0.202" in page
    assert "cd" * 32 in page
    assert "The history begins with this build." in page
    assert slugs(site) == []


def test_the_page_is_there_only_where_it_is_asked_for() -> None:
    pages = pages_of(plan(replicates(CLEAR)))
    assert "models.html" not in pages
    assert all("models.html" not in page for page in pages.values())
    site = built(replicates(CLEAR), RULE)
    pages = pages_of(site)
    assert all('href="' in page and "models.html" in page for page in pages.values())
    marked = [path for path, page in pages.items() if "#champion-server" in page]
    assert marked == ["index.html", "runs/tree-1.html"]


def test_a_tie_is_told_as_a_tie() -> None:
    assert champion_of(replicates(TIED))["sentence"] == (
        "tree and mlp are tied best; tree is taken because its first run started first"
    )
    rule = replace(RULE, tie=Tie.CHEAPEST)
    found = champion_of(
        [sealed(replace(r, duration_s=9.0 if "mlp" in r.run_id else 99.0)) for r in replicates(TIED)], rule
    )
    assert (
        found["sentence"]
        == "mlp and tree are tied best; mlp is taken because it costs least (9.0 s on average)"
    )
    assert found["tied"] == ["tree", "mlp"]
    page = words(pages_of(built(replicates(TIED), RULE))["index.html"])
    assert "tree and mlp are tied best; tree is taken" in page


def test_the_earlier_champion_is_kept_and_the_page_says_so() -> None:
    before = built(replicates(CLEAR | {"tree": [0.5, 0.51, 0.52, 0.5, 0.51]}), RULE)
    now = built(replicates(TIED), RULE, previous=earlier(before))
    found = data_of(now)["champions"][0]
    assert found["sentence"] == "mlp and tree are tied best; mlp is kept because it was champion before"
    assert [record["configuration"] for record in found["history"]] == ["mlp"]
    assert found["history"][0]["basis"] == "best", "as it was when it became champion"
    page = words(pages_of(now)["models.html"])
    assert "The history begins with this build." not in page


def test_a_change_is_written_down_with_the_verdict_on_the_one_before() -> None:
    first = built(with_model(replicates(CLEAR | {"tree": [0.5, 0.51, 0.52, 0.5, 0.51]})), RULE)
    second = built(with_model(replicates(CLEAR), sha256="ef" * 32), RULE, previous=earlier(first))
    found = data_of(second)["champions"][0]
    assert found["replaced"]["configuration"] == "mlp"
    assert found["replaced"]["verdict"] == "better"
    assert [(item["configuration"], item["is_over"], item["sha256"]) for item in found["history"]] == [
        ("mlp", True, "cd" * 32),
        ("tree", False, "ef" * 32),
    ]
    pages = pages_of(second)
    assert "1 champion changed" in words(pages["index.html"])
    assert "mlp (run mlp-1)" in pages["index.html"]
    assert "better by 0.202" in words(pages["models.html"])


def test_the_run_stays_when_a_seed_is_added_and_is_replaced_when_it_is_gone() -> None:
    first = built(replicates(CLEAR), RULE)
    assert data_of(first)["champions"][0]["run"]["id"] == "tree-1"
    more = replicates(CLEAR | {"tree": [*CLEAR["tree"], 0.93, 0.94]})
    kept = champion_of(more, previous=earlier(first))
    assert kept["run"]["id"] == "tree-1"
    assert len(kept["history"]) == 1
    gone = champion_of([run for run in replicates(CLEAR) if run.run_id != "tree-1"], previous=earlier(first))
    assert gone["run"]["id"] != "tree-1"
    assert gone["replaced"]["configuration"] == "tree"
    assert [item["is_over"] for item in gone["history"]] == [True, False]


def test_a_champion_that_is_gone_ends_and_may_come_back() -> None:
    first = built(replicates(CLEAR), RULE)
    failed = replicates({"tree": [None] * 3, "mlp": [None] * 3})
    second = built(failed, replace(RULE, metric=""), previous=earlier(first))
    found = data_of(second)["champions"][0]
    assert (found["status"], found["run"], [item["is_over"] for item in found["history"]]) == (
        "none",
        None,
        [True],
    )
    assert "no-champion" in slugs(second)
    third = built(replicates(CLEAR), RULE, previous=earlier(second))
    assert [item["is_over"] for item in data_of(third)["champions"][0]["history"]] == [True, False]


def test_the_configuration_is_known_again_when_another_parameter_begins_to_vary() -> None:
    """Its id and label are made from what varies, and change with it."""
    first = built(replicates(TIED), replace(RULE, tie=Tie.MEAN))
    old = data_of(first)["champions"][0]
    added = replicates({"forest": [0.91, 0.93, 0.925, 0.905, 0.94]})
    for place, run in enumerate(added):
        added[place] = sealed(replace(run, parameters={**run.parameters, "depth": run.parameters["seed"]}))
    found = champion_of([*replicates(TIED), *added], replace(RULE, tie=Tie.MEAN), earlier(first))
    assert found["run"]["id"] == old["run"]["id"]
    assert len(found["history"]) == 1


@pytest.mark.parametrize(
    ("values", "changes", "said"),
    [
        ({"a": [None, None], "b": [None]}, {}, "no run logged a metric"),
        (CLEAR, {"where": "model == 'forest'"}, "no run matches `model == 'forest'`"),
        (CLEAR, {"where": "model == 'tre'"}, "nearest: `tree`"),
        (CLEAR, {"where": "seed == 1"}, "no configuration matches `seed == 1` with all its runs"),
        (CLEAR, {"min_runs": 9}, "no configuration has 9 usable runs; the most is 5"),
        (TIED, {"needs_support": True}, "tree and mlp are tied best, and only who is clearly best"),
        ({"a": [0.5, 0.6, None], "b": [None, 0.5]}, {}, "no configuration is complete (a: 1 of 3 runs failed"),
    ],
)  # fmt: skip
def test_without_a_champion_the_page_and_a_problem_say_why(
    values: dict[str, Any], changes: dict[str, Any], said: str
) -> None:
    site = built(replicates(values), replace(RULE, **changes))
    (problem,) = (item for item in site.problems if item.slug == "no-champion")
    assert said in problem.message
    page = words(pages_of(site)["models.html"]).replace("&#39;", "'")
    assert said[1:] in page, "its first letter may be a capital"
    assert "server has no champion" in page
    found = data_of(site)["champions"][0]
    assert (found["status"], found["run"], found["artifact"], found["runner_up"]) == (
        "none",
        None,
        None,
        None,
    )


def test_seeds_are_not_chosen() -> None:
    found = built(replicates(CLEAR), replace(RULE, where="model == 'mlp' or seed > 1"))
    assert data_of(found)["champions"][0]["configuration"]["label"] == "mlp"
    assert "tree: 3 of 5 usable runs match" in words(pages_of(found)["models.html"])


def test_an_unknown_goal_is_said_and_how_to_set_it() -> None:
    found = champion_of(replicates(CLEAR, metric="thing"))
    assert 'set goal under [metrics."thing"]' in found["sentence"]
    site = plan_site(
        Shelf(tuple(replicates(CLEAR, metric="thing"))),  # type: ignore[arg-type]
        SiteOptions(champions=(RULE,), metrics={"thing": MetricOptions(goal=Goal.MINIMIZE)}),
    )
    assert data_of(site)["champions"][0]["configuration"]["label"] == "mlp"


def test_tasks_are_not_mixed() -> None:
    runs = [
        make_run(f"{model}-{task}-{seed}", {"acc": level + seed / 100}, parameters={"model": model, "task": task, "seed": seed})
        for model, task, level in (("a", "x", 0.9), ("a", "y", 0.3), ("b", "x", 0.5), ("b", "y", 0.6))
        for seed in range(3)
    ]  # fmt: skip
    assert champion_of(runs)["sentence"] == "the runs are of 2 tasks (x and y): pick one with `where`"
    assert champion_of(runs, replace(RULE, where="task == 'y'"))["configuration"]["label"] == "b, y"


@pytest.mark.parametrize(
    ("changes", "slug", "said"),
    [
        ({"metric": "ac"}, "champion", "metric `ac` is not logged; nearest: `acc`"),
        ({"experiment": "studi"}, "champion", "there is no experiment `studi`; nearest: `study`"),
        ({"where": "modl == 'tree'"}, "champion", "`modl`"),
        ({"tie": Tie.CHEAPEST, "cost": "ac"}, "champion", "the cost `ac` is no metric of `study`; nearest: `acc`"),
        ({"metric": "acc"}, "which-experiment", "2 experiments fit: other and study"),
    ],
)  # fmt: skip
def test_names_that_are_not_there_are_errors(changes: dict[str, Any], slug: str, said: str) -> None:
    runs = replicates(CLEAR)
    if slug == "which-experiment":
        runs += [sealed(replace(r, run_id=f"o-{r.run_id}", experiment="other")) for r in runs]
    rule = replace(RULE, path="runfolio.toml", line=7, **changes)
    with pytest.raises(ConfigError) as error:
        built(runs, rule)
    assert said in error.value.message
    assert (error.value.error_slug, error.value.path, error.value.line) == (slug, "runfolio.toml", 7)


def test_the_artifact() -> None:
    runs = with_model(with_model(replicates(CLEAR), "log.txt"), "model.pt")
    assert champion_of(runs)["artifact"] is None, "two files are models by their kind: none is meant"
    assert champion_of(runs, replace(RULE, artifact="*.pt"))["artifact"]["name"] == "model.pt"
    assert champion_of(runs, replace(RULE, artifact="artifacts/log*"))["artifact"]["name"] == "log.txt"
    for pattern, said in (
        ("*.onnx", "none of tree-1 fits `*.onnx`; it has 2 artifacts"),
        ("*", "`*` fits 2 artifacts"),
    ):
        site = built(runs, replace(RULE, artifact=pattern))
        found = data_of(site)["champions"][0]
        assert (found["status"], found["artifact"]) == ("named", None)
        assert said in found["artifact_problem"]
        assert slugs(site) == ["champion-artifact"]
        assert said in words(pages_of(site)["models.html"])
    assert (
        "it has no artifacts"
        in champion_of(replicates(CLEAR), replace(RULE, artifact="*"))["artifact_problem"]
    )


def test_of_several_steps_the_last_counts() -> None:
    states = tuple(
        Artifact("net", "model", "x", f"artifacts/net-{step}", None, 9, f"{step:064}", step)
        for step in (9, 30, 2)
    )
    runs = [sealed(replace(run, artifacts=states)) for run in replicates(CLEAR)]
    assert champion_of(runs)["artifact"]["step"] == 30


def test_a_digest_is_worked_out_where_a_format_keeps_none() -> None:
    runs = with_model(replicates(CLEAR), sha256=None)
    bytes_of = {(run.run_id, "artifacts/model.pt"): b"weights" for run in runs}
    found = champion_of(Shelf(tuple(runs), artifacts=bytes_of))
    assert (
        found["artifact"]["sha256"] == "9e8fe36af78fb5ebb5d35e01b2dd97dfe8d54fc2d2ad9d2a3b0bb6d4ecd2a0d9"
        or len(found["artifact"]["sha256"]) == 64
    )

    assert found["artifact"]["sha256"] == hashlib.sha256(b"weights").hexdigest()
    assert champion_of(Shelf(tuple(runs)))["artifact"]["sha256"] is None, "gone: not known, and nothing fails"


def test_several_champions_may_share_a_run() -> None:
    site = built(
        replicates(CLEAR), RULE, ChampionRule("other"), ChampionRule("small", where="model == 'mlp'")
    )
    page = pages_of(site)["runs/tree-1.html"]
    assert "#champion-server" in page and "#champion-other" in page and "#champion-small" not in page
    assert (
        "<h1>server: tree is clearly best; other: tree is clearly best; small: mlp has no rival</h1>"
        in pages_of(site)["models.html"]
    )
    many = built(replicates(CLEAR), *(ChampionRule(f"c{n}") for n in range(4)))
    assert "4 of 4 champions named, 4 of them clearly best" in pages_of(many)["models.html"]


_LEVELS = st.lists(st.one_of(st.floats(0.125, 1, width=32), st.none()), min_size=1, max_size=6)


@settings(max_examples=150, deadline=None)
@given(
    st.dictionaries(st.sampled_from("abcd"), _LEVELS, min_size=1, max_size=4),
    st.dictionaries(st.sampled_from("abcd"), _LEVELS, min_size=1, max_size=4),
    st.sampled_from(list(Tie)),
    st.booleans(),
)
def test_only_who_is_clearly_best_is_called_best(old: Any, new: Any, tie: Tie, support: bool) -> None:
    """Through the site, with and without an earlier one: words, file and page say the same, and never too much."""
    rule = replace(RULE, tie=tie, needs_support=support)
    first = built(replicates(old), rule)
    for previous in (None, earlier(first)):
        site = built(replicates(new), rule, previous=previous)
        found = data_of(site)["champions"][0]
        said = found["sentence"]
        assert (" is best;" in said) == (found["basis"] == "best")
        assert not said.endswith((" ", ".", ":")) and "  " not in said and "significan" not in said
        page = words(pages_of(site)["models.html"])
        assert said[1:].replace("'", "&#39;") in page
        if found["basis"] == "best":
            assert found["runner_up"]["verdict"] == "better"
            assert found["mean"]["n"] >= 3
        if previous is None and found["run"]:
            assert found["replaced"] is None and len(found["history"]) == 1
        if found["run"]:
            assert found["history"][-1]["run"] == found["run"]["id"]
            assert found["run"]["id"] in found["configuration"]["runs"]
        assert [item["is_over"] for item in found["history"]] == [True] * (len(found["history"]) - 1) + (
            [not found["run"]] if found["history"] else []
        )


def test_names_cannot_break_the_page() -> None:
    bad = "<script>alert(1)</script>"
    site = built(
        with_model(replicates({bad: [0.9, 0.91, 0.92], "b": [0.1, 0.11, 0.12]}), bad), ChampionRule(bad)
    )
    assert all(bad not in page for page in pages_of(site).values())
    assert data_of(site)["champions"][0]["name"] == bad


def test_another_build_of_the_same_runs_plans_the_same() -> None:
    def planned(previous: Previous | None) -> dict[str, Any]:
        site = built(with_model(replicates(TIED)), RULE, previous=previous)
        return {item.path: item.inputs for item in (*site.pages, *site.files)}

    assert planned(None) == planned(None)
    before = earlier(built(with_model(replicates(CLEAR)), RULE))
    assert planned(before) == planned(before)


def test_registered_models_of_mlflow() -> None:
    tags = (
        "models:/reg/2",
        "models:/reg/Production",
        "models:/reg@best",
        "models:/reg/10",
        "models:/far@x",
        "models:/",
    )
    runs = [make_run("a", {"acc": 0.9}, tags=tags), make_run("b", {"acc": 0.8}, tags=("team=models:/x/1",))]
    found, _ = studies(runs, SiteOptions())
    assert [(m.name, m.version, m.stage, m.aliases) for m in registered_models(found)] == [
        ("far", "", "", ("x",)),
        ("reg", "10", "", ()),
        ("reg", "2", "Production", ("best",)),
    ]
    site = plan(runs)
    page = pages_of(site)["models.html"]
    assert "<h1>3 registered versions of 2 models: far and reg</h1>" in page
    assert "Production" in page
    assert data_of(site)["registered"][2] == {
        "name": "reg", "version": "2", "stage": "Production", "aliases": ["best"],
        "run": "a", "run_name": "a", "page": "runs/a.html",
    }  # fmt: skip
    assert files_of(site)["data/models.json"].startswith(b'{\n "schema": 1,\n "champions": []')


def test_the_registry_of_a_real_mlflow() -> None:
    files = Path(__file__).parents[1] / "clients" / "mlflow_registry" / "files"
    found, _ = studies(read_catalog([files], workers=1).runs, SiteOptions())
    assert [
        (m.name, m.version, m.stage, m.aliases, m.run.label, m.experiment) for m in registered_models(found)
    ] == [
        ("reader", "2", "", ("challenger", "next"), "seed-1", "digits"),
        ("reader", "1", "", ("champion",), "seed-0", "digits"),
        ("small reader", "1", "Production", (), "seed-1", "digits"),
    ]


def test_the_docs_list_every_key() -> None:
    page = (Path(__file__).parents[2] / "docs" / "models.md").read_text("utf-8")
    found = champion_of(
        with_model(replicates(CLEAR)),
        previous=earlier(built(replicates(TIED), replace(RULE, tie=Tie.CHEAPEST))),
    )
    table = page[page.index("## For scripts") :]
    missing = [key for key in found if f"`{key}`" not in table]
    for part in ("configuration", "mean", "run", "artifact", "runner_up"):
        row = next(line for line in table.splitlines() if line.startswith(f"| `{part}`"))
        missing += [f"{part}.{key}" for key in found[part] if f"`{key}`" not in row]
    row = next(line for line in table.splitlines() if line.startswith("| `history`"))
    missing += [f"history.{key}" for key in found["history"][0] if f"`{key}`" not in row]
    assert missing == []
