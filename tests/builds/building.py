"""Building real sites in processes of their own, and looking at what lies on disk."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any

RUNFOLIO = (sys.executable, "-m", "runfolio")


def environment(**changes: str) -> dict[str, str]:
    """This process's environment without what may change a build, and with these changes."""
    kept = {name: value for name, value in os.environ.items() if name not in ("SOURCE_DATE_EPOCH", "TZ")}
    return {**kept, "PYTHONHASHSEED": "0", "LC_ALL": "C.UTF-8", **changes}


def run_command(cwd: Path, *arguments: str, **changes: str) -> subprocess.CompletedProcess[str]:
    """A finished command line."""
    return subprocess.run(
        [*RUNFOLIO, *arguments],
        cwd=cwd,
        env=environment(**changes),
        capture_output=True,
        encoding="utf-8",
        timeout=300,
    )


def build(cwd: Path, *arguments: str, **changes: str) -> dict[str, Any]:
    """The report of a build that must succeed: of `runs` into `site`, unless the arguments say otherwise."""
    done = run_command(cwd, "build", *(arguments or ("runs", "--out", "site")), "--json", **changes)
    assert done.returncode == 0, done.stderr + done.stdout
    assert "Traceback" not in done.stderr
    report: dict[str, Any] = json.loads(done.stdout)
    return report


def tree(site: Path) -> dict[str, bytes]:
    """Path below the site → bytes, of every file."""
    return {
        path.relative_to(site).as_posix(): path.read_bytes()
        for path in sorted(site.rglob("*"))
        if path.is_file()
    }


def times(site: Path) -> dict[str, tuple[int, int]]:
    """Path below the site → when its content and its entry last changed, of files and folders."""
    return {
        path.relative_to(site).as_posix(): (path.stat().st_mtime_ns, path.stat().st_ctime_ns)
        for path in sorted(site.rglob("*"))
    }


def assert_same(found: Mapping[str, bytes], expected: Mapping[str, bytes]) -> None:
    """Fails with the names, not the bytes, of what differs."""
    assert sorted(found) == sorted(expected)
    assert [path for path in expected if found[path] != expected[path]] == []
