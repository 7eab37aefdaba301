"""One champion as the page of models shows it: what it rests on, which run and artifact are used, who was before."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from runfolio.analysis.rounding import bytes_text, number_text
from runfolio.analysis.select import value_of
from runfolio.model import Estimate, MetricSpec
from runfolio.pages.artifacts import is_copied
from runfolio.pages.build_record import ChampionRecord
from runfolio.pages.champions import Champion
from runfolio.pages.page import KeyNumber, Link
from runfolio.pages.routes import artifact_file, slug
from runfolio.pages.words import DASH, count, estimate_decimals, value_text, verdict_words, when, with_unit

#: Rows of a champion's table of others; the experiment's page has all.
MOST_RIVALS = 8
#: Rows of its history; `data/models.json` has all.
MOST_HISTORY = 50


@dataclass(frozen=True, slots=True)
class RivalRow:
    """Another configuration, seen from the champion."""

    label: str
    mean: str
    runs: str
    words: str


@dataclass(frozen=True, slots=True)
class PastRow:
    """A champion of this build or an earlier one."""

    since: str
    until: str
    label: str
    run: Link | None
    """None where the run is not there any more."""
    run_name: str
    mean: str
    replaced: str
    words: str
    digest: str
    is_current: bool


@dataclass(frozen=True, slots=True, eq=False)
class ChampionCard:
    """One champion with all that it rests on."""

    anchor: str
    name: str
    sentence: str
    is_named: bool
    experiment: Link
    since: str
    keys: tuple[KeyNumber, ...]
    """Mean, and the value of the run that is used."""
    run: Link | None
    run_words: str
    """How the run was chosen of the configuration's."""
    artifact: str
    """Name of the artifact; empty without one."""
    artifact_href: str
    """The copy in the site, or where it is shown on the run's page."""
    artifact_facts: str
    sha256: str
    trouble: str
    rivals: tuple[RivalRow, ...]
    hidden_rivals: int
    rivals_title: str
    notes: tuple[str, ...]
    history: tuple[PastRow, ...]
    hidden_history: int


def champion_card(item: Champion, addresses: Mapping[tuple[str, str], str]) -> ChampionCard:
    """The card. `addresses`: where runs are shown, by their experiment and id."""
    shown = item.choice.rivals[:MOST_RIVALS]
    past = list(reversed(item.history))
    artifact, href = item.artifact, ""
    if item.run is not None and artifact is not None:
        href = addresses[item.study.name, item.run.run_id]
        if artifact.path and is_copied(artifact) and item.run.run_id in item.study.paged:
            href = artifact_file(item.run.run_id, artifact.path)
    return ChampionCard(
        anchor=anchor_of(item),
        name=item.rule.name,
        sentence=full_sentence(item),
        is_named=item.run is not None,
        experiment=Link(item.study.title, item.study.path),
        since=_since(item.current),
        keys=_keys(item),
        run=None if item.run is None else Link(item.run.name, addresses[item.study.name, item.run.run_id]),
        run_words=_run_words(item),
        artifact=artifact.name if artifact else "",
        artifact_href=href,
        artifact_facts=_artifact_facts(item),
        sha256=(artifact.sha256 or "") if artifact else "",
        trouble=item.trouble,
        rivals=tuple(_rival(item, at) for at in range(len(shown))),
        hidden_rivals=len(item.choice.rivals) - len(shown),
        rivals_title=_rivals_title(item),
        notes=_notes(item),
        history=tuple(_past(record, item, addresses) for record in past[:MOST_HISTORY]),
        hidden_history=max(len(past) - MOST_HISTORY, 0),
    )


def _since(record: ChampionRecord | None) -> str:
    if record is None:
        return ""
    if record.since:
        return f"the build of {time_words(record.since)}"
    return f"the build of {_newest(record)}"


def _newest(record: ChampionRecord) -> str:
    """What tells a build that was given no time from others."""
    return f"runs up to {time_words(record.newest_run)}" if record.newest_run else "runs without a time"


def _keys(item: Champion) -> tuple[KeyNumber, ...]:
    if item.choice.champion is None or item.spec is None or item.run is None:
        return ()
    spec, found = item.spec, item.choice.champion.estimate
    digits = item.study.digits[spec.name]
    value = with_unit(spec, value_text(spec, value_of(item.run, spec), digits))
    name = spec.label
    first = KeyNumber(f"{name}, mean of {count(found.n, 'run')}", mean_words(spec, found, digits))
    return (first, KeyNumber(f"{name} of the run used", value)) if found.n > 1 else (first,)


