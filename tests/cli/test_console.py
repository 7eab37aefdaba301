"""What people see: aligned tables, grouped problems, progress only where it helps."""

from __future__ import annotations

import io

import pytest

from runfolio.cli import console
from runfolio.model import Problem, Severity


class Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> list[float]:
    now = [0.0]
    monkeypatch.setattr("runfolio.cli.console.time.monotonic", lambda: now[0])
    return now


def work(progress: console.Progress, clock: list[float], seconds: float) -> None:
    progress.start("Reading runs", 100)
    for _ in range(100):
        clock[0] += seconds / 100
        progress.advance()
    progress.finish()


def test_progress_is_silent_for_quick_work_and_off_a_terminal(clock: list[float]) -> None:
    quick, piped = Terminal(), io.StringIO()
    work(console.Progress(quick), clock, 0.9)
    work(console.Progress(piped), clock, 60)
    assert (quick.getvalue(), piped.getvalue()) == ("", "")


def test_progress_shows_long_work_and_cleans_up(clock: list[float]) -> None:
    stream = Terminal()
    work(console.Progress(stream), clock, 60)
    shown = stream.getvalue()
    assert "50/100, 2/s, 30 s left" in shown
    assert shown.endswith("\r\x1b[2K")
    assert shown.count("\r") < 120


def test_progress_without_a_total_counts(clock: list[float]) -> None:
    stream = Terminal()
    progress = console.Progress(stream)
    progress.start("Walking", None)
    for _ in range(3):
        clock[0] += 1.0
        progress.advance(1000)
    assert "Walking 3,000" in stream.getvalue()


def test_wide_and_combining_characters_keep_columns(capsys: pytest.CaptureFixture[str]) -> None:
    console.print_table(["name", "n"], [["模型", "1"], ["e\u0301a", "22"], ["plain", "333"]], right=(1,))
    lines = capsys.readouterr().out.splitlines()
    assert {console.text_width(line) for line in lines} == {10}


def test_problems_are_grouped_worst_first(capsys: pytest.CaptureFixture[str]) -> None:
    problems = [
        Problem("broken-line", Severity.WARNING, f"line {i}", path="a.jsonl", hint="same") for i in range(7)
    ]
    problems += [Problem("masked", Severity.NOTE, "n"), Problem("page-failed", Severity.ERROR, "e", hint="h")]
    console.print_problems(problems, err=False)
    lines = capsys.readouterr().out.splitlines()
    assert lines[0] == "error page-failed"
    assert lines[3] == "warning broken-line (7)"
    assert "  … and 2 more" in lines
    assert lines.count("  → same") == 1
    assert lines[-2:] == ["note masked", "  n"]


def test_control_characters_never_reach_the_terminal() -> None:
    assert console.printable("a\x1b[2Jb\r\nc\u202ed\u200be") == "a�[2Jb��c�d�e"
    assert len(console.printable("x" * 10_000)) == 200
