"""A file of lines that only grows: one line, one unbuffered write."""

from __future__ import annotations

import errno
import os

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable

_APPEND = os.O_RDWR | os.O_APPEND | os.O_CREAT | getattr(os, "O_CLOEXEC", 0) | getattr(os, "O_BINARY", 0)
_LOOK_EVERY_S = 1.0


def open_lines(path: str, *, new: bool = False) -> int:
    """A descriptor that appends to the file; with `new`, FileExistsError if it exists."""
    return os.open(path, _APPEND | (os.O_EXCL if new else 0), 0o644)


def end_torn_line(fd: int) -> None:
    """End a last line that a killed writer left torn, so that the next line is not glued to it."""
    size = os.fstat(fd).st_size
    if size:
        os.lseek(fd, size - 1, os.SEEK_SET)
        if os.read(fd, 1) != b"\n":
            os.write(fd, b"\n")


class LineWriter:
    """Appends lines; what `append` returned from survives the death of the process.

    Args:
        opener: gives the descriptor, called at the first line.
    """

    __slots__ = ("_fd", "_gone", "_next_look", "_opener", "_torn", "lost")

    def __init__(self, opener: Callable[[], int]) -> None:
        self._opener = opener
        self._fd = -1
        self._torn = False
        self._gone = False
        self._next_look = 0.0
        #: Lines that could not be written.
        self.lost = 0

    def open(self) -> int:
        """The descriptor, opened when it is not yet."""
        if self._fd < 0:
            self._fd = self._opener()
        return self._fd

    def append(self, line: bytes, now: float) -> None:
        """Write the line, which ends with a newline, at once. OSError where it cannot be: it is lost then.

        Args:
            line: without other newlines.
            now: monotonic time in seconds; once a second it is looked whether the file still has a name.
        """
        try:
            if self._fd < 0:
                self._fd = self._opener()
            if now >= self._next_look:
                self._look(now)
            if self._torn:
                line = b"\n" + line
            written = os.write(self._fd, line)
            if written == len(line):
                self._torn = False
            else:
                self._write_rest(line, written)
        except OSError:
            self.lost += 1
            raise

    def _write_rest(self, line: bytes, written: int) -> None:
        """The disk took a part only: try once more, else leave a torn line that the next one will end."""
        self._torn = True
        while written < len(line):
            written += os.write(self._fd, line[written:])
        self._torn = False

    def _look(self, now: float) -> None:
        """A removed file takes writes without complaint, and keeps none."""
        if self._gone or os.fstat(self._fd).st_nlink == 0:
            self._gone = True
            raise FileNotFoundError(errno.ENOENT, "the file was removed; all its lines are gone")
        self._next_look = now + _LOOK_EVERY_S

    def look(self) -> None:
        """OSError when the file is open and was removed."""
        if self._fd >= 0:
            self._look(0.0)

    def close(self) -> None:
        """Close for good: a later `append` fails."""
        self._opener = _closed
        if self._fd >= 0:
            fd, self._fd = self._fd, -1
            os.close(fd)


def _closed() -> int:
    raise OSError(errno.EBADF, "the run is over")
