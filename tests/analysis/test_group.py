from __future__ import annotations

from itertools import product
from random import Random

import pytest
from analysis_runs import run
from hypothesis import given
from hypothesis import strategies as st

from runfolio.analysis.group import Grouping, GroupOptions, find_groups
from runfolio.model import Run

PLAIN = GroupOptions()


def labels(grouping: Grouping) -> list[str]:
    return [g.label for g in grouping.groups]


def sweep(**more: object) -> list[Run]:
    return [
        run(f"{m}-{lr}-{s}", {"model": m, "lr": lr, "seed": s, "epochs": 50, **more})
        for m, lr, s in product(("mlp", "convnet"), (1e-3, 3e-4), (10, 9, 2))
    ]


def test_replicates_differ_only_in_the_seed() -> None:
    found = find_groups(sweep(), PLAIN)
    assert labels(found) == ["mlp, lr 1e-3", "mlp, lr 3e-4", "convnet, lr 1e-3", "convnet, lr 3e-4"]
    assert [g.group_id for g in found.groups] == [
        "mlp-lr-1e-3",
        "mlp-lr-3e-4",
        "convnet-lr-1e-3",
        "convnet-lr-3e-4",
    ]
    assert found.groups[0].run_ids == ("mlp-0.001-2", "mlp-0.001-9", "mlp-0.001-10")
    assert (found.varying, found.seeds, found.ignored) == (("model", "lr"), ("seed",), ())
    assert [(n, v.value) for n, v in found.constant] == [("epochs", 50)]
    assert [(n, v.text) for n, v in found.groups[1].key] == [("model", "mlp"), ("lr", "0.0003")]


@pytest.mark.parametrize(
    "name", ["seed", "random_state", "data.seed", "trainer.random-seed", "Fold", "trial", "rep"]
)
def test_seed_like_names(name: str) -> None:
    found = find_groups([run(str(i), {name: i}) for i in range(4)], PLAIN)
    assert (len(found.groups), found.seeds, labels(found)) == (1, (name,), ["all runs"])


def test_seed_names_are_configurable_and_grouping_by_a_seed_is_possible() -> None:
    runs = [run(str(i), {"seed": i, "draw": i}) for i in range(3)]
    assert len(find_groups(runs, GroupOptions(seeds=("seed", "draw"))).groups) == 1
    assert labels(find_groups(runs, GroupOptions(by=("seed",)))) == ["seed 0", "seed 1", "seed 2"]


def test_equal_texts_are_one_value() -> None:
    assert len(find_groups([run("a", {"lr": 1e-3}), run("b", {"lr": 0.001})], PLAIN).groups) == 1


def test_parameters_that_only_name_runs_do_not_split_replicates() -> None:
    runs = [
        run(
            f"{m}{s}",
            {
                "model": m,
                "seed": s,
                "output_dir": f"out/{m}/{s}",
                "job": f"{m}-s{s}",
                "pid": 100 * s + len(m),
            },
        )
        for m, s in product(("mlp", "cnnx"), range(3))
    ]
    found = find_groups(runs, PLAIN)
    assert labels(found) == ["mlp", "cnnx"]
    assert dict(found.ignored) == {
        "output_dir": "different in every run, and named like an identifier",
        "job": "different in every run, and the other settings already tell groups apart",
        "pid": "different in every run, and named like an identifier",
    }


@pytest.mark.parametrize(
    "values",
    [
        ["/data/a", "/data/b", "/data/c"],
        ["2026-11-21T10:00", "2026-11-22", "2026-11-23 11:00"],
        [
            "0f8fad5b-d9cb-469f-a165-70867728950e",
            "7c9e6679-7425-40de-944b-e07fc1f90ae7",
            "f47ac10b58cc4372a5670e02b2c3d479",
        ],
        ["2aaaedb9", "9f3c1e0a77", "deadbeef00"],
    ],
)
def test_paths_ids_and_dates_different_in_every_run_are_ignored(values: list[str]) -> None:
    found = find_groups([run(str(i), {"what": v}) for i, v in enumerate(values)], PLAIN)
    assert len(found.groups) == 1
    assert found.ignored == (("what", "different in every run, and looks like a path, an id or a date"),)


def test_three_models_stay_three_groups_and_two_runs_are_no_evidence() -> None:
    assert labels(find_groups([run(m, {"model": m}) for m in "abc"], PLAIN)) == ["a", "b", "c"]
    assert labels(find_groups([run(m, {"model": m, "seed": i}) for i, m in enumerate("abc")], PLAIN)) == [
        "a",
        "b",
        "c",
    ]
    assert len(find_groups([run(str(i), {"data": f"/d/{i}"}) for i in range(2)], PLAIN).groups) == 2


