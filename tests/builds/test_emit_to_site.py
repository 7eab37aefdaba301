"""What a script logs is what the site's data hold; whatever things are called, every run gets a page of its own."""

from __future__ import annotations

import json
import math
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import runfolio
from runfolio import api

# Names without the separators of nesting: those that collide when they are joined have a test of their own elsewhere.
words = st.text(st.characters(codec="utf-8", exclude_characters="/.\\@\0"), min_size=1, max_size=8)
scalars = st.one_of(st.booleans(), st.integers(-(2**53), 2**53), st.floats(allow_nan=False), words)
parameters = st.dictionaries(
    words, st.one_of(scalars, st.dictionaries(words, scalars, min_size=1, max_size=2)), max_size=4
)
numbers = st.one_of(st.floats(), st.integers(-(2**53), 2**53))
rows = st.dictionaries(
    words.filter(lambda name: name not in ("step", "time")),
    st.one_of(numbers, st.dictionaries(words, numbers, min_size=1, max_size=2)),
    min_size=1,
    max_size=3,
)
runs = st.fixed_dictionaries(
    {"experiment": words, "name": words, "parameters": parameters, "tags": st.lists(words, max_size=2),
     "rows": st.lists(rows, max_size=4)}
)  # fmt: skip


def flat(nested: dict[str, Any], separator: str) -> dict[str, Any]:
    result: dict[str, Any] = {}
    for name, value in nested.items():
        if isinstance(value, dict):
            result |= {f"{name}{separator}{inner}": item for inner, item in value.items()}
        else:
            result[name] = value
    return result


def shown(value: float) -> Any:
    """A number as JSON has it: the run log's strings where it is not finite."""
    value = float(value)
    if math.isfinite(value):
        return value
    return "NaN" if math.isnan(value) else "Infinity" if value > 0 else "-Infinity"


@settings(max_examples=20, deadline=None)
@given(st.lists(runs, min_size=1, max_size=3))
def test_the_data_hold_what_was_logged(
    tmp_path_factory: pytest.TempPathFactory, made: list[dict[str, Any]]
) -> None:
    folder: Path = tmp_path_factory.mktemp("property")
    ids = []
    for item in made:
        given_fields = {name: item[name] for name in ("experiment", "name", "parameters", "tags")}
        with runfolio.start(root=folder / "runs", capture=False, **given_fields) as run:
            for step, row in enumerate(item["rows"]):
                run.log(row, step=step)
        ids.append(run.run_id)
    report = api.build(folder / "runs", folder / "site", workers=1, use_cache=False)
    assert report.runs == len(made)
    assert [item for item in report.problems if item.slug != "masked-parameter"] == []
    found = {
        item["run_id"]: item for item in json.loads((folder / "site" / "data" / "runs.json").read_bytes())
    }
    masked = {item.run_id for item in report.problems}
    for run_id, item in zip(ids, made, strict=True):
        assert found[run_id]["experiment"] == item["experiment"]
        if run_id not in masked:
            assert found[run_id]["parameters"] == {
                name: value if not isinstance(value, float) or math.isfinite(value) else shown(value)
                for name, value in flat(item["parameters"], ".").items()
            }
        logged: dict[str, list[float]] = {}
        for row in item["rows"]:
            for name, value in flat(row, "/").items():
                logged.setdefault(name, []).append(value)
        assert {name: len(values) for name, values in logged.items()} == {
            name: summary["count"] for name, summary in found[run_id]["metrics"].items()
        }
        for name, values in logged.items():
            summary = found[run_id]["metrics"][name]
            assert (summary["first"], summary["last"]) == (shown(values[0]), shown(values[-1]))
            finite = [float(value) for value in values if math.isfinite(value)]
            assert summary["nonfinite_count"] == len(values) - len(finite)
            if finite:
                assert (summary["minimum"], summary["maximum"]) == (min(finite), max(finite))
    pages = [path.name.casefold() for path in (folder / "site" / "runs").iterdir()]
    assert len(set(pages)) == len(made)
    experiments = [path.name.casefold() for path in (folder / "site" / "experiments").iterdir()]
    assert len(set(experiments)) == len({item["experiment"] for item in found.values()})
