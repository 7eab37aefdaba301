"""Throw-away environments: a peer is installed for the bench only, never into the project's environment."""

from __future__ import annotations

import importlib.util
import subprocess
import sys
from pathlib import Path


class PeerMissingError(Exception):
    """A peer is not here; the text says why."""


class Environments:
    """Environments in a folder, each made when it is first asked for and found again later.

    Args:
        folder: where they are; it may be kept from one run of the bench to the next.
        install: False takes what the project's environment has and installs nothing.
    """

    def __init__(self, folder: Path, *, install: bool) -> None:
        self._folder = folder.absolute()
        self._install = install

    def python(self, *requirements: str) -> str:
        """A Python that has the requirements, each `name==version`; PeerMissingError where it cannot be had."""
        if not self._install:
            missing = [name for name in requirements if importlib.util.find_spec(_module(name)) is None]
            if missing:
                raise PeerMissingError(f"the project's environment has no {' and no '.join(missing)}")
            return sys.executable
        home = self._folder / "+".join(requirements)
        python = home / ("Scripts/python.exe" if sys.platform == "win32" else "bin/python")
        ready = home / "ready"
        if not ready.exists():
            _must("make an environment", [sys.executable, "-m", "venv", "--clear", str(home)])
            pip = [str(python), "-m", "pip", "install", "--quiet", "--disable-pip-version-check"]
            _must(f"install {' '.join(requirements)}", [*pip, *requirements])
            ready.touch()
        return str(python)


def _must(what: str, arguments: list[str]) -> None:
    done = subprocess.run(arguments, capture_output=True, encoding="utf-8", check=False)
    if done.returncode:
        last = (done.stderr.strip() or done.stdout.strip() or "no reason given").splitlines()[-1]
        raise PeerMissingError(f"cannot {what}: {last}")


def _module(requirement: str) -> str:
    """What is imported of a package."""
    return requirement.split("==")[0].replace("-", "_")
