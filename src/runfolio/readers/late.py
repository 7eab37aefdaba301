"""A built-in reader whose module is loaded when it is first given files."""

from __future__ import annotations

from collections.abc import Iterable
from functools import cached_property
from importlib import import_module

from runfolio.model import Problem
from runfolio.readers.formats import Format
from runfolio.readers.reader import Reader, Reading, RunFiles


class LateReader:
    """Stands for the reader of a format.

    Args:
        name: of the reader.
        known: what is known of the format.
    """

    def __init__(self, name: str, known: Format) -> None:
        self.name = name
        self.version = known.version
        self.signature = known.signature
        self._where = known.reader

    @cached_property
    def reader(self) -> Reader:
        """The reader itself."""
        module, _, name = self._where.partition(":")
        found: Reader = getattr(import_module(f"runfolio.readers.{module}"), name)()
        return found

    def read(self, files: RunFiles) -> Reading | Iterable[Reading | Problem] | None:
        """What the reader says of the files."""
        return self.reader.read(files)
