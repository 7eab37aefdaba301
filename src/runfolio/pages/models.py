"""Models: which configuration and run is champion, what that rests on, who was before; and what runs were registered as."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from functools import cached_property

from runfolio.analysis.champion import Basis, Choice
from runfolio.analysis.rounding import bytes_text, number_text
from runfolio.analysis.select import value_of
from runfolio.model import Estimate, MetricSpec
from runfolio.pages.artifacts import is_copied
from runfolio.pages.build_record import ChampionRecord
from runfolio.pages.champion_words import verdict_words
from runfolio.pages.champions import Champion
from runfolio.pages.data_files import fingerprint, identity
from runfolio.pages.page import Context, KeyNumber, Link
from runfolio.pages.registered import RegisteredModel
from runfolio.pages.routes import MODELS, artifact_file, slug
from runfolio.pages.shell import Shell
from runfolio.pages.study import Study
from runfolio.pages.words import DASH, count, estimate_decimals, listing, value_text, when, with_unit

#: Rows of a champion's table of others; the experiment's page has all.
MOST_RIVALS = 8
#: Rows of its history; `data/models.json` has all.
MOST_HISTORY = 50
#: Of more champions the headline gives the number.
MOST_IN_HEADLINE = 3
#: Rows of the table of registered versions; `data/models.json` has all.
MOST_REGISTERED = 500


@dataclass(frozen=True, slots=True)
class RivalRow:
    """Another configuration, seen from the champion."""

    label: str
    mean: str
    runs: str
    words: str
    tone: str
    """`better` where the champion is clearly better, `worse` where it is clearly worse."""


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


@dataclass(frozen=True, slots=True, eq=False)
class ModelsContext(Context):
    """Everything the models' template may use."""

    champions: tuple[ChampionCard, ...]
    registered: tuple[RegisteredModel, ...]
    hidden_registered: int
    has_aliases: bool
    has_stages: bool
    keeps_history: bool
    """True where the build was told of an earlier one."""


@dataclass(frozen=True, eq=False)
class Models:
    """What a site knows of models."""

    champions: tuple[Champion, ...]
    registered: tuple[RegisteredModel, ...]
    studies: tuple[Study, ...]
    keeps_history: bool
    """True where the build was told of an earlier one."""

    @property
    def is_needed(self) -> bool:
        """True where the site has a page of models."""
        return bool(self.champions or self.registered)

    @cached_property
    def key(self) -> str:
        """Text that differs whenever something on the page does, besides what the runs say."""
        rules = [replace(item.rule, path="", line=None) for item in self.champions]
        found = [
            (
                item.sentence,
                item.choice.is_earlier,
                item.run and identity(item.run),
                item.artifact,
                item.trouble,
                item.history,
            )
            for item in self.champions
        ]
        return fingerprint(repr(rules), repr(found), repr(self.registered), repr(self.keeps_history))

    @cached_property
    def lines(self) -> tuple[ChampionLine, ...]:
        """The champions as the overview lists them."""
        return tuple(map(_line, self.champions))

    @cached_property
    def marks(self) -> Mapping[tuple[str, str], tuple[Link, ...]]:
        """The champions that a run is, by its experiment and id."""
        found: dict[tuple[str, str], tuple[Link, ...]] = {}
        for item in self.champions:
            if item.run is not None:
                key = (item.study.name, item.run.run_id)
                found[key] = (*found.get(key, ()), Link(item.rule.name, f"{MODELS}#{anchor_of(item)}"))
        return found


@dataclass(frozen=True, slots=True)
class ChampionLine:
    """A champion on the overview."""

    name: str
    href: str
    sentence: str
    facts: str
    is_named: bool


def models_context(models: Models, shell: Shell) -> ModelsContext:
    """The page of champions and registered models."""
    champions, registered = models.champions, models.registered
    headline, lead = _headline(champions, registered)
    addresses = {
        (study.name, run.run_id): study.address(run.run_id) for study in models.studies for run in study.runs
    }
    return ModelsContext(
        page=shell.page(MODELS, "models", headline=headline, lead=lead, tab=f"Models: {headline}"),
        champions=tuple(_card(item, addresses) for item in champions),
        registered=registered[:MOST_REGISTERED],
        hidden_registered=max(len(registered) - MOST_REGISTERED, 0),
        has_aliases=any(item.aliases for item in registered),
        has_stages=any(item.stage for item in registered),
        keeps_history=models.keeps_history,
    )


