"""Help, usage, faults and interruptions: what every command has in common."""

from __future__ import annotations

import json
import os
import re
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import click
import pytest

from runfolio.cli import COMMANDS, cli

Command = Callable[..., Any]
HEAVY = (
    "numpy",
    "pandas",
    "pyarrow",
    "plotly",
    "jinja2",
    "watchfiles",
    "msgspec",
    "sqlite3",
    "http",
    "asyncio",
)


def process(*arguments: str, cwd: Path, **environment: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "runfolio", *arguments],
        cwd=cwd,
        env=os.environ | environment,
        capture_output=True,
        text=True,
        timeout=120,
    )


@pytest.mark.parametrize("arguments", [["--help"], ["--version"], ["nope"], []])
def test_the_front_door_loads_nothing_heavy(arguments: list[str], tmp_path: Path) -> None:
    code = (
        "import sys, runfolio.cli\n"
        f"runfolio.cli.run({arguments!r})\n"
        f"print('LOADED', [name for name in {HEAVY!r} if name in sys.modules])"
    )
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, cwd=tmp_path, timeout=60
    )
    assert "LOADED []" in done.stdout, done.stdout + done.stderr


@pytest.mark.parametrize("name", COMMANDS)
def test_every_command_has_help_with_examples(name: str, runfolio: Command) -> None:
    command = cli.get_command(click.Context(cli), name)
    assert isinstance(command, click.Command)
    assert command.help is not None
    assert command.help.splitlines()[0] == COMMANDS[name], "the list of commands says something else"
    shown = runfolio(name, "--help")
    assert shown.code == 0
    assert re.search(rf"^ +runfolio {name}", shown.out, re.MULTILINE)
    for parameter in command.params:
        assert isinstance(parameter, click.Argument) or getattr(parameter, "help", None), parameter.name


@pytest.mark.parametrize(
    "arguments",
    [["nope"], ["build", "--nope"], ["list", "--limit", "0"], ["show"], ["completion", "tcsh"], ["biuld"]],
)
def test_usage_is_two(arguments: list[str], runfolio: Command) -> None:
    found = runfolio(*arguments)
    assert found.code == 2
    assert found.out == ""
    assert "Error:" in found.err


def test_a_misspelt_command_is_offered_right(runfolio: Command) -> None:
    assert "nearest: `build`" in runfolio("biuld").err


def test_a_fault_of_ours_is_a_sentence(
    project: Path, runfolio: Command, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*_: object, **__: object) -> None:
        raise ZeroDivisionError("seventh of nothing")

    monkeypatch.setattr("runfolio.site.project.read_catalog", fail)
    found = runfolio("list")
    assert found.code == 70
    assert "This is a fault in Runfolio" in found.err
    assert "ZeroDivisionError: seventh of nothing (test_front_door.py:" in found.err
    assert "Traceback" not in found.err
    assert "Traceback" in runfolio("--traceback", "list").err
    assert "RUNFOLIO_TRACEBACK" not in os.environ
    assert "Traceback" not in runfolio("list").err
    monkeypatch.setenv("RUNFOLIO_TRACEBACK", "1")
    assert "Traceback" in runfolio("list").err


def test_a_reader_that_stops_reading_is_no_fault(project: Path) -> None:
    command = f"{sys.executable} -m runfolio export --values --to json | head -n 1"
    done = subprocess.run(command, shell=True, cwd=project, capture_output=True, text=True, timeout=60)
    assert (done.stdout, done.stderr) == ("[\n", "")


def test_standard_output_is_for_results_only(project: Path) -> None:
    (project / "runs/digits/mlp-0/run.json").write_text("{ broken")
    done = process("build", "--json", cwd=project)
    assert done.returncode == 0
    assert json.loads(done.stdout)["runs"] == 7
    assert "\x1b" not in done.stdout + done.stderr


