"""What of a run a site may show. The default is safe to publish; `[site] disclose` names what else may be seen."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from pathlib import PurePosixPath, PureWindowsPath

from runfolio.model import Artifact, Environment, ParameterValue, Problem, Run, Severity, parameter

MASK = "(masked)"

_SECRET_NAME = re.compile(
    r"(?:^|[._\-/])(?:api[_-]?key|access[_-]?key|secret|password|passwd|pwd|token|credential|credentials|"
    r"private[_-]?key|auth|bearer|client[_-]?secret|connection[_-]?string|dsn)(?:$|[._\-/])",
    re.IGNORECASE,
)
#: Names that contain a secret-looking word but count things, as language models do.
_HARMLESS_NAME = re.compile(
    r"(?:max|min|num|n|new|total|pad|eos|bos|unk|mask|sep|cls)[_-]?token|token[_-]?(?:s|count|len|length|limit|size|id|type)",
    re.IGNORECASE,
)
_SECRET_VALUE = re.compile(
    r"(?:AKIA|ASIA)[0-9A-Z]{16}"
    r"|gh[pousr]_[A-Za-z0-9]{30,}|github_pat_[A-Za-z0-9_]{30,}|glpat-[A-Za-z0-9_-]{20,}"
    r"|hf_[A-Za-z0-9]{30,}|sk-[A-Za-z0-9_-]{20,}|xox[abprs]-[A-Za-z0-9-]{10,}"
    r"|eyJ[A-Za-z0-9_-]{10,}\.[A-Za-z0-9_-]{10,}\.[A-Za-z0-9_-]{5,}"
    r"|-----BEGIN [A-Z ]*PRIVATE KEY-----"
    r"|[a-z][a-z0-9+.-]*://[^/\s:@]+:[^/\s:@]+@"
)
_EMAIL = re.compile(r"[A-Za-z0-9._%+-]+@[A-Za-z0-9.-]+\.[A-Za-z]{2,}")
_HOME = re.compile(r"(?:/home/|/Users/|/root(?=/|$)|[A-Za-z]:\\+Users\\+)[^\s\"':,;]*")


@dataclass(frozen=True, slots=True)
class Disclosed:
    """A run as the site may show it, and what was masked."""

    run: Run
    problems: tuple[Problem, ...] = ()


def disclose(run: Run, allowed: frozenset[str]) -> Disclosed:
    """The run with everything taken out that `allowed` does not name; credentials are masked whatever it names."""
    masked = [name for name, value in run.parameters.items() if looks_secret(name, value)]
    parameters = {
        name: parameter(MASK) if name in masked else _shown_parameter(value, allowed)
        for name, value in run.parameters.items()
    }
    git = run.git
    if git is not None and "diff" not in allowed:
        git = replace(git, diff_path=None)
    shown = replace(
        run,
        parameters=parameters,
        git=git,
        artifacts=_shown_artifacts(run, allowed),
        environment=_shown_environment(run.environment, allowed),
        error=_shown_text(run.error, allowed) if run.error else None,
        data=tuple(
            replace(item, uri=_shown_text(item.uri, allowed) if item.uri else None) for item in run.data
        ),
    )
    problems = tuple(
        Problem(
            "masked-parameter",
            Severity.WARNING,
            f"parameter `{name}` looks like a credential; its value is masked on the site",
            path=run.source.path,
            run_id=run.run_id,
            hint="remove it from the run's files: whoever has them can still read it",
        )
        for name in masked
    )
    return Disclosed(shown, problems)


def _shown_artifacts(run: Run, allowed: frozenset[str]) -> tuple[Artifact, ...]:
    """The artifacts; the diff of uncommitted changes is one of them only where `diff` is allowed."""
    found = [
        replace(item, uri=_shown_text(item.uri, allowed) if item.uri else None)
        for item in run.artifacts
        if item.kind != "diff" or "diff" in allowed
    ]
    path = run.git.diff_path if run.git else None
    if path and "diff" in allowed and all(item.path != path for item in found):
        found.append(Artifact("uncommitted changes", "diff", "text/x-diff", path))
    return tuple(found)


def looks_secret(name: str, value: ParameterValue) -> bool:
    """True where the name says credential and the value could be one, or the value has the form of a known one."""
    if not isinstance(value.value, str) or not value.value:
        return False
    if _SECRET_VALUE.search(value.value):
        return True
    return bool(_SECRET_NAME.search(name)) and not _HARMLESS_NAME.search(name)


def _shown_parameter(value: ParameterValue, allowed: frozenset[str]) -> ParameterValue:
    if not isinstance(value.value, str):
        return value
    text = _shown_text(value.value, allowed)
    return value if text == value.value else parameter(text)


def _shown_text(text: str, allowed: frozenset[str]) -> str:
    """The text without e-mail addresses, known credentials and, unless `paths` is allowed, home folders."""
    text = _SECRET_VALUE.sub(MASK, text)
    text = _EMAIL.sub("(address)", text)
    return text if "paths" in allowed else _HOME.sub("(path)", text)


def _shown_environment(environment: Environment, allowed: frozenset[str]) -> Environment:
    return replace(
        environment,
        command=_shown_command(environment.command, allowed),
        host=environment.host if "host" in allowed else None,
        user=environment.user if "user" in allowed else None,
        working_directory=environment.working_directory if "paths" in allowed else None,
        packages=environment.packages,
        variables={
            name: MASK if looks_secret(name, parameter(value)) else value
            for name, value in environment.variables.items()
        }
        if "variables" in allowed
        else {},
    )


def _shown_command(command: tuple[str, ...], allowed: frozenset[str]) -> tuple[str, ...]:
    """The script's name alone, unless the whole command line is allowed."""
    if "command" in allowed:
        return tuple(_shown_text(part, allowed) for part in command)
    for part in command:
        name = PureWindowsPath(part).name if "\\" in part else PurePosixPath(part).name
        if name.endswith((".py", ".ipynb", ".sh", ".R", ".jl")):
            return (name,)
    if not command:
        return ()
    return (PurePosixPath(command[0].replace("\\", "/")).name,)
