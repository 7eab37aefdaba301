"""What of a run a site may show. The default is safe to publish; `[site] disclose` names what else may be seen."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import lru_cache, partial
from pathlib import PurePosixPath

from runfolio.model import Artifact, Environment, ParameterValue, Problem, Run, Severity, Source, parameter

MASK = "(masked)"
_SHORT = 100
"""Characters of a text that is likely to be met again in another run."""

#: Whole words of a name, which is split at its signs and where small letters turn to capitals.
_SECRET_NAME = re.compile(
    r"(?:^|_)(?:api_?keys?|(?:access|private|secret|signing|encryption|ssh)_?key|secrets?|[a-z]*pass(?:word|wd|phrase|code)s?|"
    r"pwd|token|credentials?|auth|bearer|connection_?string|dsn)(?:$|_)"
)
#: Names that hold a secret-looking word but mean a language model's tokens.
_HARMLESS_NAME = re.compile(
    r"(?:^|_)(?:(?:max|min|num|n|new|total|pad|eos|bos|unk|mask|sep|cls|image|start|end|stop)_token"
    r"|token_(?:count|len|length|limit|size|type|embedding))(?:$|_)"
)
# Parts that may be long are bounded, or a word of ten thousand letters would take seconds.
_SECRET_VALUE = re.compile(
    r"\b(?:AKIA|ASIA)[0-9A-Z]{16}"
    r"|gh[pousr]_[A-Za-z0-9]{30,}|github_pat_[A-Za-z0-9_]{30,}|glpat-[A-Za-z0-9_-]{20,}"
    r"|\bhf_[A-Za-z0-9]{30,}|\bxox[abprs]-[A-Za-z0-9-]{10,}|\bAIza[A-Za-z0-9_-]{35}|\b[rs]k_live_[A-Za-z0-9]{16,}"
    r"|\bsk-(?=[A-Za-z_-]{0,99}[0-9])(?=[a-z0-9_-]{0,99}[A-Z])[A-Za-z0-9_-]{20,}"
    r"|eyJ[A-Za-z0-9_-]{10,}\.[A-Za-z0-9_-]{10,}\.[A-Za-z0-9_-]{5,}"
    r"|-----BEGIN [A-Z ]*PRIVATE KEY-----[\s\S]*?(?:-----END [A-Z ]*PRIVATE KEY-----|\Z)"
    r"|(?i:[a-z][a-z0-9+.-]{0,30})://[^/\s:@]*:[^/\s@]+@"
)
_EMAIL = re.compile(r"[A-Za-z0-9._%+-]{1,64}@[A-Za-z0-9.-]+\.[A-Za-z]{2,}")
#: A traceback names files by their absolute paths; the last part tells which file it was.
_TRACED_FILE = re.compile(r'File "[^"\n]*[/\\]([^"/\\\n]+)"')
_HOME = re.compile(r"(?:/home/|/Users/|/root(?=/|$)|[A-Za-z]:\\+Users\\+)[^\s\"':,;]*")


@dataclass(frozen=True, slots=True)
class Disclosed:
    """A run as the site may show it, and what was masked."""

    run: Run
    problems: tuple[Problem, ...] = ()


def disclose(run: Run, allowed: frozenset[str]) -> Disclosed:
    """The run with everything taken out that `allowed` does not name; credentials are masked whatever it names."""
    masked = [name for name, value in run.parameters.items() if looks_secret(name, value)]
    text = partial(_text, allowed=allowed)
    shown = replace(
        run,
        name=text(run.name),
        group=text(run.group) if run.group else run.group,
        tags=tuple(text(tag) for tag in run.tags),
        notes=text(run.notes),
        alerts=tuple(replace(item, title=text(item.title), text=text(item.text)) for item in run.alerts),
        error=text(_TRACED_FILE.sub(r'File "\1"', run.error)) if run.error else None,
        data=tuple(
            replace(item, name=text(item.name), uri=text(item.uri) if item.uri else None) for item in run.data
        ),
        parameters={
            name: parameter(MASK) if name in masked else _shown_parameter(value, text)
            for name, value in run.parameters.items()
        },
        git=replace(run.git, diff_path=None) if run.git and "diff" not in allowed else run.git,
        artifacts=_shown_artifacts(run, "diff" in allowed, text),
        environment=_shown_environment(run.environment, allowed),
        source=_shown_source(run, allowed),
    )
    return Disclosed(shown, tuple(_masked_problem(run, name) for name in masked))


def _masked_problem(run: Run, name: str) -> Problem:
    return Problem(
        "masked-parameter",
        Severity.WARNING,
        f"parameter `{name}` looks like a credential; its value is masked on the site",
        path=run.source.path,
        run_id=run.run_id,
        hint="remove it from the run's files: whoever has them can still read it",
    )


def looks_secret(name: str, value: ParameterValue) -> bool:
    """True where the name says credential and the value could be one, or the value has the form of a known one.

    Switches are none, nor are numbers of tokens.
    """
    if isinstance(value.value, bool) or value.value in (None, ""):
        return False
    is_text = isinstance(value.value, str)
    if is_text and _SECRET_VALUE.search(value.text):
        return True
    word = _secret_word(name)
    return bool(word) and (is_text or word not in ("token", "auth"))


@lru_cache(maxsize=4096)
def _secret_word(name: str) -> str:
    """The part of a parameter's name that says credential; empty for none."""
    words = re.sub(r"[^a-z0-9]+", "_", re.sub(r"(?<=[a-z0-9])(?=[A-Z])", "_", name).lower())
    found = _SECRET_NAME.search(words)
    return "" if found is None or _HARMLESS_NAME.search(words) else found[0].strip("_")


