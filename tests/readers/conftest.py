from __future__ import annotations

from pathlib import Path

import pytest

#: Real files of other programs. They are not part of the project: a clone without them has nothing to check them with.
SAMPLES = Path(__file__).parents[3] / "shared" / "samples"

collect_ignore = [] if SAMPLES.is_dir() else ["test_samples.py"]


@pytest.fixture
def sample_files() -> Path:
    if not SAMPLES.is_dir():
        pytest.skip("no sample files beside this checkout")
    return SAMPLES


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    if collect_ignore:
        terminalreporter.write_line(
            "no sample files beside this checkout: tests/readers/test_samples.py was left out"
        )
