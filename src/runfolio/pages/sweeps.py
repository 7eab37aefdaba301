"""The list of a site's sweeps, where there are several."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from runfolio.pages.page import Context, Link
from runfolio.pages.routes import HOME, SWEEPS, sweep_page
from runfolio.pages.search import Search
from runfolio.pages.shell import Shell
from runfolio.pages.study import Study
from runfolio.pages.sweep_words import headline, trials_word
from runfolio.pages.words import count


@dataclass(frozen=True, slots=True)
class SweepCard:
    """One sweep: what was found, in its page's own words."""

    title: str
    href: str
    headline: str
    size: str


@dataclass(frozen=True, slots=True)
class SweepsContext(Context):
    """Everything the template of the list may use."""

    cards: tuple[SweepCard, ...]


def sweeps_context(studies: Sequence[Study], shell: Shell) -> SweepsContext:
    """The page: a card for each sweep, in the order of the experiments."""
    cards = []
    for study in studies:
        assert study.primary is not None
        search = Search(study, study.primary)
        size = trials_word(search, len(search.trials))
        cards.append(SweepCard(study.title, sweep_page(study.name), headline(search), size))
    page = shell.page(
        SWEEPS, "sweeps", headline=count(len(cards), "sweep"), tab="Sweeps", trail=(Link("Overview", HOME),)
    )
    return SweepsContext(page=page, cards=tuple(cards))