def _line(item: Champion) -> ChampionLine:
    return ChampionLine(
        item.rule.name,
        f"{MODELS}#{anchor_of(item)}",
        _sentence(item),
        _facts(item),
        item.run is not None,
    )


def anchor_of(item: Champion) -> str:
    """The champion's place on the page."""
    return f"champion-{slug(item.rule.name)}"


def _headline(champions: Sequence[Champion], registered: Sequence[RegisteredModel]) -> tuple[str, str]:
    versions = count(len(registered), "registered version")
    if not champions:
        names = dict.fromkeys(item.name for item in registered)
        return f"{versions} of {count(len(names), 'model')}: {listing(list(names))}", ""
    lead = f"{versions} of models." if registered else ""
    if len(champions) <= MOST_IN_HEADLINE:
        return "; ".join(map(_said, champions)), lead
    named = [item for item in champions if item.run is not None]
    firm = sum(item.choice.basis is Basis.BEST for item in named)
    return f"{len(named)} of {len(champions)} champions named, {firm} of them clearly best", lead


def _said(item: Champion) -> str:
    if item.choice.champion is None:
        return f"{item.rule.name} has no champion"
    return f"{item.rule.name}: {item.choice.champion.group.label} {_standing(item.choice)}"


def _standing(choice: Choice) -> str:
    match choice.basis:
        case Basis.BEST:
            return "is clearly best"
        case Basis.TIED:
            return f"is one of {len(choice.tied)} that are tied best"
        case Basis.KEPT:
            return "stays champion"
        case Basis.ONLY:
            return "is the only one"
        case _:
            return "leads, but is not clearly best"


def _sentence(item: Champion) -> str:
    """With a full stop, and a capital where it does not begin with a configuration's label."""
    text = item.sentence
    labels = [group.label for group in item.candidates.groups]
    start = text if text.startswith(tuple(labels)) else text[:1].upper() + text[1:]
    return start if start.endswith(".") else f"{start}."


def _facts(item: Champion) -> str:
    if item.choice.champion is None or item.spec is None or item.run is None:
        return ""
    mean = _mean(item.spec, item.choice.champion.estimate)
    words = [f"{item.spec.label} {mean}", f"run {item.run.name}"]
    if item.current is not None and item.current.since:
        words.append(f"since {time_words(item.current.since)}")
    return " · ".join(words)


def _mean(spec: MetricSpec, found: Estimate, decimals: int | None = None) -> str:
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


def _card(item: Champion, addresses: Mapping[tuple[str, str], str]) -> ChampionCard:
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
        sentence=_sentence(item),
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
    newest = f", whose newest run had started {time_words(record.newest_run)}" if record.newest_run else ""
    return f"a build that was told no time{newest}"


def _keys(item: Champion) -> tuple[KeyNumber, ...]:
    if item.choice.champion is None or item.spec is None or item.run is None:
        return ()
    spec, found = item.spec, item.choice.champion.estimate
    digits = item.study.digits[spec.name]
    value = with_unit(spec, value_text(spec, value_of(item.run, spec), digits))
    name = spec.label
    first = KeyNumber(f"{name}, mean of {count(found.n, 'run')}", _mean(spec, found, digits))
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


_TONES = {"better": "better", "worse": "worse"}


def _rival(item: Champion, at: int) -> RivalRow:
    rival = item.choice.rivals[at]
    assert item.spec is not None
    spec, found = item.spec, rival.result.estimate
    total = len(rival.result.group.run_ids)
    return RivalRow(
        label=rival.result.group.label,
        mean=_mean(spec, found, item.study.digits[spec.name]),
        runs=str(found.n) if found.n == total else f"{found.n} of {total}",
        words=verdict_words(rival.lead),
        tone=_TONES.get(str(rival.lead.verdict), ""),
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
        f"{other.group.label} takes no part: {count(other.estimate.n, 'run')}, and it takes {choice.enough}"
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
        mean = f"{_mean(metric, found)}, n={record.n}"
    href = addresses.get((record.experiment, record.run_id), "")
    newest = f"runs up to {time_words(record.newest_run)}" if record.newest_run else "a build without a time"
    return PastRow(
        since=time_words(record.since) if record.since else newest,
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
