"""Who may write a file of a run, and whether its writer still lives.

The writer of a metrics file holds an exclusive `flock` on it for as long as it is open. The kernel drops the lock when
the process ends, however it ends, so that a reader can tell a run that goes on from one that was killed without a clock.
"""

from __future__ import annotations

import errno
import os
import time

try:
    import fcntl
except ImportError:  # Windows has no flock; there, nobody can tell
    fcntl = None  # type: ignore[assignment]

_PATIENCE_S = 1.0
_BUSY = (errno.EWOULDBLOCK, errno.EACCES, errno.EAGAIN)


def hold(fd: int) -> bool:
    """True when this process now owns the open file; also where the file system knows no locks.

    A reader that just asks holds a shared lock for microseconds, therefore a second of patience.
    """
    if fcntl is None:
        return True
    until = time.monotonic() + _PATIENCE_S
    while True:
        try:
            fcntl.flock(fd, fcntl.LOCK_EX | fcntl.LOCK_NB)
            return True
        except OSError as error:
            if error.errno not in _BUSY:
                return True
            if time.monotonic() >= until:
                return False
            time.sleep(0.02)


def is_held(path: str | os.PathLike[str]) -> bool | None:
    """True when a living process writes the file, False when none does, None where that cannot be told.

    None: the file cannot be opened, or the system or file system has no locks.
    """
    if fcntl is None:
        return None
    try:
        fd = os.open(path, os.O_RDONLY | os.O_CLOEXEC)
    except OSError:
        return None
    try:
        fcntl.flock(fd, fcntl.LOCK_SH | fcntl.LOCK_NB)
    except OSError as error:
        return True if error.errno in _BUSY else None
    finally:
        os.close(fd)
    return False
