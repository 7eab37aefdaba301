"""What a run is called, where it lies, and which of its processes this is."""

from __future__ import annotations

import os
import time

TYPE_CHECKING = False
if TYPE_CHECKING:
    from runfolio.errors import EmitError

#: The variables by which launchers tell a process its rank, the surest first.
_RANK_VARIABLES = ("RANK", "SLURM_PROCID", "OMPI_COMM_WORLD_RANK", "LOCAL_RANK")
_UNSAFE = '<>:"/\\|?*'
_LONGEST_NAME = 200


def refusal(slug: str, message: str, path: str | None, hint: str) -> EmitError:
    """The error for `start` to raise; its module is loaded only now, because importing must be quick."""
    from runfolio.errors import EmitError

    return EmitError(message, slug=slug, path=path, hint=hint)


def new_run_id() -> str:
    """An id that sorts by time (UTC) and does not collide, such as `20261121-034300-ab12cd`."""
    return f"{time.strftime('%Y%m%d-%H%M%S', time.gmtime())}-{os.urandom(3).hex()}"


def timestamp(seconds: float) -> str:
    """Seconds since 1970 as `2026-11-21T03:43:00.120Z`."""
    whole, milliseconds = divmod(int(seconds * 1000), 1000)
    return f"{time.strftime('%Y-%m-%dT%H:%M:%S', time.gmtime(whole))}.{milliseconds:03d}Z"


def safe_part(text: str) -> str:
    """The text as one part of a path that every system accepts: unsafe characters become `-`. May be empty."""
    kept = "".join("-" if c in _UNSAFE or not c.isprintable() else c for c in text).strip(" ").rstrip(".")
    if len(os.fsencode(kept)) > _LONGEST_NAME:
        kept = kept.encode("utf-8")[:_LONGEST_NAME].decode("utf-8", "ignore")
    return "" if kept.strip(".") == "" else kept


def checked_run_id(run_id: object) -> str:
    """The id, if it can be the name of a folder as it is; EmitError otherwise."""
    if not isinstance(run_id, str) or not run_id or safe_part(run_id) != run_id or run_id.startswith("."):
        raise refusal(
            "run-id",
            f"run_id {run_id!r} cannot be the name of a folder",
            None,
            f"use a text of at most {_LONGEST_NAME} bytes without {_UNSAFE}, control characters, a leading or a trailing dot",
        )
    return run_id


def rank_of_process(rank: int | None, *, joins: bool) -> int:
    """The rank given, else the one the launcher set if the process `joins` a run by its id, else 0."""
    if rank is not None:
        return rank
    if joins:
        for variable in _RANK_VARIABLES:
            value = os.environ.get(variable, "")
            if value.isdigit():
                return int(value)
    return 0
