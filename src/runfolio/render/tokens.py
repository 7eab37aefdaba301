"""A theme's tokens: read, merged along the chain of themes, and written as CSS custom properties."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from runfolio.errors import ThemeError, nearest

#: Tables whose tokens are colours; every other table's tokens are plain CSS values.
MODES = ("light", "dark")
#: The other tables, each with the prefix of its tokens' names: `[size] h1` is `--size-h1`.
TABLES = ("font", "size", "leading", "weight", "space", "radius", "width", "height", "time")

_HEX = re.compile(r"#(?:[0-9a-f]{3}|[0-9a-f]{6}|[0-9a-f]{8})", re.IGNORECASE)
_REFERENCE = re.compile(r"([a-z][a-z0-9-]*)(?: (\d{1,3})%)?")
_NAME = re.compile(r"[a-z0-9]+(?:-[a-z0-9]+)*")
_UNFIT = re.compile(r"[;{}<>\\\n]|/\*")

TokenTables = Mapping[str, Mapping[str, str]]


@dataclass(frozen=True, slots=True)
class Tokens:
    """Resolved tokens: colours as `#rrggbb` or `#rrggbbaa`, everything else as CSS values."""

    light: Mapping[str, str]
    dark: Mapping[str, str]
    """Every token of `light` with its value on dark screens; empty for a theme without a dark look."""
    plain: Mapping[str, str]
    """`size-h1` → `30px`."""


def check_tables(tables: Mapping[str, object], path: str) -> TokenTables:
    """The content of one tokens.toml as names and texts; a ThemeError names every fault there is."""
    faults = []
    known = (*MODES, *TABLES)
    for table, tokens in tables.items():
        if table not in known or not isinstance(tokens, Mapping):
            faults.append(f"`{table}` is no table of tokens{nearest(table, known)}")
            continue
        faults += [fault for name, value in tokens.items() if (fault := _fault(table, name, value))]
    if faults:
        raise ThemeError(
            "; ".join(faults),
            slug="theme-tokens",
            path=path,
            hint="docs/writing-themes.md lists the tables and what a colour may be",
        )
    return {table: {name: str(value) for name, value in _items(tokens)} for table, tokens in tables.items()}


def resolve_tokens(chain: Sequence[TokenTables], *, has_dark: bool = True) -> Tokens:
    """The tokens of a chain of themes, most basic first: a later one wins; what is dark falls back to what is light."""
    merged: dict[str, dict[str, str]] = {table: {} for table in (*MODES, *TABLES)}
    for tables in chain:
        for table, tokens in tables.items():
            merged[table].update(tokens)
    light = merged["light"]
    dark = {**light, **merged["dark"]} if has_dark else {}
    plain = {f"{table}-{name}": value for table in TABLES for name, value in merged[table].items()}
    return Tokens(_resolved(light), _resolved(dark), plain)


def tokens_css(tokens: Tokens) -> str:
    """Custom properties for `:root`: light, dark by the system's or the reader's choice, and always light on paper."""
    light = _declarations(tokens.light)
    plain = _declarations(tokens.plain)
    if not tokens.dark:
        return f":root{{color-scheme:light;{light}{plain}}}\n"
    dark = _declarations({name: value for name, value in tokens.dark.items() if value != tokens.light[name]})
    return (
        f":root{{color-scheme:light;{light}{plain}}}\n"
        f"@media screen and (prefers-color-scheme:dark){{:root:not([data-theme=light]){{color-scheme:dark;{dark}}}}}\n"
        f"@media screen{{:root[data-theme=dark]{{color-scheme:dark;{dark}}}}}\n"
    )


def _items(tokens: object) -> list[tuple[str, object]]:
    return list(tokens.items()) if isinstance(tokens, Mapping) else []


def _fault(table: str, name: str, value: object) -> str:
    where = f"[{table}] {name}"
    if not _NAME.fullmatch(name):
        return f"{where}: a token's name has lower-case letters, digits and single hyphens"
    if not isinstance(value, str):
        return f"{where}: {value!r} is not in quotes"
    if table in MODES:
        return (
            "" if _HEX.fullmatch(value) or _REFERENCE.fullmatch(value) else f"{where}: `{value}` is no colour"
        )
    return f"{where}: `{value}` cannot stand in a style sheet" if _UNFIT.search(value) or not value else ""


def _resolved(colours: Mapping[str, str]) -> dict[str, str]:
    return {name: _colour(name, colours, ()) for name in colours}


def _colour(name: str, colours: Mapping[str, str], seen: tuple[str, ...]) -> str:
    """The colour in six digits, or eight with its opacity; a reference is followed."""
    value = colours.get(name)
    if value is None:
        raise ThemeError(
            f"no colour is called `{name}`{nearest(name, colours)}",
            slug="theme-tokens",
            hint=f"`{seen[-1]}` refers to it",
        )
    if name in seen:
        raise ThemeError(
            f"colours refer to each other in a ring: {' → '.join((*seen, name))}",
            slug="theme-tokens",
            hint="give one of them a value of its own",
        )
    if value.startswith("#"):
        digits = value[1:].lower()
        return f"#{''.join(2 * digit for digit in digits)}" if len(digits) == 3 else f"#{digits}"
    match = _REFERENCE.fullmatch(value)
    assert match is not None, value
    colour = _colour(match[1], colours, (*seen, name))
    return colour if match[2] is None else f"{colour[:7]}{round(min(int(match[2]), 100) * 2.55):02x}"


def _declarations(values: Mapping[str, str]) -> str:
    return "".join(f"--{name}:{value};" for name, value in values.items())
