"""Small results of benchmark tools, laid out as the tools write them."""

from __future__ import annotations

import json
from typing import Any

COMMIT = "0123456789abcdef0123456789abcdef01234567"


def as_bytes(value: Any) -> bytes:
    return json.dumps(value, indent=1).encode()


ASV_BENCHMARKS = {
    "s.time_sort": {
        "name": "s.time_sort", "type": "time", "unit": "seconds", "version": "v1",
        "param_names": ["n", "kind"], "params": [["10", "100"], ["'a'", "'b'"]],
    },
    "s.track_size": {"name": "s.track_size", "type": "track", "unit": "items", "version": "v2", "param_names": [], "params": []},
    "s.old": {"name": "s.old", "type": "time", "unit": "seconds", "version": "new", "param_names": [], "params": []},
    "version": 2,
}  # fmt: skip
ASV_2 = {
    "commit_hash": COMMIT,
    "env_name": "virtualenv-py3.12-numpy",
    "date": 1_700_000_000_000,
    "params": {"machine": "box", "os": "Linux", "cpu": "fast", "num_cpu": "8", "ram": "8GB", "python": "3.12"},
    "python": "3.12",
    "requirements": {"numpy": "2.1"},
    "env_vars": {"OMP_NUM_THREADS": "1"},
    "result_columns": ["result", "params", "version", "started_at", "duration", "stats_ci_99_a", "samples"],
    "results": {
        "s.time_sort": [
            [1.0, 2.0, None, float("nan")],
            [["10", "100"], ["'a'", "'b'"]],
            "v1", 1_700_000_000_500, 2.5, [0.9, 1.9, None, None],
            [[0.9, 1.1], [2.0, 2.0], None, None],
        ],
        "s.track_size": [[12.0], [], "v2"],
        "s.old": [[5.0], [], "old"],
        "s.time_broken": [None, [], "v9"],
    },
    "version": 2,
}  # fmt: skip
ASV_1 = {
    "commit_hash": COMMIT,
    "date": 1_367_127_519_000,
    "params": {"machine": "box", "python": "2.7"},
    "requirements": {},
    "results": {
        "s.time_sort": {"params": [["10", "100"], ["'a'", "'b'"]], "result": [1, 2, 3, 4]},
        "mem_list": 344,
        "time_failed": None,
    },
    "version": 1,
}
PYTEST_BENCHMARK = {
    "machine_info": {
        "node": "secret-host", "machine": "x86_64", "python_version": "3.12.4", "python_implementation": "CPython",
        "release": "6.8", "system": "Linux", "cpu": {"brand_raw": "fast", "count": 8},
    },
    "commit_info": {"id": COMMIT, "dirty": True, "project": "p", "branch": "main"},
    "benchmarks": [
        {"name": "test_a[1]", "fullname": "tests/t.py::test_a[1]", "stats": {"mean": 2.0, "rounds": 3, "data": [1.0, 2.0, 3.0]}},
        {"name": "test_b", "fullname": "tests/t.py::test_b", "stats": {"mean": 5e-7, "stddev": 1e-9}},
        {"name": "test_no", "fullname": "tests/t.py::test_no", "stats": None},
    ],
    "datetime": "2026-11-21T03:43:00.5",
    "version": "5.1.0",
}  # fmt: skip
GOOGLE = {
    "context": {
        "date": "2026-11-21T03:43:00+01:00", "host_name": "secret-host", "executable": "/home/me/bench", "num_cpus": 8,
        "mhz_per_cpu": 3000, "cpu_scaling_enabled": False, "load_avg": [1.0], "library_build_type": "release",
    },
    "benchmarks": [
        {"name": "BM_a", "run_name": "BM_a", "run_type": "iteration", "real_time": 10, "cpu_time": 9, "time_unit": "ns"},
        {"name": "BM_a", "run_name": "BM_a", "run_type": "iteration", "real_time": 30, "cpu_time": 9, "time_unit": "ns"},
        {"name": "BM_a_mean", "run_name": "BM_a", "run_type": "aggregate", "aggregate_name": "mean", "real_time": 20, "time_unit": "ns"},
        {"name": "BM_b/8_mean", "run_name": "BM_b/8", "run_type": "aggregate", "aggregate_name": "mean", "real_time": 2, "time_unit": "ms"},
        {"name": "BM_b/8_stddev", "run_name": "BM_b/8", "run_type": "aggregate", "aggregate_name": "stddev", "real_time": 1, "time_unit": "ms"},
        {"name": "old", "real_time": 4, "time_unit": "us"},
        {"name": "old_stddev", "real_time": 1, "time_unit": "us"},
    ],
}  # fmt: skip
HYPERFINE = {
    "results": [
        {"command": "/home/me/bin/sort -n 10", "mean": 2.0, "times": [1.0, 3.0], "exit_codes": [0, 0]},
        {"command": "named", "mean": 1.5, "parameters": {"n": "10"}, "times": [1.5], "exit_codes": [0]},
    ]
}
JMH = [
    {
        "jmhVersion": "1.37", "benchmark": "o.Sort.run", "mode": "thrpt", "threads": 1, "forks": 2,
        "jvm": "/usr/lib/jvm/bin/java", "jvmArgs": ["-Xmx1g"], "params": {"n": "10"},
        "primaryMetric": {"score": 3.5, "scoreUnit": "ops/ms", "rawData": [[3.0], [4.0]]},
    },
    {
        "jmhVersion": "1.37", "benchmark": "o.Sort.time", "mode": "avgt", "threads": 1, "forks": 1,
        "primaryMetric": {"score": 250.0, "scoreError": "NaN", "scoreUnit": "ns/op", "rawData": [[250.0]]},
    },
    {
        "jmhVersion": "1.37", "benchmark": "o.Sort.time", "mode": "ss", "threads": 1, "forks": 1,
        "primaryMetric": {"score": 1.0, "scoreUnit": "ms/op"},
    },
]  # fmt: skip
LIGHTHOUSE = {
    "lighthouseVersion": "13.0.1",
    "fetchTime": "2026-11-21T03:43:00.000Z",
    "requestedUrl": "https://user:pw@example.org/page?token=secret",
    "configSettings": {"formFactor": "mobile", "throttlingMethod": "simulate"},
    "categories": {"performance": {"score": 0.98}, "seo": {"score": None}},
    "audits": {
        "first-contentful-paint": {"numericValue": 1200.0, "numericUnit": "millisecond"},
        "cumulative-layout-shift": {"numericValue": 0.01, "numericUnit": "unitless"},
        "total-byte-weight": {"numericValue": 5000, "numericUnit": "byte"},
        "viewport": {"score": 1},
    },
    "timing": {"total": 4500.0},
}
JUNIT = b"""<?xml version="1.0" encoding="utf-8"?>
<testsuites><testsuite name="pytest" errors="1" failures="1" skipped="1" tests="4" time="1.75" timestamp="2026-11-21T03:43:00.5+01:00" hostname="secret-host">
<testcase classname="tests.t" name="test_ok" time="0.25" />
<testcase classname="tests.t" name="test_bad[a&lt;b]" time="1.0"><failure message="in /home/me">trace</failure></testcase>
<testcase classname="tests.t" name="test_err" time="0.5"><error message="x">y</error></testcase>
<testcase classname="tests.t" name="test_skip" time="0.0"><skipped type="pytest.skip" message="no">z</skipped></testcase>
</testsuite></testsuites>
"""
DATA_JS = b"window.BENCHMARK_DATA = " + as_bytes(
    {
        "lastUpdate": 1_700_000_000_000,
        "repoUrl": "https://example.org/r",
        "entries": {
            "Rust": [
                {
                    "commit": {"id": COMMIT, "message": "faster\n\nby a@example.org", "author": {"email": "a@example.org"}},
                    "date": 1_700_000_000_000,
                    "tool": "cargo",
                    "benches": [
                        {"name": "fib", "value": 135, "range": "+/- 24", "unit": "ns/iter"},
                        {"name": "rate", "value": 7.5, "unit": "ops/sec"},
                    ],
                },
                {"commit": {"id": COMMIT}, "date": 1_700_000_100_000, "tool": "customBiggerIsBetter", "benches": [{"name": "x", "value": 3, "unit": "MB"}]},
            ]
        },
    }
)  # fmt: skip
CRITERION = {
    "estimates.json": as_bytes(
        {
            "mean": {"confidence_interval": {"confidence_level": 0.95, "lower_bound": 90.0, "upper_bound": 110.0}, "point_estimate": 100.0, "standard_error": 1.0},
            "slope": None,
        }
    ),
    "benchmark.json": as_bytes(
        {"group_id": "sort", "function_id": "quick", "value_str": "10", "throughput": None, "full_id": "sort/quick/10", "directory_name": "sort/quick/10", "title": "sort/quick/10"}
    ),
    "sample.json": as_bytes({"sampling_mode": "Linear", "iters": [10.0, 20.0], "times": [900.0, 2200.0]}),
}  # fmt: skip
CRITERION_FOLDER = "p/target/criterion/sort/quick/10"
