"""Runfolio: a folder of run logs in, a static site that compares them out.

Importing this package loads nothing but the standard library; the public names below load on first use.
"""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from runfolio.emit import Run, start
    from runfolio.errors import EmitError

__version__ = "0.1.0"

__all__ = ["EmitError", "Run", "__version__", "start"]

_HOMES = {"EmitError": "runfolio.errors", "Run": "runfolio.emit", "start": "runfolio.emit"}


def __getattr__(name: str) -> Any:
    """Load a public name from the module that has it."""
    if name not in _HOMES:
        raise AttributeError(f"module 'runfolio' has no attribute {name!r}")
    from importlib import import_module

    return getattr(import_module(_HOMES[name]), name)