def _run_words(item: Champion) -> str:
    if item.choice.champion is None or item.run is None:
        return ""
    n = item.choice.champion.estimate.n
    if n == 1:
        return "the only usable run of its configuration"
    current = item.current
    is_first = current is None or len(item.history) == 1 or not item.choice.is_earlier
    how = f"the median of {n} runs by this metric"
    return (
        f"{how}; the best run's value would be luck too"
        if is_first
        else f"{how} when it was chosen; it stays"
    )


def _artifact_facts(item: Champion) -> str:
    artifact = item.artifact
    if artifact is None:
        return ""
    facts = [artifact.path or artifact.uri or ""]
    if artifact.size_bytes is not None:
        facts.append(bytes_text(artifact.size_bytes))
    if artifact.step is not None:
        facts.append(f"step {artifact.step:,}")
    return " · ".join(filter(None, facts))


def _rival(item: Champion, at: int) -> RivalRow:
    rival = item.choice.rivals[at]
    assert item.spec is not None
    spec, found = item.spec, rival.result.estimate
    total = len(rival.result.group.run_ids)
    return RivalRow(
        label=rival.result.group.label,
        mean=mean_words(spec, found, item.study.digits[spec.name]),
        runs=str(found.n) if found.n == total else f"{found.n} of {total}",
        words=verdict_words(rival.lead),
    )


def _rivals_title(item: Champion) -> str:
    """`Against the others`; without a champion, whose lead is shown."""
    if item.choice.champion is None and item.choice.tied:
        return f"{item.choice.tied[0].group.label}, which leads, against the others"
    return "Against the others"


def _notes(item: Champion) -> tuple[str, ...]:
    """What takes no part, and why."""
    choice = item.choice
    notes = [f"{other.group.label} takes no part: {text}" for other, text in choice.lost]
    notes += [
        f"{other.group.label} takes no part: {count(other.estimate.n, 'run')}, and {choice.enough} are needed"
        for other in choice.short
    ]
    notes += item.candidates.notes
    shown = [f"{text}." for text in notes[:5]]
    return (*shown, f"And {len(notes) - 5} more of this kind.") if len(notes) > 5 else tuple(shown)


def _past(record: ChampionRecord, item: Champion, addresses: Mapping[tuple[str, str], str]) -> PastRow:
    metric = item.study.specs.get(record.metric)
    mean = DASH
    if record.value is not None and metric is not None:
        found = Estimate(record.value, record.low, record.high, record.n, "")
        mean = f"{mean_words(metric, found)}, n={record.n}"
    href = addresses.get((record.experiment, record.run_id), "")
    return PastRow(
        since=time_words(record.since) if record.since else _newest(record),
        until="now" if not record.is_over else time_words(record.until) if record.until else "a later build",
        label=record.label,
        run=Link(record.run, href) if href else None,
        run_name=record.run,
        mean=mean,
        replaced=record.replaced,
        words=record.difference if record.replaced else record.sentence,
        digest=record.sha256[:12],
        is_current=not record.is_over,
    )


def anchor_of(item: Champion) -> str:
    """The champion's place on the page."""
    return f"champion-{slug(item.rule.name)}"


def full_sentence(item: Champion) -> str:
    """With a full stop, and a capital where it does not begin with a configuration's label."""
    text = item.sentence
    labels = [group.label for group in item.candidates.groups]
    start = text if text.startswith(tuple(labels)) else text[:1].upper() + text[1:]
    return start if start.endswith(".") else f"{start}."


def mean_words(spec: MetricSpec, found: Estimate, decimals: int | None = None) -> str:
    """`98.2% ± 0.4`, with as many digits as the interval deserves."""
    digits = estimate_decimals(spec, [found]) if decimals is None else decimals
    text = with_unit(spec, value_text(spec, found.value, digits))
    half = found.half_width
    return text if half is None else f"{text} ± {number_text(half * abs(spec.scale), digits)}"


def time_words(text: str) -> str:
    """`21 Nov 2026, 03:43 UTC` of an ISO time."""
    try:
        return when(datetime.fromisoformat(text))
    except ValueError:
        return text
