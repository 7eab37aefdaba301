"""A repository's commits and files as git holds them; nothing is checked out, written or locked."""

from __future__ import annotations

import os
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import IO

from runfolio.errors import ReadError


@dataclass(frozen=True, slots=True)
class Blob:
    """A file of a commit."""

    digest: str
    size_bytes: int


class GitObjects:
    """What is asked of one repository."""

    def __init__(self, folder: Path, objects: subprocess.Popen[bytes]) -> None:
        self.folder = folder
        self._objects = objects
        self.tree = lru_cache(maxsize=64)(self._tree)

    def text(self, *arguments: str) -> str:
        """What git prints; ReadError where it fails."""
        return _git(self.folder, *arguments).decode("utf-8", "replace")

    def _tree(self, commit: str) -> dict[str, Blob]:
        """Path → blob of each regular file of a commit."""
        found = {}
        for line in _git(self.folder, "ls-tree", "-r", "-l", "-z", "--full-tree", commit).split(b"\0"):
            about, _, path = line.partition(b"\t")
            mode, kind, digest, size = (*about.decode().split(), "", "", "", "")[:4]
            if kind == "blob" and mode.startswith("100") and size.isdecimal():
                found[path.decode("utf-8", "replace")] = Blob(digest, int(size))
        return found

    def read(self, blob: Blob) -> bytes:
        """The bytes of a file; OSError where the repository lacks them, as a shallow or partial clone may."""
        to, answer = _pipe(self._objects.stdin), _pipe(self._objects.stdout)
        to.write(f"{blob.digest}\n".encode())
        to.flush()
        header = answer.readline().split()
        if len(header) != 3:
            raise FileNotFoundError(2, "the repository does not hold the file")
        body = answer.read(int(header[2]) + 1)
        return body[:-1]


@contextmanager
def git_objects(repository: Path) -> Iterator[GitObjects]:
    """The repository that the folder lies in; ReadError where there is none, or no git."""
    top = Path(os.fsdecode(_git(repository, "rev-parse", "--show-toplevel").rstrip(b"\n")))
    with subprocess.Popen(
        _command("cat-file", "--batch"),
        cwd=top,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        env=_environment(),
    ) as objects:
        try:
            yield GitObjects(top, objects)
        finally:
            _pipe(objects.stdin).close()


def _pipe(pipe: IO[bytes] | None) -> IO[bytes]:
    assert pipe is not None
    return pipe


def _command(*arguments: str) -> list[str]:
    # Settings of a repository must not make git run other programs.
    return ["git", "-c", "core.fsmonitor=false", "-c", "log.showSignature=false", *arguments]


def _environment() -> dict[str, str]:
    return {**os.environ, "GIT_OPTIONAL_LOCKS": "0", "GIT_NO_LAZY_FETCH": "1", "LC_ALL": "C"}


def _git(folder: Path, *arguments: str) -> bytes:
    try:
        return subprocess.run(
            _command(*arguments),
            cwd=folder,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            env=_environment(),
            check=True,
        ).stdout
    except (OSError, subprocess.CalledProcessError) as error:
        said = (
            error.stderr.decode("utf-8", "replace").strip().splitlines()
            if isinstance(error, subprocess.CalledProcessError)
            else []
        )
        raise ReadError(
            f"git cannot tell the history: {said[0][:200] if said else 'there is no git, or no such folder'}",
            slug="no-history",
            path=folder.name,
            hint="give a folder of a git repository and revisions that it has; git has to be installed",
        ) from error
