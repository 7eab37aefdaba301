"""The benchmark of the build runs, and its generator is the same every time."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

from building import assert_same, environment, tree
from generate import generate, parameters_of

BENCH = Path(__file__).parents[1] / "bench" / "build.py"


def test_the_benchmark_measures_three_builds_of_both_forms() -> None:
    done = subprocess.run(
        [sys.executable, str(BENCH), "--sizes", "3", "--metrics", "2", "--steps", "20", "--json"],
        env=environment(),
        capture_output=True,
        encoding="utf-8",
        check=True,
    )
    report = json.loads(done.stdout)
    assert [(item["form"], item["runs"]) for item in report["builds"]] == [("jsonl", 3), ("parquet", 3)]
    for item in report["builds"]:
        assert item["unchanged"]["files_written"] == 0
        assert 0 < item["one more"]["files_written"] < item["cold"]["files_written"] + 5
        for case in ("cold", "unchanged", "one more"):
            assert item[case]["ratio"] > 0
            assert item[case]["peak_bytes"] > 1_000_000
            # Where the files were old enough by then, a look was all that an unchanged build took.
            is_look = case == "unchanged" and "look" in item[case]["stages"]
            assert set(item[case]["stages"]) >= ({"look"} if is_look else {"read", "plan", "write", "links"})


def test_every_measurement_ends_as_a_table() -> None:
    arguments = ("--sizes", "2", "--steps", "5", "--calls", "200", "--only", "emitter,build")
    done = subprocess.run(
        [sys.executable, str(BENCH.with_name("measure.py")), *arguments],
        env=environment(),
        capture_output=True,
        encoding="utf-8",
        check=True,
    )
    emitter, _, build = done.stdout.partition("Builds: ")
    assert emitter.startswith("The emitter\n")
    assert all(f"\n{name} " in emitter for name in ("log", "bare os.write", "start()", "memory, capture on"))
    assert build.startswith("10 metrics x 5 steps a run")
    assert all(f"\n2 runs, {form}, cold " in build for form in ("jsonl", "parquet"))


def test_generated_runs_are_always_the_same(tmp_path: Path) -> None:
    generate(tmp_path / "a", 6, metrics=3, steps=5)
    generate(tmp_path / "b", reversed(range(6)), metrics=3, steps=5)
    assert_same(tree(tmp_path / "a"), tree(tmp_path / "b"))
    assert len({repr(parameters_of(setting)) for setting in range(5_760)}) == 5_760
    assert len(parameters_of(0)) == 7
