"""Readers of benchmark results: the contract, and what each maps to a run."""

from __future__ import annotations

import json
import math
import sys
from datetime import UTC, datetime
from pathlib import Path
from typing import ClassVar

import pytest

sys.path.insert(0, str(Path(__file__).parent))
from benchmark_files import (
    ASV_1,
    ASV_2,
    ASV_BENCHMARKS,
    COMMIT,
    CRITERION,
    CRITERION_FOLDER,
    DATA_JS,
    GOOGLE,
    HYPERFINE,
    JMH,
    JUNIT,
    LIGHTHOUSE,
    PYTEST_BENCHMARK,
    as_bytes,
)  # fmt: skip

from runfolio.catalog import Catalog, read_catalog
from runfolio.model import Goal, MetricHint, Run, RunStatus
from runfolio.readers import Reader
from runfolio.readers.asv import AsvReader
from runfolio.readers.benchmark_run import moment, seconds, without_paths
from runfolio.readers.criterion import CriterionReader
from runfolio.readers.github_action_benchmark import GithubActionBenchmarkReader
from runfolio.readers.google_benchmark import GoogleBenchmarkReader
from runfolio.readers.hyperfine import HyperfineReader
from runfolio.readers.jmh import JmhReader
from runfolio.readers.junit import JunitReader
from runfolio.readers.lighthouse import LighthouseReader
from runfolio.readers.pytest_benchmark import PytestBenchmarkReader
from runfolio.testing.reader_contract import ReaderContract, Sample, Tree, write_tree

ASV_TREE = {
    "p/results/benchmarks.json": as_bytes(ASV_BENCHMARKS),
    "p/results/box/machine.json": b'{"machine": "box", "version": 1}',
    "p/results/box/01234567-virtualenv-py3.12-numpy.json": as_bytes(ASV_2),
}
SORT = "s.time_sort(n=10, kind='{}')"


class TestAsv(ReaderContract):
    reader_class = AsvReader

    @pytest.fixture
    def reader(self) -> Reader:
        return AsvReader()

    @pytest.fixture
    def valid(self) -> Sample:
        first, second = SORT.format("a"), SORT.format("b")
        return Sample(
            ASV_TREE,
            {
                "01234567-virtualenv-py3.12-numpy": {
                    first: (1, 1.0), second: (1, 2.0), "s.track_size": (1, 12.0),
                    f"{first}/rounds": (2, 1.1), f"{second}/rounds": (2, 2.0),
                }
            },
        )  # fmt: skip

    @pytest.fixture
    def broken(self) -> dict[str, Tree]:
        def beside(body: bytes) -> Tree:
            return {"box/machine.json": b"{}", "box/01234567-py.json": body}

        return {
            "cut": beside(as_bytes(ASV_1)[:-9]),
            "no results": beside(b'{"date": 3, "version": 1}'),
            "newer": beside(as_bytes({**ASV_1, "version": 3})),
            "benchmarks": {**ASV_TREE, "p/results/benchmarks.json": b"{"},
        }

    @pytest.fixture
    def foreign(self) -> dict[str, Tree]:
        return {
            "list": {"box/machine.json": b"{}", "box/01234567-py.json": b"[1]"},
            "other": {"box/machine.json": b"{}", "box/01234567-py.json": b'{"version": 1}'},
        }


class OneFile(ReaderContract):
    """A reader of `*.json` files."""

    __test__ = False
    good: ClassVar[bytes]
    metrics: ClassVar[dict[str, tuple[int, float]]]

    @pytest.fixture
    def valid(self) -> Sample:
        return Sample({"e/out.json": self.good}, {"out": self.metrics})

    @pytest.fixture
    def broken(self) -> dict[str, Tree]:
        return {"cut": {"e/out.json": self.good.rstrip()[:-1]}}

    @pytest.fixture
    def foreign(self) -> dict[str, Tree]:
        others = [PYTEST_BENCHMARK, GOOGLE, HYPERFINE, JMH, LIGHTHOUSE]
        texts = [as_bytes(other) for other in others]
        trees: dict[str, Tree] = {
            str(i): {"e/out.json": text} for i, text in enumerate(texts) if text != self.good
        }
        marks = b'{"benchmarks": 1, "machine_info": 2, "context": 3, "real_time": 4, "results": 5, "command": 6, "mean": 7, '
        return {
            **trees,
            "words": {
                "e/out.json": marks
                + b'"primaryMetric": 8, "benchmark": 9, "lighthouseVersion": 10, "audits": 11}'
            },
            "metrics": {"e/out.json": b'{"loss": [3, 2, 1]}'},
        }


