"""Every message has a heading in docs/messages.md, and every heading there is a message."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).parents[2]
TREES = [ast.parse(path.read_text(encoding="utf-8")) for path in sorted((ROOT / "src").rglob("*.py"))]


def slug_positions() -> dict[str, int]:
    """Name of each function and dataclass of ours that takes a slug → where in the call it stands."""
    positions = {}
    for tree in TREES:
        for node in ast.walk(tree):
            if isinstance(node, ast.FunctionDef):
                names = [argument.arg for argument in node.args.args if argument.arg not in ("self", "cls")]
            elif isinstance(node, ast.ClassDef):
                fields = [item for item in node.body if isinstance(item, ast.AnnAssign)]
                names = [
                    ast.unparse(item.target)
                    for item in fields
                    if "ClassVar" not in ast.unparse(item.annotation)
                ]
            else:
                continue
            if "slug" in names:
                positions[node.name] = names.index("slug")
    return positions


def texts(node: ast.expr) -> Iterator[str]:
    """The strings an expression may come to: itself, or the branches of `a if … else b`."""
    if isinstance(node, ast.Constant) and isinstance(node.value, str):
        yield node.value
    elif isinstance(node, ast.IfExp):
        yield from texts(node.body)
        yield from texts(node.orelse)


def slugs_of_calls() -> Iterator[str]:
    """Slugs given to errors, problems and the functions that make them."""
    positions = slug_positions()
    for tree in TREES:
        for node in ast.walk(tree):
            if not isinstance(node, ast.Call):
                continue
            name = ast.unparse(node.func).split(".")[-1]
            # A run's or an experiment's slug is an address, not a message.
            if name in positions and not re.fullmatch(r"[A-Za-z]*(Slug|Page|Route|Link)[A-Za-z]*", name):
                index = positions[name]
                if index < len(node.args):
                    yield from texts(node.args[index])
            for keyword in node.keywords:
                if keyword.arg == "slug":
                    yield from texts(keyword.value)


def slugs_of_classes() -> Iterator[str]:
    """`slug = "…"` in the error classes."""
    for tree in TREES:
        for node in ast.walk(tree):
            if (
                isinstance(node, ast.ClassDef)
                and node.name.endswith("Error")
                and node.name != "RunfolioError"
            ):
                for item in node.body:
                    targets = (
                        item.targets if isinstance(item, ast.Assign) else [getattr(item, "target", None)]
                    )
                    if any(isinstance(target, ast.Name) and target.id == "slug" for target in targets):
                        value = getattr(item, "value", None)
                        if value is not None:
                            yield from texts(value)


def headings() -> list[str]:
    return re.findall(
        r"^### `?([a-z0-9-]+)`?$", (ROOT / "docs" / "messages.md").read_text(encoding="utf-8"), re.M
    )


def test_messages_and_headings_are_the_same() -> None:
    slugs = {*slugs_of_calls(), *slugs_of_classes()}
    assert slugs - set(headings()) == set(), "slugs without a heading in docs/messages.md"
    assert set(headings()) - slugs == set(), "headings of messages that no code gives any more"


def test_slugs_look_alike() -> None:
    odd = [
        slug
        for slug in {*slugs_of_calls(), *slugs_of_classes()}
        if not re.fullmatch(r"[a-z]+(-[a-z0-9]+)*", slug)
    ]
    assert odd == []


def test_headings_stand_once_and_in_order() -> None:
    sections = re.split(r"^## .*$", (ROOT / "docs" / "messages.md").read_text(encoding="utf-8"), flags=re.M)[
        1:
    ]
    for section in sections:
        found = re.findall(r"^### `?([a-z0-9-]+)`?$", section, re.M)
        assert found == sorted(set(found))
    assert len(headings()) == len(set(headings()))