def test_only_the_parameters_asked_for_count() -> None:
    found = find_groups(sweep(), GroupOptions(by=("model",)))
    assert labels(found) == ["mlp", "convnet"]
    assert found.ignored == (("lr", "not among the parameters to group by"),)
    assert labels(find_groups(sweep(), GroupOptions(ignore=("lr",)))) == ["mlp", "convnet"]


def test_settings_of_one_family_do_not_clutter_the_others() -> None:
    runs = [
        *(run(f"tree{d}", {"model": "tree", "depth": d}) for d in (3, 5)),
        run("linear", {"model": "linear", "penalty": "l2"}),
        run("svm", {"model": "svm", "C": 1.0}),
    ]
    assert labels(find_groups(runs, PLAIN)) == ["tree, depth 3", "tree, depth 5", "linear", "svm"]


def test_a_missing_parameter_is_a_value_of_its_own() -> None:
    found = find_groups(
        [run("a", {"lr": 1}), run("b", {"lr": 1, "wd": 0.1}), run("c", {"lr": 1, "wd": None})], PLAIN
    )
    assert labels(found) == ["without wd", "wd 0.1", "wd none"]
    assert found.groups[0].key == ()


def test_values_that_mean_nothing_alone_carry_their_name() -> None:
    runs = [
        run("a", {"train.data": "cifar", "test.data": "mnist", "augment": True, "k": "3"}),
        run("b", {"train.data": "mnist", "test.data": "cifar", "augment": True, "k": "3"}),
        run("c", {"train.data": "mnist", "test.data": "cifar", "augment": False, "k": "3"}),
        run("d", {"train.data": "mnist", "test.data": "cifar", "augment": False, "k": "5"}),
    ]
    assert labels(find_groups(runs, PLAIN)) == [
        "train.data cifar, augment true, k 3",
        "train.data mnist, augment true, k 3",
        "train.data mnist, augment false, k 3",
        "train.data mnist, augment false, k 5",
    ]


def test_run_groups_count_where_parameters_do_not_vary() -> None:
    runs = [run(str(i), {"seed": i}, group=g) for i, g in enumerate(["night", "night", "day"])]
    assert [(g.label, g.run_ids) for g in find_groups(runs, PLAIN).groups] == [
        ("night", ("0", "1")),
        ("day", ("2",)),
    ]


def test_runs_without_parameters_stand_alone_under_their_names() -> None:
    found = find_groups([run("a", name="first"), run("b", name="second"), run("c", name="second")], PLAIN)
    assert labels(found)[0] == "first"
    assert len(set(labels(found))) == 3
    assert len({g.group_id for g in found.groups}) == 3
    assert find_groups([], PLAIN) == Grouping((), (), (), (), ())


def test_ids_are_plain_unique_and_stay_when_runs_are_added() -> None:
    values = ["Größe", "grosse", "GROSSE", "x" * 500 + "1" + "y" * 500, "数", "<script>", "../..", "-1", "1"]
    runs = [run(str(i), {"model": v, "shift": -i}) for i, v in enumerate(values)]
    before = find_groups(runs, PLAIN).groups
    ids = [g.group_id for g in before]
    assert len(set(ids)) == len(values)
    assert all(set(i) <= set("abcdefghijklmnopqrstuvwxyz0123456789.-") and 0 < len(i) <= 70 for i in ids)
    assert all(len(g.label) < 60 for g in before)
    after = find_groups([*runs, run("new", {"model": "another", "shift": 77})], PLAIN).groups
    assert [g.group_id for g in after][:-1] == ids


@given(st.randoms())
def test_groups_do_not_depend_on_the_order_of_runs(random: Random) -> None:
    runs = sweep()
    mixed = runs[:]
    random.shuffle(mixed)
    assert {(g.group_id, g.label, g.run_ids) for g in find_groups(runs, PLAIN).groups} == {
        (g.group_id, g.label, g.run_ids) for g in find_groups(mixed, PLAIN).groups
    }


scalars = st.one_of(st.none(), st.booleans(), st.integers(-3, 3), st.floats(), st.text(max_size=4))


@given(
    st.lists(st.dictionaries(st.sampled_from(["a", "b.c", "d.c", "seed"]), scalars, max_size=4), max_size=8)
)
def test_every_run_is_in_one_group_and_labels_are_unique(settings: list[dict[str, object]]) -> None:
    runs = [run(str(i), p) for i, p in enumerate(settings)]
    groups = find_groups(runs, PLAIN).groups
    assert sorted(i for g in groups for i in g.run_ids) == sorted(r.run_id for r in runs)
    assert len({g.label for g in groups}) == len({g.group_id for g in groups}) == len(groups)
    assert all(g.label.strip() and g.group_id for g in groups)
