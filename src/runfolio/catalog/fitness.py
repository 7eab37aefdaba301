"""Whether workers of a cluster can do a build's work: the same Runfolio, the same readers, the same files."""

from __future__ import annotations

from collections.abc import Sequence
from importlib.metadata import version
from typing import Any

from distributed import Client

from runfolio import __version__
from runfolio.catalog.cluster_worker import abilities, outlook, sees
from runfolio.catalog.engine import Numbered
from runfolio.catalog.storage import Storage
from runfolio.errors import EngineError

#: A worker that does not say so in this time is not asked for more.
_ANSWER_S = 30.0
_SAME = f"install the same on every worker: pip install 'runfolio[dask]=={__version__}'"


def require_fit(client: Client, jobs: Sequence[Numbered]) -> None:
    """EngineError when a worker has no Runfolio, another version or other readers, or does not see the runs."""
    # A function of the standard library, since a worker may have none of ours.
    for worker, found in _ask(client, version, "runfolio").items():
        if isinstance(found, Exception):
            raise _unfit(f"the worker {worker} has no Runfolio", _SAME)
        if found != __version__:
            raise _unfit(f"the worker {worker} has Runfolio {found}, this build {__version__}", _SAME)
    places = _places(jobs)
    for worker, found in _ask(client, outlook, places).items():
        if isinstance(found, Exception):
            raise _unfit(f"the worker {worker} cannot load Runfolio ({type(found).__name__})", _SAME)
        if found[0] != abilities():
            hint = f"{_SAME}, and the packages that bring readers"
            raise _unfit(f"the worker {worker} has other readers than this build", hint)
        for (storage, folder), is_seen in zip(places, found[1], strict=True):
            if not is_seen:
                place = "/".join(filter(None, (storage.label, folder)))
                hint = "workers read the files themselves: they need them under the same path as this machine"
                raise _unfit(f"the worker {worker} does not see the runs in `{place}`", hint)


def _ask(client: Client, function: Any, *arguments: Any) -> dict[str, Any]:
    """What each worker answers, or the exception it raised; nothing of one that has just gone."""
    try:
        found = client.run(function, *arguments, on_error="return", callback_timeout=_ANSWER_S)
        return {worker: answer for worker, answer in found.items() if not isinstance(answer, OSError)}
    except Exception as error:
        message = f"the workers do not answer ({type(error).__name__})"
        raise _unfit(message, "look at their logs, or restart them") from error


def _places(jobs: Sequence[Numbered]) -> list[tuple[Storage, str]]:
    """Of each source the folder of one of its runs; not of one that is gone for everybody."""
    found = {job.claim.root: (job.storage, job.claim.folder) for _, job in jobs}
    return [place for place in found.values() if sees(*place)]


def _unfit(message: str, hint: str) -> EngineError:
    return EngineError(message, slug="unfit-worker", hint=hint)
