"""One build of a site at a time. The lock lies on the folder itself, so the site holds no trace of it."""

from __future__ import annotations

import contextlib
import os
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

from runfolio.errors import SinkError
from runfolio.site.sink import file_in_place

WAIT_S = 60.0
_PAUSE_S = 0.05


@contextlib.contextmanager
def site_lock(
    root: Path, *, wait_s: float = WAIT_S, on_wait: Callable[[], None] | None = None
) -> Iterator[None]:
    """Nothing, while no other build works on the folder. The system frees the lock even when the process is killed.

    Args:
        root: the site's folder; made when it is not there.
        wait_s: seconds to wait for another build.
        on_wait: called once when there is one to wait for.

    Raises:
        SinkError: the other build went on for longer, or the folder cannot be made.
    """
    handle = _open(root)
    try:
        end = time.monotonic() + wait_s
        told = False
        while not _try_lock(handle):
            if not told and on_wait is not None:
                on_wait()
            told = True
            if time.monotonic() >= end:
                raise SinkError(
                    f"another build of this site is still at work after {wait_s:.0f} s of waiting",
                    slug="site-is-busy",
                    path=root.as_posix(),
                    hint="wait for it to end (is `runfolio serve` running?), or build into another folder with --out",
                )
            time.sleep(_PAUSE_S)
        yield
    finally:
        os.close(handle)


def _open(root: Path) -> int:
    try:
        root.mkdir(parents=True, exist_ok=True)
        if sys.platform == "win32":
            return os.open(_windows_lock_file(root), os.O_RDWR | os.O_CREAT)
        return os.open(root, os.O_RDONLY)
    except (FileExistsError, NotADirectoryError):
        raise file_in_place(root.as_posix()) from None
    except OSError as error:
        raise SinkError(
            f"the site's folder cannot be used: {error.strerror or error}",
            path=root.as_posix(),
            hint="name another with --out",
        ) from error


if sys.platform == "win32":
    import hashlib
    import msvcrt
    import tempfile

    def _windows_lock_file(root: Path) -> str:
        """Folders cannot be locked on Windows: a file of the same name in the temporary folder stands for it."""
        name = hashlib.sha256(str(root.resolve()).lower().encode()).hexdigest()[:16]
        return str(Path(tempfile.gettempdir()) / f"runfolio-{name}.lock")

    def _try_lock(handle: int) -> bool:
        try:
            msvcrt.locking(handle, msvcrt.LK_NBLCK, 1)
        except OSError:
            return False
        return True

else:
    import fcntl

    def _try_lock(handle: int) -> bool:
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            return False
        except OSError:
            # Some network file systems know no locks; every single write is still atomic there.
            return True
        return True
