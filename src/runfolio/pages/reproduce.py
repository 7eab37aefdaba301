"""How to run a run again, as lines for a shell: only from what the run recorded and the site may show."""

from __future__ import annotations

import shlex
from collections.abc import Sequence

from runfolio.model import Run

_WIDTH = 100


def reproduce(run: Run, seeds: Sequence[str], shows_command: bool) -> str:
    """The lines; empty where neither code, command, packages nor data are known.

    Args:
        run: as the site may show it.
        seeds: names of its seed-like parameters.
        shows_command: the command line is shown whole, not the script's name alone.
    """
    environment = run.environment
    parts = [_code(run), _software(run), _data(run), _seeds(run, seeds), _command(run, shows_command)]
    if not ((run.git and run.git.commit) or environment.command or environment.packages or run.data):
        return ""
    return "\n".join(line for part in parts for line in part)


def _comment(text: str) -> str:
    """A line that no shell runs, whatever the text holds."""
    return f"# {' '.join(text.split())}"


def _code(run: Run) -> list[str]:
    git = run.git
    if git is None or not git.commit:
        return [_comment("the run recorded no commit")]
    lines = [f"git checkout {shlex.quote(git.commit)}"]
    if git.dirty:
        diff = next((item for item in run.artifacts if item.kind == "diff" and item.path), None)
        lines += (
            [f"git apply {shlex.quote((diff.path or '').rpartition('/')[2])}  # among this run's artifacts"]
            if diff
            else [_comment("files were changed beside this commit; what was changed is not shown here")]
        )
    return lines


def _software(run: Run) -> list[str]:
    lines = [_comment(f"Python {run.environment.python}")] if run.environment.python else []
    wanted = [shlex.quote(f"{name}=={version}") for name, version in sorted(run.environment.packages.items())]
    if not wanted:
        return lines
    rows, row = [], "pip install"
    for item in wanted:
        if len(row) + len(item) > _WIDTH:
            rows.append(row)
            row = "   "
        row += f" {item}"
    return [*lines, " \\\n".join([*rows, row])]


def _data(run: Run) -> list[str]:
    """Where the data lie and what they must be: the digest, so that another version is noticed."""
    lines = []
    for item in run.data:
        where = f" from {item.uri}" if item.uri else ""
        digest = f", sha256 {item.sha256}" if item.sha256 else ", no digest recorded"
        lines.append(_comment(f"data {item.name}{where}{digest}"))
    return lines


def _seeds(run: Run, seeds: Sequence[str]) -> list[str]:
    known = [f"{name} = {run.parameters[name].text}" for name in seeds if name in run.parameters]
    return [_comment(f"seeds: {', '.join(known)}")] if known else []


def _command(run: Run, shows_command: bool) -> list[str]:
    command = run.environment.command
    if not command:
        return [_comment("the run recorded no command; its settings are above")]
    if shows_command:
        return [shlex.join(command)]
    return [_comment(f"{' '.join(command)}, with the settings above; the whole command is not shown here")]