class TestPytestBenchmark(OneFile):
    reader_class = PytestBenchmarkReader
    __test__ = True
    good = as_bytes(PYTEST_BENCHMARK)
    metrics: ClassVar = {
        "tests/t.py::test_a[1]": (1, 2.0),
        "tests/t.py::test_b": (1, 5e-7),
        "tests/t.py::test_a[1]/rounds": (3, 3.0),
    }

    @pytest.fixture
    def reader(self) -> Reader:
        return PytestBenchmarkReader()


class TestGoogleBenchmark(OneFile):
    reader_class = GoogleBenchmarkReader
    __test__ = True
    good = as_bytes(GOOGLE)
    metrics: ClassVar = {"BM_a": (1, 20e-9), "BM_a/rounds": (2, 30e-9), "BM_b/8": (1, 2e-3), "old": (1, 4e-6)}

    @pytest.fixture
    def reader(self) -> Reader:
        return GoogleBenchmarkReader()


class TestHyperfine(OneFile):
    reader_class = HyperfineReader
    __test__ = True
    good = as_bytes(HYPERFINE)
    metrics: ClassVar = {"sort -n 10": (1, 2.0), "sort -n 10/rounds": (2, 3.0), "named (n=10)": (1, 1.5)}

    @pytest.fixture
    def reader(self) -> Reader:
        return HyperfineReader()


class TestJmh(OneFile):
    reader_class = JmhReader
    __test__ = True
    good = as_bytes(JMH)
    metrics: ClassVar = {
        "o.Sort.run(n=10)": (1, 3.5), "o.Sort.run(n=10)/rounds": (2, 4.0),
        "o.Sort.time [avgt]": (1, 250e-9), "o.Sort.time [ss]": (1, 1e-3),
    }  # fmt: skip

    @pytest.fixture
    def reader(self) -> Reader:
        return JmhReader()


class TestLighthouse(OneFile):
    reader_class = LighthouseReader
    __test__ = True
    good = as_bytes(LIGHTHOUSE)
    metrics: ClassVar = {
        "score/performance": (1, 0.98), "first-contentful-paint": (1, 1.2),
        "cumulative-layout-shift": (1, 0.01), "total-byte-weight": (1, 5000.0),
    }  # fmt: skip

    @pytest.fixture
    def reader(self) -> Reader:
        return LighthouseReader()


class TestGithubActionBenchmark(ReaderContract):
    reader_class = GithubActionBenchmarkReader

    @pytest.fixture
    def reader(self) -> Reader:
        return GithubActionBenchmarkReader()

    @pytest.fixture
    def valid(self) -> Sample:
        runs = {COMMIT[:10]: {"fib": (1, 135e-9), "rate": (1, 7.5)}, f"{COMMIT[:10]}-2": {"x": (1, 3.0)}}
        return Sample({"dev/bench/data.js": DATA_JS}, runs)

    @pytest.fixture
    def broken(self) -> dict[str, Tree]:
        return {"cut": {"data.js": DATA_JS[:-4]}, "no entries": {"data.js": b"window.BENCHMARK_DATA = {}"}}

    @pytest.fixture
    def foreign(self) -> dict[str, Tree]:
        return {"script": {"data.js": b"const data = [1, 2]"}, "empty": {"data.js": b""}}


class TestCriterion(ReaderContract):
    reader_class = CriterionReader

    @pytest.fixture
    def reader(self) -> Reader:
        return CriterionReader()

    @pytest.fixture
    def valid(self) -> Sample:
        tree = {
            f"{CRITERION_FOLDER}/{side}/{name}": body
            for side in ("new", "base")
            for name, body in CRITERION.items()
        }
        metrics = {"time": (1, 100e-9), "time/rounds": (2, 110e-9)}
        return Sample(tree, {"sort-quick-10-base": metrics, "sort-quick-10-new": metrics})

    @pytest.fixture
    def broken(self) -> dict[str, Tree]:
        return {
            "cut": {"new/estimates.json": CRITERION["estimates.json"][:-3]},
            "sample": {
                f"{CRITERION_FOLDER}/new/{name}": body[:-3] if name == "sample.json" else body
                for name, body in CRITERION.items()
            },
        }

    @pytest.fixture
    def foreign(self) -> dict[str, Tree]:
        return {"other": {"new/estimates.json": b'{"mean": 3}'}, "list": {"new/estimates.json": b"[]"}}


