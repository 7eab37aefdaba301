"""History: what moved between builds, and what changed since the build that this one is compared with."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

from runfolio.charts.metric_by_build import metric_by_build
from runfolio.pages.changes import Changes
from runfolio.pages.claim_ground import Ground
from runfolio.pages.claim_rows import ClaimList
from runfolio.pages.figure_script import with_script
from runfolio.pages.figures import WIDE, Figure
from runfolio.pages.histories import Told, latest_sentence, range_text, step_sentence
from runfolio.pages.history_headline import history_title
from runfolio.pages.last_builds import last_two_sentence
from runfolio.pages.page import Context
from runfolio.pages.records import Records
from runfolio.pages.routes import HISTORY
from runfolio.pages.shell import Shell
from runfolio.pages.words import count, heading, value_text

#: So many histories are drawn; the table has the others.
MOST_DRAWN = 12
#: Rows of the table.
MOST_ROWS = 500


@dataclass(frozen=True, slots=True)
class HistoryRow:
    """One history in the table."""

    title: str
    href: str
    experiment: str
    builds: int
    missing: int
    latest: str
    expected: str
    words: str


@dataclass(frozen=True, slots=True, eq=False)
class HistoryContext(Context):
    """Everything the history's template may use."""

    drawn: tuple[Figure, ...]
    rows: tuple[HistoryRow, ...]
    hidden: int
    """Histories that the table has no room for."""
    is_screened: bool
    """True where several histories were looked at together."""
    changes: Changes | None
    claims: ClaimList | None
    """Those about builds."""


def history_context(
    ground: Ground, shell: Shell, records: Records, script: str, claims: ClaimList | None = None
) -> HistoryContext:
    """The history of every metric over builds; `script` is the path of the script with the figures' numbers."""
    told = ground.histories
    changed = records.changes()
    most = max((len(item.builds) for item in ground.builds.values()), default=0)
    headline, lead = _headline(told, most, changed)
    return HistoryContext(
        page=shell.page(HISTORY, "history", headline=headline, lead=lead, tab=f"History: {headline}"),
        drawn=history_figures(ground, script),
        rows=tuple(_row(item) for item in told[:MOST_ROWS]),
        hidden=max(len(told) - MOST_ROWS, 0),
        is_screened=len(told) > 1,
        changes=changed,
        claims=claims,
    )


def _headline(told: Sequence[Told], builds: int, changed: Changes | None) -> tuple[str, str]:
    """What moved, in a sentence; what changed since the earlier build where there is no curve."""
    if not told:
        without = "No metric was measured in two builds, so there is no curve over builds."
        return (history_title(told), "") if changed is None else (changed.sentence.removesuffix("."), without)
    short = sum(bool(item.found.refusal) for item in told)
    lead = f"{count(len(told), 'history', 'histories')} over {count(builds, 'build')}"
    lead += f", {short} of them too short to judge." if 0 < short < len(told) else "."
    return history_title(told), lead if short < len(told) else ""


def history_figures(ground: Ground, script: str) -> tuple[Figure, ...]:
    """The histories that the page draws."""
    drawn = [drawn_history(item, place) for place, item in enumerate(ground.histories[:MOST_DRAWN])]
    return with_script(drawn, HISTORY, script)


def drawn_history(item: Told, place: object) -> Figure:
    """The chart of one history; `place` tells it from the others of its page."""
    two = last_two_sentence(item.study, item.builds, item.group, item.spec)
    sentences = (*_sentences(item), *_expected(item), *([two] if two else []))
    experiment = f"{item.study.title}. " if item.configuration or item.study.title != item.title else ""
    chart = metric_by_build(
        item.spec,
        item.values,
        item.found,
        item.builds.labels,
        chart_id=f"history-{place}",
        title=f"{heading(item.spec)}, {item.configuration}" if item.configuration else heading(item.spec),
        subtitle=f"{experiment}{_counts(item)}",
        notes=sentences,
    )
    return Figure(chart, WIDE, scale=item.spec.scale)


def _counts(item: Told) -> str:
    """`24 builds, 72 runs; 2 builds without a value; 1 run gave none.`"""
    words = f"{count(item.found.builds, 'build')}, {count(item.runs, 'run')}"
    words += f"; {count(item.found.missing, 'build')} without a value" if item.found.missing else ""
    return words + (f"; {count(item.failed, 'run')} gave no usable value" if item.failed else "") + "."


def _sentences(item: Told) -> tuple[str, ...]:
    if item.found.refusal:
        return (f"{item.found.refusal[0].upper()}{item.found.refusal[1:]}.",)
    steps = tuple(step_sentence(item, step) for step in item.found.steps)
    latest = latest_sentence(item)
    return (*_doubt(item), *(steps or ("No step.",)), *([latest] if latest else []))


def _expected(item: Told) -> list[str]:
    """`Expected for it: 0.8467 to 0.8846 …`: the range as a sentence, where one may be given."""
    latest, text = item.found.latest, range_text(item)
    if latest is None or not text:
        return []
    unit = "" if item.spec.is_time else item.spec.unit
    return [
        f"Expected for it: {text}{'%' if unit == '%' else f' {unit}'.rstrip()}, the band at the end"
        f" (95% prediction interval from {count(latest.builds, 'build')})."
    ]


def _doubt(item: Told) -> list[str]:
    return (
        ["Possible change only: neighbouring builds are correlated."] if item.found.is_possible_only else []
    )


def _words(item: Told) -> str:
    """What the table says: the latest step, how many came before it, and the latest build where it is odd."""
    step, latest = item.last, item.found.latest
    if item.found.refusal or step is None:
        return " ".join(_sentences(item))
    earlier = len(item.found.steps) - 1
    words = [*_doubt(item), step_sentence(item, step, is_short=True)]
    words += [f"{count(earlier, 'earlier step')}."] if earlier else []
    return " ".join([*words, *([latest_sentence(item)] if latest and latest.is_outside else [])])


def _row(item: Told) -> HistoryRow:
    known = [value for value in item.values if math.isfinite(value)]
    return HistoryRow(
        title=item.title,
        href=item.study.path,
        experiment=item.study.title,
        builds=item.found.builds,
        missing=item.found.missing,
        latest=value_text(item.spec, known[-1], item.decimals),
        expected=range_text(item) or "–",
        words=_words(item),
    )
