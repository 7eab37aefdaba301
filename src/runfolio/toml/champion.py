"""The table of a champion: the keys under [[champion]] of the configuration."""

from __future__ import annotations

from runfolio.analysis.champion import ChampionRule, Tie
from runfolio.toml.section import Section


def read_champion(section: Section) -> ChampionRule:
    """The champion of a table; every fault is noted with its key."""
    tie = section.word("tie", Tie)
    cost = section.text("cost") or ""
    if cost and tie is not Tie.CHEAPEST:
        section.fault("cost", 'is what `tie = "cheapest"` goes by; write that beside it')
    fewest = section.number("min_runs", at_least=1, whole=True)
    path, line = section.place
    rule = ChampionRule(
        name=section.needed("name"),
        experiment=section.text("experiment") or "",
        metric=section.text("metric") or "",
        where=section.where("where") or "",
        tie=tie or Tie.EARLIEST,
        cost=cost,
        min_runs=None if fewest is None else int(fewest),
        needs_support=section.flag("needs_support"),
        artifact=section.text("artifact") or "",
        path=path,
        line=line,
    )
    section.no_others()
    return rule
