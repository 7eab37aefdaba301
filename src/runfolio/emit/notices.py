"""Warnings of the emitter: each once, and never an exception in a training loop."""

# os.path instead of pathlib, which would double the import time.
# ruff: noqa: PTH120
from __future__ import annotations

import os
import sys
import warnings

_HERE = os.path.dirname(__file__)


class EmitWarning(UserWarning):
    """Something could not be logged; the run goes on."""


class Notices:
    """Says each thing once."""

    def __init__(self, run_id: str) -> None:
        self._run_id = run_id
        self._said: set[str] = set()

    def once(self, key: str, text: str) -> None:
        """Warn `text` unless something was warned under `key` before."""
        if key in self._said:
            return
        self._said.add(key)
        try:
            warnings.warn(f"run {self._run_id}: {text}", EmitWarning, stacklevel=_frames_to_caller())
        except Warning as warning:
            # Under `-W error` a warning is an exception, and none may leave the emitter.
            print(f"EmitWarning: {warning}", file=sys.stderr)


def _frames_to_caller() -> int:
    """The stack level, as `warnings.warn` called from `once` counts, of the first frame outside the emitter."""
    level = 1
    frame = sys._getframe(1)
    while frame.f_back is not None and os.path.dirname(frame.f_code.co_filename) == _HERE:
        frame = frame.f_back
        level += 1
    return level