def _text(text: str, *, allowed: frozenset[str]) -> str:
    """The text without known credentials; without addresses and home folders too where they are not allowed."""
    return _short(text, allowed) if len(text) < _SHORT else _masked(text, allowed)


@lru_cache(maxsize=16_384)
def _short(text: str, allowed: frozenset[str]) -> str:
    """Remembered: the runs of a project share tags, values, and hundreds of packages' versions."""
    return _masked(text, allowed)


def _masked(text: str, allowed: frozenset[str]) -> str:
    text = _SECRET_VALUE.sub(MASK, text)
    if "user" not in allowed:
        text = _EMAIL.sub("(address)", text)
    return text if "paths" in allowed else _HOME.sub("(path)", text)


def _shown_parameter(value: ParameterValue, text: Callable[[str], str]) -> ParameterValue:
    if not isinstance(value.value, str):
        return value
    shown = text(value.value)
    return value if shown == value.value else parameter(shown)


def _shown_artifacts(run: Run, with_diff: bool, text: Callable[[str], str]) -> tuple[Artifact, ...]:
    """The artifacts; the diff of uncommitted changes is one of them only where it is allowed."""
    path = run.git.diff_path if run.git else None
    found = [
        replace(item, name=text(item.name), uri=text(item.uri) if item.uri else None)
        for item in run.artifacts
        if with_diff or (item.kind != "diff" and (path is None or item.path != path))
    ]
    if path and with_diff and all(item.path != path for item in found):
        found.append(Artifact("uncommitted changes", "diff", "text/x-diff", path))
    return tuple(found)


def _shown_source(run: Run, allowed: frozenset[str]) -> Source:
    """Where the run was read from; TensorBoard calls its files after the machine, whose name is taken out of theirs."""
    host = run.environment.host
    if not host or "host" in allowed:
        return run.source
    files = (
        replace(item, path=f"{folder}{slash}{name.replace(f'.{host}', '.(host)')}")
        for item, (folder, slash, name) in ((item, item.path.rpartition("/")) for item in run.source.files)
    )
    return replace(run.source, files=tuple(files))


def _shown_environment(environment: Environment, allowed: frozenset[str]) -> Environment:
    text = partial(_text, allowed=allowed)
    variables = environment.variables if "variables" in allowed else {}
    return replace(
        environment,
        command=_shown_command(environment.command, allowed),
        host=environment.host if "host" in allowed else None,
        user=environment.user if "user" in allowed else None,
        working_directory=environment.working_directory if "paths" in allowed else None,
        packages={name: text(version) for name, version in environment.packages.items()},
        variables={
            name: MASK if looks_secret(name, parameter(value)) else text(value)
            for name, value in variables.items()
        },
    )


def _shown_command(command: tuple[str, ...], allowed: frozenset[str]) -> tuple[str, ...]:
    """The script's name alone, unless the whole command line is allowed; even then no credential of it."""
    if "command" in allowed:
        return _without_credentials(command, partial(_text, allowed=allowed))
    names = [PurePosixPath(part.replace("\\", "/")).name for part in command]
    scripts = [name for name in names if name.endswith((".py", ".ipynb", ".sh", ".R", ".jl"))]
    return tuple((scripts or names)[:1])


def _without_credentials(command: tuple[str, ...], text: Callable[[str], str]) -> tuple[str, ...]:
    """The command line; what `--password x` and `password=x` give is masked."""
    shown: list[str] = []
    before = ""
    for part in command:
        name, sign, value = part.partition("=")
        if sign and looks_secret(name, parameter(value)):
            shown.append(f"{name}={MASK}")
        elif before.startswith("-") and "=" not in before and looks_secret(before, parameter(part)):
            shown.append(MASK)
        else:
            shown.append(text(part))
        before = part
    return tuple(shown)
