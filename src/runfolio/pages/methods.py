"""The page on how numbers are computed: every statistic with its formula, what it refuses and where it comes from."""

from __future__ import annotations

import re
from dataclasses import dataclass, fields, replace

from runfolio.analysis.method import Method
from runfolio.pages.page import Context, Link
from runfolio.pages.routes import AUDIT, METHODS, slug
from runfolio.pages.shell import Shell


@dataclass(frozen=True, slots=True)
class MethodEntry:
    """One statistic, with the anchor that tooltips and findings may link to."""

    anchor: str
    method: Method


@dataclass(frozen=True, slots=True)
class MethodTopic:
    """Statistics that answer one kind of question."""

    anchor: str
    title: str
    lead: str
    entries: tuple[MethodEntry, ...]


@dataclass(frozen=True, slots=True, eq=False)
class MethodsContext(Context):
    """Everything the methods template may use."""

    topics: tuple[MethodTopic, ...]


def methods_context(shell: Shell) -> MethodsContext:
    """Every statistic of runfolio.analysis, from its own docstring."""
    # Loaded when the page is made: it takes every statistic, and most builds make no such page.
    from runfolio.analysis.methods import topics

    return MethodsContext(
        page=shell.page(
            METHODS,
            "methods",
            headline="How numbers are computed",
            lead="Every statistic with its formula, what happens to missing values, when nothing is said, and where it comes from.",
            trail=(Link("Audit", AUDIT),),
        ),
        topics=tuple(
            MethodTopic(
                topic.anchor,
                topic.title,
                topic.lead,
                tuple(
                    MethodEntry(f"m-{slug(method.code)}", _for_readers(method)) for method in topic.methods
                ),
            )
            for topic in topics()
        ),
    )


def _for_readers(method: Method) -> Method:
    """The method without marks of code: what a function gives back as None is nothing to a reader."""
    texts = {item.name: getattr(method, item.name) for item in fields(method)}
    return replace(
        method,
        **{name: re.sub(r"\bNone\b", "nothing", text.replace("`", "")) for name, text in texts.items()},
    )
