"""The table of pairwise outcomes: competitors with their strengths, intervals, and the places that are left open."""

from __future__ import annotations

from dataclasses import dataclass

from runfolio.analysis.pairwise import Arena, Competitor
from runfolio.analysis.rounding import column_decimals, number_text, signed_text
from runfolio.charts.chart import Axis, Dots, Strip
from runfolio.charts.frame import padded, widened
from runfolio.pages.words import DASH, count, listing


@dataclass(frozen=True, slots=True)
class ArenaRow:
    """One competitor."""

    label: str
    place: str
    """`1`, `1–3`: the places it may hold; a dash where it has none."""
    matches: str
    won: str
    strength: str
    """Elo points with their sign; a dash where none can be told."""
    interval: str
    raw: float | None


@dataclass(frozen=True, slots=True)
class ArenaTable:
    """Pairwise outcomes of an experiment."""

    anchor: str
    label: str
    rows: tuple[ArenaRow, ...]
    strip: Strip | None
    """A row for each competitor; None without strengths."""
    caption: str
    refusal: str
    remarks: tuple[str, ...]


def arena_table(found: Arena, anchor: str) -> ArenaTable:
    """The table, the strongest first."""
    decimals = _decimals(found)
    return ArenaTable(
        anchor=anchor,
        label=arena_label(found),
        rows=tuple(_row(item, decimals) for item in found.competitors),
        strip=None if found.refusal else _strip(found),
        caption=_caption(found),
        refusal=found.refusal,
        remarks=found.remarks,
    )


def arena_label(found: Arena) -> str:
    """The configured label, else the name."""
    return found.options.label or found.options.name


def arena_headline(found: Arena) -> tuple[str, str]:
    """The sentence of an experiment that is about outcomes of pairs, and the paragraph under it."""
    label, size = arena_label(found), _size(found)
    if found.refusal:
        return (
            f"{label}: no strength can be told of {size}",
            f"{found.refusal[:1].upper()}{found.refusal[1:]}.",
        )
    first, second = found.competitors[:2]
    assert first.strength is not None and second.strength is not None
    gap = number_text(first.strength.elo - second.strength.elo, _decimals(found))
    if first.place_high == 1:
        title = f"{label}: {first.label} is strongest, {gap} Elo points ahead of {second.label}"
    else:
        rivals = [item.label for item in found.competitors[1:] if item.place_low == 1]
        title = f"{label}: {first.label} leads, but is not clearly ahead of {listing(rivals, 3)}"
    return title, f"From {size}."


def _size(found: Arena) -> str:
    return f"{count(len(found.competitors), 'competitor')} in {count(found.matches, 'match', 'matches')}"


def _caption(found: Arena) -> str:
    sentences = [f"{_size(found)}; a draw is half a win."]
    if found.refusal:
        return sentences[0]
    sentences.append(
        "Strengths are in Elo points (Bradley and Terry's model, mean 0): who is 100 points stronger wins 64% of matches. "
        "Bars and brackets: 95% intervals, matches drawn again."
    )
    first = sum(item.place_low == 1 for item in found.competitors)
    tied = f" Places 1–{first} are not separated." if first > 1 else ""
    sentences.append(f"Ordered by strength.{tied} Places hold for all pairs together.")
    if any(item.strength and item.strength.low is None for item in found.competitors):
        sentences.append("No intervals: in too many draws some competitor won or lost every match.")
    return " ".join(sentences)


def _decimals(found: Arena) -> int:
    known = [item.strength for item in found.competitors if item.strength]
    halves = [(s.high - s.low) / 2 for s in known if s.low is not None and s.high is not None]
    # Elo points are read as whole ones.
    return max(column_decimals([s.elo for s in known], halves), 0) if halves else 0


def _row(item: Competitor, decimals: int) -> ArenaRow:
    strength = item.strength
    low, high = item.place_low, item.place_high
    interval = ""
    if strength is not None and strength.low is not None and strength.high is not None:
        interval = f"{signed_text(strength.low, decimals)} to {signed_text(strength.high, decimals)}"
    return ArenaRow(
        label=item.label,
        place=DASH if not low else str(low) if low == high else f"{low}–{high}",
        matches=f"{item.matches:,}",
        won=f"{item.won:,.1f}".removesuffix(".0"),
        strength=DASH if strength is None else signed_text(strength.elo, decimals),
        interval=interval,
        raw=None if strength is None else float(f"{strength.elo:.12g}"),
    )


def _strip(found: Arena) -> Strip:
    known = [item for item in found.competitors if item.strength]
    rows = tuple(
        Dots(item.label, "focus", (item.strength.elo,), None, item.strength.low, item.strength.high)
        for item in known
        if item.strength
    )
    ends = [end for row in rows for end in (*row.values, row.low, row.high) if end is not None]
    return Strip(Axis("strength", *padded(*widened(min(ends), max(ends)))), rows, 0.0)
