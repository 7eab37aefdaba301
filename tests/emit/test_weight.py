"""The emitter is light: the standard library alone, a quick import, a quick log()."""

from __future__ import annotations

import importlib.util
import subprocess
import sys
from pathlib import Path
from types import ModuleType

import pytest

import runfolio

SOURCE = str(Path(runfolio.__file__).parents[1])


@pytest.fixture(scope="module")
def bench() -> ModuleType:
    path = Path(__file__).parents[1] / "bench" / "emitter.py"
    spec = importlib.util.spec_from_file_location("emitter_bench", path)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def test_nothing_but_the_standard_library_is_imported(tmp_path: Path) -> None:
    code = f"""
import sys
class Guard:
    def find_spec(self, name, path=None, target=None):
        if name.partition(".")[0] not in sys.stdlib_module_names | {{"runfolio"}}:
            raise ImportError(f"{{name}} is not of the standard library")
sys.meta_path.insert(0, Guard())
sys.path.insert(0, {SOURCE!r})
import runfolio
loaded = set(sys.modules)
assert "runfolio.emit" not in loaded
with runfolio.start(root={str(tmp_path)!r}, parameters={{"lr": 0.1}}, monitor=0.01) as run:
    run.log({{"loss": 0.5, "val": {{"acc": 1}}}})
    run.artifact(b"abc", "a.txt")
    run.table([{{"a": 1}}])
    run.note("n")
    run.alert("t")
others = {{name.partition(".")[0] for name in sys.modules}} - sys.stdlib_module_names - {{"runfolio", "__main__"}}
assert not others, others
print((run.path / "metrics.jsonl").read_text())
"""
    done = subprocess.run(
        [sys.executable, "-I", "-S", "-c", code], capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    assert '"val/acc": 1' in done.stdout
    assert done.stderr == ""


def test_importing_is_quick(bench: ModuleType) -> None:
    code = f"""
import sys, time
began = time.process_time()
sys.path.insert(0, {SOURCE!r})
import runfolio
runfolio.start
print(time.process_time() - began)
"""
    # Processor time and the best of many: what the machine does beside must not count.
    assert min(bench.isolated(code) for _ in range(15)) < 0.015


def test_importing_loads_nothing_slow() -> None:
    code = f"import sys; sys.path.insert(0, {SOURCE!r}); import runfolio; runfolio.start; print(*sys.modules)"
    done = subprocess.run(
        [sys.executable, "-I", "-S", "-c", code], capture_output=True, text=True, check=True
    )
    slow = {
        "subprocess",
        "platform",
        "hashlib",
        "pathlib",
        "importlib.metadata",
        "traceback",
        "datetime",
        "difflib",
        "dataclasses",
        "csv",
        "typing",
    }
    assert not slow & set(done.stdout.split())


def test_a_run_with_all_that_is_captured_takes_at_most_5_mb(bench: ModuleType, tmp_path: Path) -> None:
    assert bench.memory_bytes(tmp_path)["capture on"] <= 5e6


def test_log_costs_at_most_half_more_than_json_and_a_write(bench: ModuleType, tmp_path: Path) -> None:
    ratios = []
    for attempt in range(3):
        root = tmp_path / str(attempt)
        root.mkdir()
        calls = bench.measure_calls(4000, root)
        ratios.append(calls["log"]["median_ns"] / calls["json + os.write"]["median_ns"])
    assert min(ratios) <= 1.5
