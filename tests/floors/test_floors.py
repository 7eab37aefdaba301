"""The tree holds its order: each module is on a floor, imports only from below, and each library has one home.

The table is exhaustive on purpose: a new package or top-level module fails here until somebody decides where it belongs.
"""

from __future__ import annotations

import ast
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

SOURCE = Path(__file__).parents[2] / "src" / "runfolio"

#: Package or top-level module → floor. "" is runfolio/__init__.py. docs/architecture.md shows the same table.
FLOORS = {
    "": 0,
    "runlog": 0,
    "errors": 0,
    "place": 0,
    "emit": 0,
    "stores": 0,
    "model": 1,
    "readers": 2,
    "catalog": 3,
    "analysis": 3,
    "charts": 4,
    "toml": 4,
    "findings": 5,
    "pages": 6,
    "render": 7,
    "config": 8,
    "site": 9,
    "publish": 9,
    "api": 10,
    "cli": 11,
    "__main__": 12,
    "testing": 12,
}

#: Seen from everywhere: the package itself (for the version), the names of the run log, the errors, the themes' folder.
FOUNDATION = {"", "runlog", "errors", "themes"}

#: Third-party library → the packages that may import it. Anything else needs a decision, and a line here.
HOMES = {
    "click": {"cli"},
    "dask": {"catalog"},
    "distributed": {"catalog"},
    "jinja2": {"findings", "render"},
    "latex2mathml": {"findings"},
    "markdown_it": {"findings"},
    "markupsafe": {"render"},
    "mdit_py_plugins": {"findings"},
    "nh3": {"findings"},
    "plotly": {"render"},
    "pygments": {"findings"},
    "watchfiles": {"site"},
    "pyarrow": {"stores", "readers", "catalog", "api"},
    "pandas": {"api"},
    "msgspec": {"readers", "catalog", "pages", "site"},
    "numpy": {"model", "readers", "catalog", "analysis", "charts", "pages", "render", "api", "testing"},
    "pytest": {"testing"},
    "yaml": {"readers"},
}

#: The emitter runs inside other people's training scripts: the standard library and nothing else.
STANDARD_LIBRARY_ONLY = {"", "runlog", "errors", "emit"}

MODULES = sorted(SOURCE.rglob("*.py"))


def package_of(path: Path) -> str:
    """First part of a module's path: `render` for render/engines/svg.py, `config` for config.py, "" for __init__.py."""
    first = path.relative_to(SOURCE).parts[0]
    return "" if first == "__init__.py" else first.removesuffix(".py")


def imports_of(path: Path) -> Iterator[tuple[int, str]]:
    """Line and dotted name of all that a module imports: at the top, inside functions and under TYPE_CHECKING."""
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            yield from ((node.lineno, alias.name) for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{path}:{node.lineno}: relative import; write the whole name"
            if node.module == "runfolio":
                yield from ((node.lineno, f"runfolio.{alias.name}") for alias in node.names)
            elif node.module is not None:
                yield node.lineno, node.module


def test_every_module_is_on_a_floor() -> None:
    assert {package_of(path) for path in MODULES} <= FLOORS.keys()


def targets(path: Path) -> Iterator[tuple[int, str]]:
    """Line and package of what a module imports from Runfolio itself; `from runfolio import __version__` is ""."""
    for line, name in imports_of(path):
        parts = name.split(".")
        if parts[0] == "runfolio":
            first = parts[1] if len(parts) > 1 else ""
            yield line, "" if first == "__version__" else first


@pytest.mark.parametrize("path", MODULES, ids=lambda path: str(path.relative_to(SOURCE)))
def test_imports_come_from_below(path: Path) -> None:
    own = package_of(path)
    if own == "":
        return  # the front door: it names what lies above, and loads it only when it is asked for
    wrong = [
        f"line {line}: {own} (floor {FLOORS[own]}) imports {target} (floor {FLOORS.get(target, '?')})"
        for line, target in targets(path)
        if target not in FOUNDATION | {own} and FLOORS.get(target, 99) >= FLOORS[own]
    ]
    assert not wrong, "\n".join(wrong)


@pytest.mark.parametrize("path", MODULES, ids=lambda path: str(path.relative_to(SOURCE)))
def test_each_library_has_its_home(path: Path) -> None:
    own = package_of(path)
    wrong = []
    for line, name in imports_of(path):
        library = name.split(".")[0]
        if library == "runfolio" or library in sys.stdlib_module_names:
            continue
        if own in STANDARD_LIBRARY_ONLY or own not in HOMES.get(library, set()):
            wrong.append(f"line {line}: {own or 'runfolio'} imports {library}")
    assert not wrong, "\n".join(wrong)


def test_the_front_door_loads_nothing_by_itself() -> None:
    """Names from above are imported for type checkers only; see `__getattr__` there."""
    tree = ast.parse((SOURCE / "__init__.py").read_text(encoding="utf-8"))
    loaded = [ast.unparse(node) for node in tree.body if isinstance(node, ast.Import | ast.ImportFrom)]
    assert [line for line in loaded if "runfolio" in line] == []


def test_dynamic_imports_are_known() -> None:
    """`import_module(…)` slips past the walk: the front door and the CLI may use it, and two lines below them."""
    users = {
        (package_of(path), ast.unparse(node.args[0]))
        for path in MODULES
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(node, ast.Call) and ast.unparse(node.func).endswith(("import_module", "__import__"))
    }
    # finish(seal=True) hands a run that is over to the catalog; the training script has no more to wait for.
    # A built-in reader is loaded when a file is offered to it, from its own package.
    allowed = {("emit", "'runfolio.catalog.seal'"), ("readers", "f'runfolio.readers.{module}'")}
    assert {user for user in users if user[0] not in {"", "cli"}} <= allowed


def test_no_module_is_a_drawer() -> None:
    """A module is named after what it owns, so that a file can be guessed from a feature."""
    assert [path for path in MODULES if path.stem in {"utils", "util", "helpers", "common", "misc"}] == []


@pytest.mark.parametrize("path", MODULES, ids=lambda path: str(path.relative_to(SOURCE)))
def test_modules_and_functions_stay_small(path: Path) -> None:
    """At most 400 lines a module (most have near 120) and 50 a function, its docstring left out (most have under 40)."""
    text = path.read_text(encoding="utf-8")
    long = [
        f"line {node.lineno}: {node.name}"
        for node in ast.walk(ast.parse(text))
        if isinstance(node, ast.FunctionDef)
        and (node.end_lineno or 0) - node.lineno - (ast.get_docstring(node, clean=False) or "").count("\n")
        > 50
    ]
    assert long == []
    assert text.count("\n") <= 400


def test_the_walk_notices_what_it_should(tmp_path: Path) -> None:
    module = tmp_path / "m.py"
    module.write_text(
        "from typing import TYPE_CHECKING\nif TYPE_CHECKING:\n    from runfolio.site import build\n"
        "def f():\n    import pyarrow.parquet as pq\n    from runfolio import api\n",
        encoding="utf-8",
    )
    assert [name for _, name in imports_of(module)] == [
        "typing",
        "runfolio.site",
        "pyarrow.parquet",
        "runfolio.api",
    ]
