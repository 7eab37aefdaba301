"""What pytest writes with `--junitxml`: a run that fails in every way, and one that passes."""

from __future__ import annotations

import subprocess
import sys
import tempfile
from pathlib import Path

TESTS = """
import pytest


def test_passes(record_property):
    record_property("answer", 42)


@pytest.mark.parametrize("sign", ["<", "&", "\\x00"])
def test_signs(sign):
    pass


@pytest.mark.{mark}
def test_may_fail():
    assert {truth}


@pytest.mark.skip(reason="not today")
def test_is_skipped():
    pass


@pytest.fixture
def broken():
    {error}


def test_needs_what_is_broken(broken):
    pass
"""


def main(target: Path) -> None:
    stories = {
        "junit-failing": TESTS.format(mark="slow", truth="1 == 2", error="raise ValueError('no')"),
        "junit-passing": TESTS.format(mark="xfail", truth="1 == 2", error="pass"),
    }
    for name, text in stories.items():
        with tempfile.TemporaryDirectory() as folder:
            (Path(folder) / "test_tiny.py").write_text(text)
            (Path(folder) / "pytest.ini").write_text("[pytest]\nmarkers = slow\n")
            words = [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", f"--junitxml={name}.xml"]
            subprocess.run(words, cwd=folder, check=False, capture_output=True)
            report = (Path(folder) / f"{name}.xml").read_text()
        host = report.partition('hostname="')[2].partition('"')[0]
        (target / "ci").mkdir(exist_ok=True)
        (target / "ci" / f"{name}.xml").write_text(
            report.replace(f'hostname="{host}"', 'hostname="box"').replace(folder, "")
        )


if __name__ == "__main__":
    main(Path(sys.argv[1]))