class TestJunit(ReaderContract):
    reader_class = JunitReader

    @pytest.fixture
    def reader(self) -> Reader:
        return JunitReader()

    @pytest.fixture
    def valid(self) -> Sample:
        times = {"test_ok": 0.25, "test_bad[a<b]": 1.0, "test_err": 0.5, "test_skip": 0.0}
        counts = {"passed": 1.0, "tests": 4.0, "failures": 1.0, "errors": 1.0, "skipped": 1.0, "time": 1.75}
        metrics = {**counts, **{f"time/tests.t/{name}": time for name, time in times.items()}}
        return Sample(
            {"e/junit.xml": JUNIT}, {"junit": {name: (1, value) for name, value in metrics.items()}}
        )

    @pytest.fixture
    def broken(self) -> dict[str, Tree]:
        bomb = b'<!DOCTYPE t [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;">]><testsuites><testsuite name="&b;"/></testsuites>'
        outside = b'<!DOCTYPE t SYSTEM "file:///etc/passwd"><testsuite/>'
        return {
            "cut": {"junit.xml": JUNIT[:-9]},
            "entities": {"junit.xml": bomb},
            "outside": {"junit.xml": outside},
        }

    @pytest.fixture
    def foreign(self) -> dict[str, Tree]:
        return {
            "page": {"test.xml": b"<html><testsuite/></html>"},
            "empty": {"test.xml": b""},
            "svg": {"test.xml": b"<svg/>"},
        }


def read(folder: Path, tree: Tree) -> Catalog:
    return read_catalog([write_tree(folder, tree)], workers=1)


def only(folder: Path, tree: Tree) -> Run:
    catalog = read(folder, tree)
    assert catalog.problems == ()
    (run,) = catalog.runs
    return run


def test_asv_in_a_hidden_folder_with_all_it_says(tmp_path: Path) -> None:
    catalog = read(
        tmp_path, {path.replace("p/results", "p/.asv/results"): body for path, body in ASV_TREE.items()}
    )
    (run,) = catalog.runs
    assert (run.experiment, run.started_at) == ("p", datetime(2023, 11, 14, 22, 13, 20, tzinfo=UTC))
    assert {name: value.value for name, value in run.parameters.items()} == {
        "commit": COMMIT[:8], "os": "Linux", "cpu": "fast", "num_cpu": "8", "ram": "8GB", "python": "3.12", "numpy": "2.1",
    }  # fmt: skip
    assert run.git is not None and run.git.commit == COMMIT
    assert (run.environment.host, run.environment.variables) == ("box", {"OMP_NUM_THREADS": "1"})
    assert run.notes == "Failed benchmarks: `s.time_sort(n=100, kind='a')`, `s.time_broken`."
    assert run.metric_hints[SORT.format("a")] == MetricHint("s", Goal.MINIMIZE)
    assert run.metric_hints["s.track_size"] == MetricHint("items", None)
    assert [problem.slug for problem in catalog.problems] == ["outdated-benchmark"]


def test_asv_of_version_1(tmp_path: Path) -> None:
    tree = {"box/machine.json": b"{}", "box/01234567-existing-py_home_me_bin_python.json": as_bytes(ASV_1)}
    run = only(tmp_path, tree)
    assert run.run_id == "01234567-existing"
    assert {name: item.last for name, item in run.metrics.items()} == {
        "s.time_sort(10, 'a')": 1, "s.time_sort(10, 'b')": 2, "s.time_sort(100, 'a')": 3, "s.time_sort(100, 'b')": 4,
        "mem_list": 344,
    }  # fmt: skip
    assert run.metric_hints["mem_list"] == MetricHint("bytes", Goal.MINIMIZE)


def test_pytest_benchmark_in_its_own_folder(tmp_path: Path) -> None:
    body = as_bytes(PYTEST_BENCHMARK)
    runs = read(tmp_path, {f"p/.benchmarks/{machine}/0001_base.json": body for machine in ("A", "B")}).runs
    assert [(run.run_id, run.experiment) for run in runs] == [("A-0001_base", "p"), ("B-0001_base", "p")]
    run = runs[0]
    assert run.git is not None and (run.git.commit, run.git.branch, run.git.dirty) == (COMMIT, "main", True)
    assert run.environment.host == "secret-host"
    assert "secret-host" not in str(run.parameters)
    assert run.started_at == datetime(2026, 11, 21, 3, 43, 0, 500000, tzinfo=UTC)
    assert set(run.metric_hints.values()) == {MetricHint("s", Goal.MINIMIZE)}


