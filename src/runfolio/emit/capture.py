"""What a run was started with: command, environment, hardware, code. Each part can be left out."""

# os.path instead of pathlib, which would double the import time.
# ruff: noqa: PTH119, PTH123, PTH208
from __future__ import annotations

import os
import sys
from functools import partial

from runfolio.emit.identity import refusal
from runfolio.emit.values import clean

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Iterable
    from typing import Any

#: The parts that can be captured; `diff` needs `git`, `packages` needs `environment`.
PARTS = ("command", "git", "diff", "environment", "packages", "hardware")

#: The only environment variables kept unless others are named.
VARIABLES = (
    "CUDA_VISIBLE_DEVICES",
    "MKL_NUM_THREADS",
    "OMP_NUM_THREADS",
    "PYTHONHASHSEED",
    "SLURM_JOB_ID",
    "WORLD_SIZE",
)


def checked_parts(parts: Iterable[str] | bool | None) -> frozenset[str]:
    """The parts asked for (True: all, False or None: none); EmitError for one that is unknown."""
    if parts is True:
        return frozenset(PARTS)
    wanted = frozenset([parts] if isinstance(parts, str) else parts or ())
    unknown = sorted(wanted.difference(PARTS))
    if unknown:
        from runfolio.errors import nearest

        close = nearest(unknown[0], PARTS)
        message = f"there is nothing called {unknown[0]!r} to capture{close}"
        raise refusal("capture-part", message, None, f"the parts are {', '.join(PARTS)}")
    return wanted


def quick_facts(parts: frozenset[str], variables: Iterable[str]) -> dict[str, Any]:
    """What costs nothing to know and may change later: the command and the variables."""
    facts: dict[str, Any] = {}
    if "command" in parts:
        argv = list(sys.orig_argv) or list(sys.argv)
        facts["command"] = [clean(os.path.basename(argv[0])), *map(clean, argv[1:])] if argv else []
    if "environment" in parts:
        facts["environment"] = {
            "python": sys.version.split()[0],
            "variables": {
                name: clean(os.environ[name]) for name in sorted(set(variables)) if name in os.environ
            },
        }
    return facts


def slow_facts(
    parts: frozenset[str], directory: str, folder: str, environment: dict[str, Any]
) -> dict[str, Any]:
    """What takes milliseconds to find out; a part that cannot be found out is absent.

    Args:
        parts: as `checked_parts` gives them.
        directory: where the code lies.
        folder: the run's, for the diff.
        environment: what `quick_facts` found.
    """
    facts: dict[str, Any] = {}
    if "git" in parts:
        facts["git"] = _attempt(lambda: _git(parts, directory, folder))
    if "environment" in parts:
        facts["environment"] = {**environment, **(_attempt(_system) or {})}
        if "packages" in parts:
            facts["environment"]["packages"] = _attempt(_packages) or {}
    if "hardware" in parts:
        facts["hardware"] = _attempt(_hardware)
    return {name: value for name, value in facts.items() if value}


def _attempt(question: Callable[[], dict[str, Any] | dict[str, str]]) -> dict[str, Any] | None:
    try:
        return question()
    except Exception:
        return None


def _git(parts: frozenset[str], directory: str, folder: str) -> dict[str, Any]:
    from runfolio.emit.git import git_state, save_diff

    state = git_state(directory)
    if state.get("dirty") and "diff" in parts:
        state["diff"] = save_diff(directory, folder)
    return state


def _system() -> dict[str, str]:
    import platform

    return {"platform": clean(platform.platform()), "host": clean(platform.node())}


def _packages() -> dict[str, str]:
    from runfolio.emit.packages import installed_packages

    return installed_packages()


def _hardware() -> dict[str, Any]:
    facts: dict[str, Any] = {"cores": os.cpu_count(), "cpu": _attempt_text(_processor), "gpus": _gpus()}
    if hasattr(os, "sysconf") and "SC_PHYS_PAGES" in os.sysconf_names:
        facts["memory_bytes"] = os.sysconf("SC_PHYS_PAGES") * os.sysconf("SC_PAGE_SIZE")
    return {name: value for name, value in facts.items() if value is not None}


def _attempt_text(question: Callable[[], str]) -> str | None:
    try:
        return clean(question()) or None
    except Exception:
        return None


def _processor() -> str:
    try:
        return _value_of("/proc/cpuinfo", "model name")
    except (OSError, LookupError):
        import platform

        return platform.processor() or platform.machine()


def _gpus() -> list[str]:
    """Models of NVIDIA's cards as the driver lists them: a file read, no tool started."""
    cards = "/proc/driver/nvidia/gpus"
    try:
        names = sorted(os.listdir(cards))
    except OSError:
        return []
    models = (_attempt_text(partial(_value_of, f"{cards}/{name}/information", "Model")) for name in names)
    return [model for model in models if model]


def _value_of(path: str, label: str) -> str:
    with open(path, encoding="utf-8", errors="replace") as lines:
        for line in lines:
            name, _, value = line.partition(":")
            if name.strip() == label:
                return value.strip()
    raise LookupError(label)
