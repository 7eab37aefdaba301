"""Which changes on disk call for which rebuild."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum
from operator import itemgetter
from pathlib import Path
from threading import Event

#: Folders that change often and never hold runs or themes.
_IGNORED_PARTS = frozenset({".runfolio", ".git", "__pycache__", ".ipynb_checkpoints", "node_modules"})
_SETTLE_MS = 50
_LOOK_AT_CONFIG_MS = 1000
#: Seconds between two looks into an object store.
POLL_S = 30.0


class Change(StrEnum):
    """What changed, from the dearest to the cheapest to follow."""

    CONFIG = "configuration"
    RUN = "runs"
    THEME = "theme"
    FINDING = "findings"


EVERYTHING = frozenset(Change)


@dataclass(frozen=True, slots=True)
class Watched:
    """The places a site is made from, and the one place that must not count: the site itself."""

    sources: tuple[Path, ...]
    themes: tuple[Path, ...]
    config: Path | None
    """The configuration file, or where one would be."""
    out: Path
    is_polled: bool = False
    """True where some runs lie in an object store, which tells of no change: it is asked now and then."""
    findings: Path | None = None
    """The folder of the findings, if there is one."""

    def resolved(self) -> Watched:
        """The same with absolute paths, as the watcher reports them."""
        return Watched(
            tuple(path.resolve() for path in self.sources),
            tuple(path.resolve() for path in self.themes),
            self.config.resolve() if self.config else None,
            self.out.resolve(),
            self.is_polled,
            self.findings.resolve() if self.findings else None,
        )


def classify(path: Path, watched: Watched) -> Change | None:
    """What a changed file means, or None where it means nothing. All paths absolute.

    Paths are compared part by part: `runs-old/x` is not inside `runs`.
    """
    if path == watched.config:
        return Change.CONFIG
    if path.is_relative_to(watched.out):
        return None
    kinds = (
        (watched.themes, Change.THEME),
        (_findings(watched), Change.FINDING),
        (watched.sources, Change.RUN),
    )
    fitting = [
        (len(folder.parts), change)
        for folders, change in kinds
        for folder in folders
        if path.is_relative_to(folder) and not _IGNORED_PARTS & set(path.relative_to(folder).parts)
    ]
    # Of folders inside each other the inner one counts.
    return max(fitting, key=itemgetter(0))[1] if fitting else None


def _findings(watched: Watched) -> tuple[Path, ...]:
    return () if watched.findings is None else (watched.findings,)


def changes(watched: Callable[[], Watched], stop: Event) -> Iterator[frozenset[Change]]:
    """Sets of changes, each after a short quiet, until `stop` is set.

    The configuration file is looked at once a second instead of being watched: editors replace files, which ends a
    watch on a file, and its folder may hold far more than is worth watching. So are the places themselves: a theme's
    folder may come later, and another configuration names other sources.
    """
    places = watched().resolved()
    config_state = _state(places.config)
    missed: frozenset[Change] = frozenset()
    polled = time.monotonic()
    while not stop.is_set():
        for events in _events(places, stop):
            found = {change for _, path in events if (change := classify(Path(path), places)) is not None}
            if _state(places.config) != config_state:
                config_state = _state(places.config)
                found.add(Change.CONFIG)
            if places.is_polled and time.monotonic() - polled >= POLL_S:
                polled = time.monotonic()
                found.add(Change.RUN)
            if found or missed:
                yield frozenset(found | missed)
                missed = frozenset()
            now = watched().resolved()
            if now != places:
                # Nobody saw what happened there before they were watched.
                places, missed = now, frozenset({Change.RUN, Change.THEME, Change.FINDING})
                break


def _events(places: Watched, stop: Event) -> Iterator[Iterable[tuple[object, str]]]:
    """What happens to the files of these places; nothing at least once a second."""
    import watchfiles

    folders = [path for path in (*places.sources, *places.themes, *_findings(places)) if path.exists()]
    while not folders and not stop.wait(_LOOK_AT_CONFIG_MS / 1000):
        yield ()
    yield from watchfiles.watch(
        *folders,
        watch_filter=lambda _, path: classify(Path(path), places) is not None,
        debounce=_SETTLE_MS * 10,
        step=_SETTLE_MS,
        stop_event=stop,
        rust_timeout=_LOOK_AT_CONFIG_MS,
        yield_on_timeout=True,
        raise_interrupt=True,
    )


def described(found: Sequence[Change] | frozenset[Change]) -> str:
    """The changes in words, such as `runs and theme`."""
    return " and ".join(sorted(change.value for change in found))


def _state(path: Path | None) -> tuple[int, int] | None:
    try:
        found = path.stat() if path else None
    except OSError:
        return None
    return (found.st_mtime_ns, found.st_size) if found else None