def test_google_benchmark_errors_and_surroundings(tmp_path: Path) -> None:
    broken = {
        "name": "BM_c",
        "run_name": "BM_c",
        "run_type": "iteration",
        "error_occurred": True,
        "error_message": "no GPU",
    }
    run = only(tmp_path, {"e/a.json": as_bytes({**GOOGLE, "benchmarks": [*GOOGLE["benchmarks"], broken]})})
    assert (run.status, run.error) == (RunStatus.FAILED, "BM_c: no GPU")
    assert run.started_at == datetime(2026, 11, 21, 2, 43, tzinfo=UTC)
    assert {name: value.value for name, value in run.parameters.items()} == {
        "mhz_per_cpu": 3000, "cpu_scaling_enabled": False, "library_build_type": "release",
    }  # fmt: skip
    assert run.environment.command == ("/home/me/bench",)


def test_hyperfine_names_no_folders_and_counts_failures(tmp_path: Path) -> None:
    failing = {"command": "false", "mean": 0.1, "times": [0.1, 0.1], "exit_codes": [1, 0]}
    run = only(tmp_path, {"e/h.json": as_bytes({"results": [*HYPERFINE["results"], failing, failing]})})
    assert (run.status, (run.error or "").splitlines()[0]) == (
        RunStatus.FAILED,
        "false: ended with 1 in 1 of 2 rounds",
    )
    assert {"false", "false (2)"} < run.metrics.keys()


def test_jmh_goals(tmp_path: Path) -> None:
    run = only(tmp_path, {"e/j.json": as_bytes(JMH)})
    assert run.metric_hints["o.Sort.run(n=10)"] == MetricHint("ops/ms", Goal.MAXIMIZE)
    assert run.metric_hints["o.Sort.time [ss]"] == MetricHint("s", Goal.MINIMIZE)
    assert {name: value.value for name, value in run.parameters.items()} == {
        "jmhVersion": "1.37",
        "threads": 1,
    }


def test_lighthouse_tells_no_secrets(tmp_path: Path) -> None:
    run = only(tmp_path, {"e/l.json": as_bytes(LIGHTHOUSE)})
    assert run.parameters["url"].value == "https://example.org/page"
    assert (run.metric_hints["score/performance"].goal, run.duration_s) == (Goal.MAXIMIZE, 4.5)
    failed = {**LIGHTHOUSE, "runtimeError": {"code": "NO_FCP", "message": "nothing was painted"}}
    run = only(tmp_path / "f", {"e/l.json": as_bytes(failed)})
    assert (run.status, run.error) == (RunStatus.FAILED, "nothing was painted")


def test_data_js_tells_no_addresses(tmp_path: Path) -> None:
    first, second = read(tmp_path, {"dev/data.js": DATA_JS}).runs
    assert (first.experiment, first.notes, first.metric_hints["rate"].goal) == (
        "Rust",
        "faster",
        Goal.MAXIMIZE,
    )
    assert second.metric_hints["x"] == MetricHint("MB", Goal.MAXIMIZE)
    assert "example.org" not in repr((first, second))


def test_criterion_differences_are_no_runs(tmp_path: Path) -> None:
    tree = {
        f"{CRITERION_FOLDER}/{side}/{name}": body
        for side in ("new", "change")
        for name, body in (*CRITERION.items(), ("raw.csv", b"group,iteration_count\nsort,10\nsort,20\n"))
    }
    run = only(tmp_path, tree)
    assert (run.experiment, run.name) == ("sort", "sort/quick/10 (new)")
    assert {name: value.value for name, value in run.parameters.items()} == {
        "function": "quick",
        "value": 10,
        "baseline": "new",
    }
    bare = only(tmp_path / "bare", {f"{CRITERION_FOLDER}/main/estimates.json": CRITERION["estimates.json"]})
    assert (bare.run_id, bare.experiment, bare.parameters["function"].value) == (
        "sort-quick-10-main",
        "sort",
        "quick/10",
    )


