"""The emitter: writes the run log from inside a training script, with the standard library alone.

starting.py    start(); run.py what it gives: together the whole public surface
rows.py        one row of metrics as text, the hot path
identity.py    run ids, folder names, rank of this process
opening.py     the run's folder and this process's files in it
ownership.py   who may write a file, and whether its writer still lives
writer.py      one line, one write: what log() returned from is not lost
values.py      numbers and settings as JSON, from numpy, torch, Decimal and others, without importing them
record.py      run.json, replaced atomically
capture.py     command, environment, hardware; packages.py what is installed, git.py the state of the code
media.py       artifacts; figure.py figures and tables
monitor.py     the process's own CPU and memory as metrics
lifecycle.py   exit, unhandled errors, forks
notices.py     warnings, each once, never raised

Importing must be quick, hence no pathlib and no typing at run time (`TYPE_CHECKING = False` is what type checkers know),
and modules that only some calls need are imported in those calls.
"""

from __future__ import annotations

from runfolio.emit.notices import EmitWarning
from runfolio.emit.run import Run
from runfolio.emit.starting import start

__all__ = ["EmitWarning", "Run", "start"]
