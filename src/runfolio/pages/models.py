"""Models: which configurations and runs are champions; and what runs were registered as."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property

from runfolio.analysis.champion import Basis, Choice
from runfolio.pages.champion_card import (
    ChampionCard,
    anchor_of,
    champion_card,
    full_sentence,
    mean_words,
    time_words,
)
from runfolio.pages.champions import Champion
from runfolio.pages.data_files import fingerprint, identity
from runfolio.pages.page import Context, Link
from runfolio.pages.registered import RegisteredModel
from runfolio.pages.routes import MODELS
from runfolio.pages.shell import Shell
from runfolio.pages.study import Study
from runfolio.pages.words import count, listing

#: Of more champions the headline gives the number.
MOST_IN_HEADLINE = 3
#: Rows of the table of registered versions; `data/models.json` has all.
MOST_REGISTERED = 500


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
        champions=tuple(champion_card(item, addresses) for item in champions),
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
        full_sentence(item),
        _facts(item),
        item.run is not None,
    )


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
            return "has no rival"
        case _:
            return "leads, but is not clearly best"


def _facts(item: Champion) -> str:
    if item.choice.champion is None or item.spec is None or item.run is None:
        return ""
    mean = mean_words(item.spec, item.choice.champion.estimate)
    words = [f"{item.spec.label} {mean}", f"run {item.run.name}"]
    if item.current is not None and item.current.since:
        words.append(f"since {time_words(item.current.since)}")
    return " · ".join(words)