def test_junit_says_which_tests_failed_and_no_more(tmp_path: Path) -> None:
    run = only(tmp_path, {"e/junit.xml": JUNIT})
    assert (run.status, run.error) == (RunStatus.FAILED, "tests.t/test_bad[a<b]\ntests.t/test_err")
    assert (run.environment.host, run.duration_s) == ("secret-host", 1.75)
    assert run.started_at == datetime(2026, 11, 21, 2, 43, 0, 500000, tzinfo=UTC)
    assert run.metric_hints["tests"].goal is Goal.NONE


def test_junit_with_many_tests_gives_the_times_of_classes(tmp_path: Path) -> None:
    cases = b"".join(b'<testcase classname="c%d" name="t%d" time="0.5"/>' % (i % 2, i) for i in range(600))
    run = only(tmp_path, {"junit.xml": b"<testsuite>" + cases + b"</testsuite>"})
    assert {name: item.last for name, item in run.metrics.items() if name.startswith("time/")} == {
        "time/c0": 150,
        "time/c1": 150,
    }
    assert (run.status, run.metrics["passed"].last) == (RunStatus.FINISHED, 600)


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("/usr/bin/python3 /home/me/a.py --n=1", "python3 a.py --n=1"),
        ("cat ~/data/x | wc", "cat x | wc"),
        (r"C:\Users\me\run.exe /f", "run.exe /f"),
        ("cargo run --bin a/b", "cargo run --bin a/b"),
        ("git log --author me@example.org", "git log --author …"),
        ("curl https://example.org/a/b", "curl https://example.org/a/b"),
    ],
)
def test_commands_lose_their_folders(text: str, shown: str) -> None:
    assert without_paths(text) == shown


def test_units_and_moments() -> None:
    units = ("ns/iter", "us/op", "ms", "seconds", "min", "ops/s", "")
    assert [seconds(3, unit) for unit in units] == [3e-9, 3e-6, 3e-3, 3.0, 180.0, None, None]
    assert moment("2016-08-02 17:44:46") == datetime(2016, 8, 2, 17, 44, 46, tzinfo=UTC)
    assert moment(1_700_000_000_000) == moment(1_700_000_000)
    assert [moment(value) for value in ("soon", None, math.inf, True, 1e30)] == [None] * 5


def test_the_samples_of_google_benchmark_pair_up(sample_files: Path) -> None:
    if not sample_files.is_dir():
        pytest.skip("no sample files beside this checkout")
    catalog = read_catalog([sample_files / "google-benchmark"], workers=1)
    run1, run2 = (next(run for run in catalog.runs if run.run_id == f"test1_run{i}") for i in (1, 2))
    # As its own compare.py prints them: BM_1PercentFaster goes from 100 to 98.9999999 ns.
    times = [run.metrics["BM_1PercentFaster"].last for run in (run1, run2)]
    assert times == pytest.approx([100e-9, 98.9999999e-9], rel=1e-14)


def test_the_samples_of_asv(sample_files: Path) -> None:
    if not sample_files.is_dir():
        pytest.skip("no sample files beside this checkout")
    catalog = read_catalog([sample_files / "asv"], workers=1)
    assert len(catalog.runs) == 39
    assert sorted(problem.slug for problem in catalog.problems) == [
        "broken-asv",
        "broken-json",
        "outdated-benchmark",
        "outdated-benchmark",
    ]
    run = next(run for run in catalog.runs if run.run_id == "fcf8c079-py2.7-Cython-numpy1.8")
    assert run.metrics["time_units.mem_unit"].last == 344
    assert run.metrics["time_other.time_parameterized(2)"].last == 4
    assert "time_AAA_failure" in run.notes and "time_AAA_skip" not in run.notes
    assert "time_other.time_parameterized(3)" in run.notes


def test_the_samples_of_pytest_benchmark_and_hyperfine(sample_files: Path) -> None:
    if not sample_files.is_dir():
        pytest.skip("no sample files beside this checkout")
    runs = read_catalog([sample_files / "pytest-benchmark"], workers=1).runs
    assert sorted(str(run.parameters["python"].value)[:4] for run in runs) == ["3.10", "3.11", "3.9."]
    path = sample_files / "pytest-benchmark" / runs[-1].source.path
    stated = {b["fullname"]: b["stats"]["mean"] for b in json.loads(path.read_bytes())["benchmarks"]}
    assert {name: item.last for name, item in runs[-1].metrics.items() if "/rounds" not in name} == stated
    (run,) = read_catalog([sample_files / "hyperfine"], workers=1).runs
    (name, *_) = run.metrics
    assert (run.metrics[name].last, run.metrics[f"{name}/rounds"].count) == (11.61481411152, 3)