def test_an_interrupted_build_leaves_a_site_that_goes_on(project: Path) -> None:
    slow = (
        "import time, runfolio.site.build as build, runfolio.cli as cli\n"
        "settle = build._Writer.settle\n"
        "def slowly(self, file, *make):\n"
        "    print(file.path, flush=True)\n"
        "    time.sleep(0.05)\n"
        "    settle(self, file, *make)\n"
        "build._Writer.settle = slowly\n"
        "cli.main(['build'])\n"
    )
    child = subprocess.Popen(
        [sys.executable, "-c", slow],
        cwd=project,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        # What a shell starts in the background ignores Ctrl-C, and so would all that it starts.
        preexec_fn=lambda: signal.signal(signal.SIGINT, signal.SIG_DFL),
    )
    assert child.stdout is not None
    for _ in range(3):
        child.stdout.readline()
    child.send_signal(signal.SIGINT)
    _, err = child.communicate(timeout=30)
    assert child.returncode == 130, err
    assert "Interrupted" in err
    assert "Traceback" not in err
    whole = process("build", "--json", "--strict", cwd=project)
    assert whole.returncode == 0, whole.stderr
    assert json.loads(whole.stdout)["unchanged"] >= 2
    assert not list((project / "site").rglob("*partial*"))


def test_shell_completion_knows_commands_and_options(tmp_path: Path) -> None:
    def completed(words: str, number: int) -> str:
        return process(
            cwd=tmp_path, _RUNFOLIO_COMPLETE="bash_complete", COMP_WORDS=words, COMP_CWORD=str(number)
        ).stdout

    assert "plain,build" in completed("runfolio bu", 1)
    assert "plain,--strict" in completed("runfolio build --st", 2)


def test_serve_follows_a_change_through_to_the_page(project: Path) -> None:
    """The whole way: a run gets a new name, the site is rebuilt, and an open page is told to reload."""
    import urllib.request

    child = subprocess.Popen(
        [sys.executable, "-u", "-m", "runfolio", "serve", "--port", "0"],
        cwd=project,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )
    try:
        assert child.stdout is not None
        lines = []
        while not (found := re.search(r"Serving (http://127\.0\.0\.1:\d+/)", lines[-1] if lines else "")):
            lines.append(child.stdout.readline())
            assert lines[-1], "".join(lines)
        url = found[1]

        def get(path: str) -> str:
            with urllib.request.urlopen(url + path, timeout=30) as answer:
                return str(answer.read().decode())

        assert "mlp 0" in get("runs/mlp-0.html")
        version = re.search(r"version=([0-9-]+)", get("-/reload.js"))
        assert version
        record = project / "runs/digits/mlp-0/run.json"
        time.sleep(0.5)
        record.write_text(record.read_text().replace("mlp 0", "renamed run"))
        started = time.monotonic()
        assert get(f"-/wait.js?version={version[1]}") == "location.reload();"
        assert time.monotonic() - started < 10
        assert "renamed run" in get("runs/mlp-0.html")
    finally:
        child.send_signal(signal.SIGINT)
        rest, _ = child.communicate(timeout=30)
    assert child.returncode == 0, rest
    assert "Stopped." in rest
    assert "Traceback" not in rest


def test_an_odd_locale_or_pipe_is_no_fault(project: Path) -> None:
    done = process("compare", cwd=project, PYTHONIOENCODING="ascii", PYTHONUTF8="0")
    assert done.returncode == 0, done.stderr
    assert "±" in done.stdout


def test_colours_only_where_they_are_wanted(project: Path) -> None:
    import pty

    for wanted, environment in ((True, {}), (False, {"NO_COLOR": "1"})):
        leader, follower = pty.openpty()
        subprocess.run(
            [sys.executable, "-m", "runfolio", "list"],
            cwd=project,
            env=os.environ | environment,
            stdout=follower,
            stderr=subprocess.DEVNULL,
            timeout=60,
            check=True,
        )
        os.close(follower)
        shown = os.read(leader, 100_000)
        os.close(leader)
        assert (b"\x1b[1m" in shown) == wanted
