"""Which runs get a page of their own where a site has more runs than pages for them; the others share one page."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from datetime import UTC, datetime
from itertools import islice

from runfolio.model import Run
from runfolio.pages.routes import slug

PINS = frozenset({"pinned", "baseline"})
#: Of all pages, at most this share for runs of leading configurations, and for runs that gave no usable value.
BEST_SHARE, BAD_SHARE = 0.5, 0.2
_WORD = re.compile(r"[\w.-]+")
_FIRST = datetime.min.replace(tzinfo=UTC)


def shares(sizes: Sequence[int], most: int) -> list[int]:
    """How many pages each experiment gets: small ones one for every run, the large ones equally many of what is left."""
    found = [0] * len(sizes)
    left = most
    order = sorted(range(len(sizes)), key=lambda at: sizes[at])
    for done, at in enumerate(order):
        found[at] = min(sizes[at], left // (len(sizes) - done))
        left -= found[at]
    return found


def choose_runs(
    runs: Sequence[Run],
    most: int,
    *,
    leading: Callable[[], Iterable[str]],
    is_bad: Callable[[str], bool],
    findings: str = "",
) -> frozenset[str]:
    """Ids of at most `most` runs: pinned, linked, best, failed or diverged, and the newest, in this order.

    Args:
        runs: of one experiment.
        leading: ids of usable runs, those of the baseline first, then of the best configurations.
        is_bad: true for a run that ended without a value that counts.
        findings: text of all findings; runs that it names are linked.
    """
    if len(runs) <= most:
        return frozenset(run.run_id for run in runs)
    newest = sorted(runs, key=lambda run: (run.started_at or _FIRST, run.run_id), reverse=True)
    wishes: tuple[tuple[int, Iterable[str]], ...] = (
        (most, (run.run_id for run in newest if PINS.intersection(run.tags))),
        (most, _named(newest, findings)),
        (most, linked(newest)),
        (int(most * BEST_SHARE), leading()),
        (int(most * BAD_SHARE), (run.run_id for run in newest if is_bad(run.run_id))),
        (most, (run.run_id for run in newest)),
    )
    kept: set[str] = set()
    for limit, ids in wishes:
        new = (run_id for run_id in dict.fromkeys(ids) if run_id not in kept)
        kept.update(list(islice(new, min(limit, most - len(kept)))))
    return frozenset(kept)


def _named(runs: Sequence[Run], findings: str) -> Iterator[str]:
    """Ids of the runs that findings name, by their id or their name."""
    if not findings:
        return
    words = {word.removesuffix(".") for word in _WORD.findall(findings)}
    for run in runs:
        # A name may have spaces, and hold another one; a page too many does no harm.
        if run.run_id in words or (run.name != run.run_id and run.name in findings):
            yield run.run_id


def linked(runs: Sequence[Run]) -> list[str]:
    """Ids of the runs that others name as their parent or mention in their notes, by id or by the name of their page."""
    known = {run.run_id: run.run_id for run in runs} | {slug(run.run_id): run.run_id for run in runs}
    found: list[str] = []
    for run in runs:
        words = [word.removesuffix(".").removesuffix(".html") for word in _WORD.findall(run.notes)]
        found += [
            known[word] for word in (run.parent_id, *words) if word in known and known[word] != run.run_id
        ]
    return found
